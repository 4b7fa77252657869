from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.metrics.retrieval import retrieval_scores
from passerby.ranking.plain import distances
from passerby.ranking.query_expansion import expand_queries


def embeddings(features: Tensor, model_hash: str = "00") -> Embeddings:
    samples = [Sample(Path(f"{i}"), 1, 1) for i in range(len(features))]
    return Embeddings.of(features, samples, "toy", model_hash)


def oracle(queries: Tensor, gallery: Tensor, k: int, alpha: float) -> Tensor:
    """One query and one entry after the other, in float64."""
    unit = [g / g.norm() for g in gallery.double()]
    out = []
    for query in queries.double():
        q = query / query.norm()
        nearest = sorted(range(len(unit)), key=lambda i: -float(q @ unit[i]))[:k]
        total = q.clone()
        for i in nearest:
            total += max(float(q @ unit[i]), 0.0) ** alpha * unit[i]
        out.append(total / total.norm())
    return torch.stack(out)


def test_by_hand() -> None:
    # cos 0.6 and 0.8; alpha 2: (1, 0) + 0.64 (0.8, 0.6) + 0.36 (0.6, 0.8) = (1.728, 0.672)
    query = embeddings(torch.tensor([[2.0, 0.0]]))
    gallery = embeddings(torch.tensor([[0.6, 0.8], [4.0, 3.0], [-1.0, 0.0]]))
    found = expand_queries(query, gallery, k=2, alpha=2).features
    wanted = torch.tensor([[1.728, 0.672]])
    torch.testing.assert_close(found, wanted / wanted.norm())


@given(
    q=st.integers(1, 5),
    g=st.integers(1, 9),
    k=st.integers(1, 12),
    alpha=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    seed=st.integers(0, 9999),
)
@settings(max_examples=60, deadline=None)
def test_as_the_formula_says(q, g, k, alpha, seed) -> None:
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.randn(q, 8, generator=generator), torch.randn(g, 8, generator=generator)
    found = expand_queries(embeddings(a), embeddings(b), k, alpha)
    torch.testing.assert_close(found.features, oracle(a, b, k, alpha).float(), atol=1e-4, rtol=1e-4)


def test_what_points_away_counts_as_nothing() -> None:
    query, away = embeddings(torch.tensor([[1.0, 0.0]])), embeddings(torch.tensor([[-1.0, 0.1]]))
    assert expand_queries(query, away, k=1, alpha=0.5).features.tolist() == [[1.0, 0.0]]


def test_an_empty_gallery_leaves_the_query() -> None:
    found = expand_queries(embeddings(torch.tensor([[3.0, 4.0]])), embeddings(torch.ones(0, 2)))
    torch.testing.assert_close(found.features, torch.tensor([[0.6, 0.8]]))


def test_labels_stay_and_nothing_is_written_into_what_came() -> None:
    query, gallery = embeddings(torch.tensor([[3.0, 4.0]])), embeddings(torch.tensor([[0.0, 2.0]]))
    found = expand_queries(query, gallery, k=1)
    assert (found.keys, found.persons.tolist(), found.model) == (query.keys, [1], "toy")
    assert query.features.tolist() == [[3.0, 4.0]]
    assert gallery.features.tolist() == [[0.0, 2.0]]


def test_it_finds_more_where_people_are_shown_several_times() -> None:
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(40, 32, generator=generator)

    def seen(camera: int, times: int) -> Embeddings:
        persons = torch.arange(1, 41).repeat(times)
        features = centres[persons - 1] + torch.randn(len(persons), 32, generator=generator)
        samples = [Sample(Path(f"{person}"), person, camera) for person in persons.tolist()]
        return Embeddings.of(features, samples, "toy", "00")

    query, gallery = seen(1, 1), seen(2, 5)

    def mean_ap(query: Embeddings) -> float:
        return retrieval_scores(distances(query, gallery, "cosine"), query, gallery).mean_ap

    plain = mean_ap(query)
    for alpha in (0, 3):
        assert mean_ap(expand_queries(query, gallery, k=4, alpha=alpha)) > plain + 0.02


def test_wrong_arguments_are_refused() -> None:
    one = embeddings(torch.ones(1, 2))
    with pytest.raises(PasserbyError, match="k is 0"):
        expand_queries(one, one, k=0)
    for alpha in (-1.0, float("nan"), float("inf")):
        with pytest.raises(PasserbyError, match="alpha is"):
            expand_queries(one, one, alpha=alpha)
    with pytest.raises(PasserbyError, match="same model"):
        expand_queries(one, embeddings(torch.ones(1, 2), "11"))
