"""Averages and minima of distances against plain loops, whatever the block."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.measuring import labelled

from passerby.core.blocks import DistanceBlocks
from passerby.core.errors import PasserbyError
from passerby.metrics.collapsing import NO_CAMERA, averaged_queries, nearest_pictures
from passerby.metrics.gathering import of_person_and_camera, side_by_side
from passerby.metrics.relevance import Relevance
from passerby.metrics.rules import other_cameras

labels = st.lists(st.tuples(st.sampled_from([-1, 0, 1, 2]), st.integers(1, 3)), max_size=9)
values = st.sampled_from([0.0, -1.0, 0.5, 2.0, 3.0, math.inf])


@given(labels=labels, width=st.integers(1, 3), block=st.integers(1, 5), data=st.data())
@settings(max_examples=200, deadline=None)
def test_averages_agree_with_a_loop(labels, width: int, block: int, data) -> None:
    matrix = [[data.draw(values) for _ in range(width)] for _ in labels]
    query = labelled(labels)
    query = side_by_side(query, of_person_and_camera(query))
    there = [matrix[int(key[1:])] for key in query.keys]
    blocks = DistanceBlocks.of_matrix(torch.tensor(there).reshape(-1, width), block)
    averaged, asked = averaged_queries(blocks, query, of_person_and_camera(query))
    pairs = list(zip(asked.persons.tolist(), asked.cameras.tolist(), strict=True))
    assert pairs == list(dict.fromkeys(labels))
    expected = []
    for pair in pairs:
        members = [row for row, label in zip(matrix, labels, strict=True) if label == pair]
        expected.append([sum(column) / len(members) for column in zip(*members, strict=True)])
    assert torch.allclose(averaged.matrix(), torch.tensor(expected).reshape(-1, width))
    assert [len(d) for rows, d in averaged] == [r.stop - r.start for r, _ in averaged]


def test_queries_apart_are_refused() -> None:
    query = labelled([(1, 1), (2, 1), (1, 1)])
    with pytest.raises(PasserbyError, match="side by side"):
        averaged_queries(
            DistanceBlocks.of_matrix(torch.zeros(3, 1)), query, of_person_and_camera(query)
        )


@given(query=labels, gallery=labels, block=st.integers(1, 4), data=st.data())
@settings(max_examples=200, deadline=None)
def test_nearest_pictures_agree_with_a_loop(query, gallery, block: int, data) -> None:
    matrix = [[data.draw(values) for _ in gallery] for _ in query]
    whole = torch.tensor(matrix).reshape(len(query), len(gallery))
    nearest, people = nearest_pictures(
        DistanceBlocks.of_matrix(whole, block),
        labelled(query, name="q"),
        labelled(gallery),
        other_cameras,
    )
    names = [p if p > 0 else (place,) for place, (p, _) in enumerate(gallery)]
    order = list(dict.fromkeys(names))
    assert people.persons.tolist() == [gallery[names.index(name)][0] for name in order]
    for column, name in enumerate(order):
        pictures = [place for place, its in enumerate(names) if its == name]
        cameras = {gallery[place][1] for place in pictures}
        camera = cameras.pop() if len(cameras) == 1 else NO_CAMERA
        assert int(people.cameras[column]) == camera
        for row, (person, own) in enumerate(query):
            seen = [
                matrix[row][place]
                for place in pictures
                if gallery[place][0] != -1 and not (person > 0 and gallery[place] == (person, own))
            ]
            assert float(nearest.matrix()[row, column]) == min(seen, default=math.inf)


def test_what_is_hidden_is_not_looked_at() -> None:
    def sees(query, gallery) -> Relevance:
        nothing = torch.zeros(0, dtype=torch.int64)
        hidden = torch.tensor([True, False, False])
        return Relevance.of_pairs(1, 3, right=(nothing, nothing), hidden=hidden)

    blocks = DistanceBlocks.of_matrix(torch.tensor([[0.1, 0.3, 0.2]]))
    gallery = labelled([(5, 1), (5, 1), (6, 1)])
    nearest, _ = nearest_pictures(blocks, labelled([(5, 2)]), gallery, sees)
    assert nearest.matrix().tolist() == [pytest.approx([0.3, 0.2])]
