from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.reports.tsne import layout, whole_people


def people(persons: list[int], keys: list[str] | None = None) -> Embeddings:
    keys = keys or [f"{place}.png" for place in range(len(persons))]
    samples = [Sample(Path(key), person, 1) for key, person in zip(keys, persons, strict=True)]
    return Embeddings.of(torch.ones(len(persons), 2), samples, "toy", "00")


def test_clusters_stay_together_and_apart() -> None:
    centres = torch.randn(4, 32)
    group = torch.arange(80) % 4
    points = layout(centres[group] + 0.05 * torch.randn(80, 32), seed=0)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (group[apart.argmin(1)] == group).all()


def test_the_same_seed_gives_the_same_points() -> None:
    features = torch.randn(30, 8)
    assert np.array_equal(layout(features, 1), layout(features, 1))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 12])
def test_few_points(count: int) -> None:
    points = layout(torch.randn(count, 8))
    assert points.shape == (count, 2)
    assert np.isfinite(points).all()
    assert len(np.unique(points, axis=0)) == count


def test_equal_features_and_single_dimensions_are_laid_out() -> None:
    assert np.isfinite(layout(torch.ones(10, 4))).all()
    assert np.isfinite(layout(torch.rand(10, 1))).all()


def test_people_are_taken_whole_and_nobodies_left_out() -> None:
    persons = [1, 2, 3, 0, -1, 1, 2, 3, 3]
    chosen = whole_people(people(persons), points=6)
    taken = [persons[place] for place in chosen.tolist()]
    assert 0 not in taken
    assert -1 not in taken
    assert len(taken) <= 6
    for person in set(taken):
        assert taken.count(person) == persons.count(person)


def test_a_picture_in_query_and_gallery_is_one_point() -> None:
    assert whole_people(people([1, 1, 1], ["a", "b", "a"])).tolist() == [0, 1]


def test_one_person_is_taken_at_least() -> None:
    assert whole_people(people([4] * 9), points=2).tolist() == list(range(9))


def test_nobody_is_an_error() -> None:
    with pytest.raises(PasserbyError, match="no people to show"):
        whole_people(people([0, -1]))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=40), st.integers(0, 50), st.integers(0, 9))
def test_never_more_points_than_asked_but_for_one_person(
    persons: list[int], points: int, seed: int
) -> None:
    chosen = whole_people(people(persons), points, seed).tolist()
    taken = {persons[place] for place in chosen}
    assert len(chosen) <= points or len(taken) == 1
    assert chosen == [place for place, person in enumerate(persons) if person in taken]
