"""Groups and pooled features against plain loops."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.measuring import labelled

from passerby.metrics.gathering import (
    of_length_one,
    of_person,
    of_person_and_camera,
    of_tracklet,
    pooled,
    side_by_side,
)

rows = st.lists(
    st.tuples(st.sampled_from([-1, 0, 1, 2]), st.integers(1, 3), st.integers(-1, 2)), max_size=12
)


def groups_by_hand(names: list) -> list[int]:
    order = list(dict.fromkeys(names))
    return [order.index(name) for name in names]


@given(rows=rows)
@settings(max_examples=200, deadline=None)
def test_groups_agree_with_a_loop(rows: list[tuple[int, int, int]]) -> None:
    here = labelled([row[:2] for row in rows], tracklets=[row[2] for row in rows] or None)
    assert of_person_and_camera(here).tolist() == groups_by_hand([row[:2] for row in rows])
    alone = [row if row[2] >= 0 else place for place, row in enumerate(rows)]
    assert of_tracklet(here).tolist() == groups_by_hand(alone)
    people = [row[0] if row[0] > 0 else (place,) for place, row in enumerate(rows)]
    assert of_person(here).tolist() == groups_by_hand(people)


@given(rows=rows.filter(bool), seed=st.integers(0, 99))
@settings(max_examples=100, deadline=None)
def test_pooling_agrees_with_a_loop(rows: list[tuple[int, int, int]], seed: int) -> None:
    features = torch.randn(len(rows), 3, generator=torch.Generator().manual_seed(seed))
    here = labelled([row[:2] for row in rows], features)
    groups = of_person_and_camera(here)
    mean, largest = pooled(here, groups, "mean"), pooled(here, groups, "max")
    labels = list(dict.fromkeys(row[:2] for row in rows))
    assert list(zip(mean.persons.tolist(), mean.cameras.tolist(), strict=True)) == labels
    for place, label in enumerate(labels):
        members = [i for i, row in enumerate(rows) if row[:2] == label]
        assert mean.keys[place] == f"g{members[0]:03d}"
        for dimension in range(3):
            values = [float(features[i, dimension]) for i in members]
            assert abs(float(mean.features[place, dimension]) - sum(values) / len(values)) < 1e-6
            assert float(largest.features[place, dimension]) == max(values)


def test_side_by_side_keeps_the_order_within_a_group() -> None:
    here = labelled([(1, 1), (2, 1), (1, 1), (2, 1)])
    assert side_by_side(here, of_person(here)).keys == ("g000", "g002", "g001", "g003")


def test_labels_alone_can_be_pooled() -> None:
    """Before pictures are embedded there are labels with features of no dimension."""
    here = labelled([(1, 1), (1, 1), (2, 1)], torch.zeros(3, 0))
    assert pooled(of_length_one(here), of_person(here), "max").persons.tolist() == [1, 2]
    nobody = here[:0]
    assert len(pooled(nobody, of_person(nobody), "mean")) == 0
