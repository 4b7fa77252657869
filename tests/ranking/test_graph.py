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
from passerby.ranking import graph as module
from passerby.ranking.graph import graph
from passerby.ranking.plain import distances
from passerby.ranking.sparse import coo_of_lists


def embeddings(features: Tensor, persons: Tensor | None = None, camera: int = 1) -> Embeddings:
    labels = [1] * len(features) if persons is None else persons.tolist()
    samples = [Sample(Path(f"{i}"), person, camera) for i, person in enumerate(labels)]
    return Embeddings.of(features, samples, "toy", "00")


def oracle(
    query: Tensor, gallery: Tensor, k1: int, k2: int, layers: int, exponent: float
) -> Tensor:
    """The published steps on dense matrices in float64, a row after the other."""
    features = torch.cat([query, gallery]).double()
    features = features / features.norm(dim=1, keepdim=True)
    similarity = features @ features.T
    n = len(features)
    order = similarity.argsort(dim=1, descending=True)
    a = torch.zeros(n, n, dtype=torch.float64)
    for i in range(n):
        a[i, order[i, :k1]] = 1
    if k2 != 1:
        for _ in range(layers):
            a = a + a.T
            heard = torch.zeros_like(a)
            for i in range(n):
                for j in order[i, :k2]:
                    heard[i] += similarity[i, j].abs() ** exponent * a[j]
            a = heard / heard.norm(dim=1, keepdim=True)
    a = a / a.norm(dim=1, keepdim=True)
    return 1 - a[: len(query)] @ a[len(query) :].T


def clusters(seed: int, people: int, times: int, noise: float = 1.0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    persons = torch.arange(1, people + 1).repeat(times)
    centres = torch.randn(people, 32, generator=generator)
    shaken = noise * torch.randn(len(persons), 32, generator=generator)
    return centres[persons - 1] + shaken, persons


def test_by_hand() -> None:
    # q, a, b at 0, 30 and 90 degrees: squared cosines q-a 3/4, a-b 1/4. With k1 = 2 everybody
    # knows themselves and the next: A + A^T is [2 2 0], [2 2 1], [0 1 2].
    angles = torch.tensor([0.0, 30.0, 90.0]).deg2rad()
    points = torch.stack([angles.cos(), angles.sin()], 1)
    q = torch.tensor([2, 2, 0]) + 3 / 4 * torch.tensor([2, 2, 1])
    a = torch.tensor([2, 2, 1]) + 3 / 4 * torch.tensor([2, 2, 0])
    b = torch.tensor([0, 1, 2]) + 1 / 4 * torch.tensor([2, 2, 1])
    wanted = 1 - torch.stack([q @ a / q.norm() / a.norm(), q @ b / q.norm() / b.norm()])[None]
    found = graph(embeddings(points[:1]), embeddings(points[1:]), k1=2, k2=2, layers=1)
    torch.testing.assert_close(found.matrix(), wanted, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("kind", ["scipy", "torch"])
@pytest.mark.parametrize(
    ("k1", "k2", "layers", "exponent"),
    [(26, 7, 2, 2.0), (10, 3, 1, 2.0), (5, 7, 3, 1.0), (6, 1, 2, 2.0), (6, 4, 0, 2.0)],
)
def test_against_the_dense_computation(kind, k1, k2, layers, exponent, monkeypatch) -> None:
    if kind == "torch":  # what a GPU runs
        monkeypatch.setattr(module, "of_lists", coo_of_lists)
    features, _ = clusters(seed=5, people=20, times=6)
    query, gallery = features[:30], features[30:]
    found = graph(embeddings(query), embeddings(gallery), k1, k2, layers, exponent, block=7)
    wanted = oracle(query, gallery, k1, k2, layers, exponent).float()
    assert [d.shape for _, d in found] == [(7, 90)] * 4 + [(2, 90)]
    torch.testing.assert_close(found.matrix(), wanted, atol=1e-5, rtol=0)


@given(
    q=st.integers(1, 6),
    g=st.integers(1, 12),
    k1=st.integers(1, 20),
    k2=st.integers(1, 20),
    layers=st.integers(0, 3),
    block=st.integers(1, 8) | st.none(),
    seed=st.integers(0, 9999),
)
@settings(max_examples=60, deadline=None)
def test_any_sizes(q, g, k1, k2, layers, block, seed) -> None:
    generator = torch.Generator().manual_seed(seed)
    query, gallery = (torch.randn(n, 8, generator=generator) for n in (q, g))
    found = graph(embeddings(query), embeddings(gallery), k1, k2, layers, block=block)
    wanted = oracle(query, gallery, k1, k2, layers, 2.0).float()
    torch.testing.assert_close(found.matrix(), wanted, atol=1e-5, rtol=0)


def test_the_last_layer_of_many_rows(monkeypatch) -> None:
    monkeypatch.setattr(module, "_ROWS", 8)
    features, _ = clusters(seed=2, people=9, times=4)
    found = graph(embeddings(features[:5]), embeddings(features[5:]), k1=5, k2=3)
    wanted = oracle(features[:5], features[5:], 5, 3, 2, 2.0).float()
    torch.testing.assert_close(found.matrix(), wanted, atol=1e-5, rtol=0)


def test_equal_rows_are_at_zero() -> None:
    same = torch.full((6, 16), 0.1)
    assert graph(embeddings(same[:2]), embeddings(same[2:]), k1=6, k2=3).matrix().max() < 1e-6


def test_it_finds_more_in_a_crowd() -> None:
    features, persons = clusters(seed=1, people=40, times=6, noise=1.0)
    query = embeddings(features[:40], persons[:40], camera=1)
    gallery = embeddings(features[40:], persons[40:], camera=2)

    def mean_ap(blocks) -> float:
        return retrieval_scores(blocks, query, gallery).mean_ap

    plain = mean_ap(distances(query, gallery, "cosine"))  # 0.80, and 0.92 by the graph
    assert mean_ap(graph(query, gallery, k1=6, k2=3)) > plain + 0.05


def test_wrong_arguments_are_refused() -> None:
    two = embeddings(torch.eye(2))
    for options, words in [
        ({"k1": 0}, "k1 is 0"),
        ({"k2": 0}, "k2 is 0"),
        ({"layers": -1}, "layers is -1"),
        ({"exponent": float("nan")}, "exponent is nan"),
        ({"block": 0}, "block is 0"),
    ]:
        with pytest.raises(PasserbyError, match=words):
            graph(two, two, **options)
    with pytest.raises(PasserbyError, match="query set is empty"):
        graph(two[:0], two)
    with pytest.raises(PasserbyError, match="gallery set is empty"):
        graph(two, two[:0])
