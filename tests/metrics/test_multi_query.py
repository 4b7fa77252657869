"""Several pictures asked at once, by hand and against the benchmark's program said in loops."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.measuring import apart, labelled, measured

from passerby.metrics.multi_query import MULTI_QUERY, MULTI_QUERY_DISTANCE, MULTI_QUERY_MAX

labels = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 2)), min_size=1, max_size=8)


def unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector]


@pytest.mark.parametrize("protocol", [MULTI_QUERY, MULTI_QUERY_MAX], ids=lambda p: p.name)
@given(labels=labels, seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_pooled_queries_agree_with_a_loop(protocol, labels, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.rand(len(labels), 3, generator=generator) + 0.1
    found = torch.rand(4, 3, generator=generator) + 0.1
    query, gallery = protocol.prepare(
        labelled(labels, features, "q"), labelled([(1, 1)] * 4, found), 0
    )
    pairs = list(dict.fromkeys(labels))
    assert list(zip(query.persons.tolist(), query.cameras.tolist(), strict=True)) == pairs
    for row, pair in enumerate(pairs):
        pictures = [unit(features[i].tolist()) for i, label in enumerate(labels) if label == pair]
        dimensions = list(zip(*pictures, strict=True))
        if protocol is MULTI_QUERY:
            one = unit([sum(values) / len(values) for values in dimensions])
        else:
            one = unit([max(values) for values in dimensions])
        assert query.features[row].tolist() == pytest.approx(one, abs=1e-6)
    for row in range(4):
        assert gallery.features[row].tolist() == pytest.approx(unit(found[row].tolist()), abs=1e-6)


def test_average_of_features_by_hand() -> None:
    # Two pictures at 0 and 90 degrees make one at 45; lengths do not count.
    query = labelled([(1, 1), (1, 1)], torch.tensor([[9.0, 0.0], [0.0, 2.0]]), "q")
    at_45, at_0 = [0.1, 0.1], [5.0, 0.0]
    gallery = labelled([(2, 2), (1, 2)], torch.tensor([at_0, at_45]))
    scores = measured(MULTI_QUERY, query, gallery)
    assert (scores.queries, scores.rank(1)) == (1, 1.0)
    wrong = labelled([(2, 2), (1, 2)], torch.tensor([at_45, at_0]))
    assert measured(MULTI_QUERY, query, wrong).rank(1) == 0.0


def test_average_of_distances_by_hand() -> None:
    # Person 1 asks by pictures at 0 and 10, so on average: at 4 it is 5, at 20 it is 15.
    query = labelled([(1, 1), (2, 1), (1, 1)], torch.tensor([[0.0], [4.0], [10.0]]), "q")
    gallery = labelled(
        [(3, 2), (1, 2), (2, 2), (1, 1)], torch.tensor([[4.0], [20.0], [4.5], [0.0]])
    )
    scores = measured(MULTI_QUERY_DISTANCE, query, gallery, distances=apart)
    # Person 1: 4 and 4.5 (both 5 away) before 20; its own camera's picture takes no rank.
    # Person 2 at 4: 4 (0 away), then 4.5; then 0, 20.
    assert scores.first_hit.tolist() == [3, 2]


@given(labels=labels, seed=st.integers(0, 99), block=st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_average_of_distances_agrees_with_a_loop(labels, seed: int, block: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    asked = torch.randint(0, 20, (len(labels), 1), generator=generator).float()
    found_labels = [(1, 1), (1, 2), (2, 1), (2, 2), (-1, 1), (0, 2)]
    found = torch.randint(0, 20, (6, 1), generator=generator).float()
    scores = measured(
        MULTI_QUERY_DISTANCE,
        labelled(labels, asked, "q"),
        labelled(found_labels, found),
        distances=lambda query, gallery: apart(query, gallery, block),
    )
    for row, (person, camera) in enumerate(dict.fromkeys(labels)):
        own = [float(asked[i]) for i, label in enumerate(labels) if label == (person, camera)]
        # float32, as the distances are: sums of small whole numbers are exact, thirds are rounded
        average = [
            float(torch.tensor(sum(abs(a - float(g)) for a in own)) / len(own)) for g in found
        ]
        order = sorted(range(6), key=lambda g: (average[g], g))
        ranked = [
            found_labels[g][0] == person
            for g in order
            if found_labels[g] != (person, camera) and found_labels[g][0] != -1
        ]
        assert int(scores.first_hit[row]) == ranked.index(True) + 1


def test_one_picture_each_is_the_single_query() -> None:
    generator = torch.Generator().manual_seed(1)
    query = labelled([(1, 1), (2, 1)], torch.rand(2, 4, generator=generator), "q")
    gallery = labelled([(1, 2), (2, 2), (3, 2)], torch.rand(3, 4, generator=generator))
    mean, largest = (measured(p, query, gallery) for p in (MULTI_QUERY, MULTI_QUERY_MAX))
    assert torch.equal(mean.average_precision, largest.average_precision)
