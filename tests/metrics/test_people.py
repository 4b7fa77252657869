"""CMC counted in people, against the words of SYSU-MM01's evaluation: sort, then keep each person
where he comes first."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.measuring import labelled

from passerby.core.blocks import DistanceBlocks
from passerby.metrics.gathering import of_person
from passerby.metrics.people import first_person
from passerby.metrics.protocols import MARKET1501
from passerby.metrics.retrieval import retrieval_scores
from passerby.metrics.rules import other_cameras

labels = st.lists(
    st.tuples(st.sampled_from([-1, 0, 1, 2, 3]), st.integers(1, 3)), min_size=1, max_size=10
)


@given(query=labels, gallery=labels, data=st.data())
@settings(max_examples=300, deadline=None)
def test_agrees_with_sorting_and_dropping_doubles(query, gallery, data) -> None:
    values = st.sampled_from([0.0, -0.0, -1.5, 0.5, 1.0, math.inf])
    matrix = [[data.draw(values) for _ in gallery] for _ in query]
    found = labelled(gallery)
    ranks = first_person(
        torch.tensor(matrix), other_cameras(labelled(query, name="q"), found), of_person(found)
    )
    for row, (person, camera) in enumerate(query):
        order = sorted(range(len(gallery)), key=lambda g: (matrix[row][g], g))
        ranked = [
            (gallery[g][0], g if gallery[g][0] == 0 else None)
            for g in order
            if gallery[g][0] != -1 and not (person > 0 and gallery[g] == (person, camera))
        ]
        people = list(dict.fromkeys(ranked))
        right = people.index((person, None)) + 1 if (person, None) in people else 0
        assert int(ranks[row]) == right


def test_by_hand() -> None:
    # Pictures: 2, 2, 3, then 1 and 1: the third person, the fourth picture.
    query, gallery = (
        labelled([(1, 1)], name="q"),
        labelled([(2, 2), (2, 3), (3, 2), (1, 2), (1, 3)]),
    )
    blocks = DistanceBlocks.of_matrix(torch.tensor([[0.1, 0.2, 0.3, 0.4, 0.5]]))
    pictures = retrieval_scores(blocks, query, gallery, MARKET1501)
    people = retrieval_scores(blocks, query, gallery, replace(MARKET1501, cmc="people"))
    assert (pictures.first_hit.tolist(), people.first_hit.tolist()) == ([4], [3])
    assert people.cmc.tolist() == [0, 0, 1]
    assert people.mean_ap == pictures.mean_ap == pytest.approx((1 / 4 + 2 / 5) / 2)
