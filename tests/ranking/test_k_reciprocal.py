from math import exp
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.core.topk import top_k
from passerby.ranking.k_reciprocal import k_reciprocal
from passerby.ranking.plain import distances as plain_distances


def embeddings(features: Tensor, persons: Tensor | None = None, model: str = "00") -> Embeddings:
    labels = [0] * len(features) if persons is None else persons.tolist()
    samples = [Sample(Path(f"{i}"), person, 1) for i, person in enumerate(labels)]
    return Embeddings.of(features, samples, "toy", model)


def textbook(query: Tensor, gallery: Tensor, k1: int, k2: int, weight: float) -> np.ndarray:
    """The paper's algorithm, dense, row by row, in float64."""
    a = torch.cat([query, gallery]).double().numpy()
    n, half = len(a), int(np.around(k1 / 2))
    squares = np.stack([((a - row) ** 2).sum(1) for row in a])
    order = np.argsort(squares.astype(np.float32), axis=1, kind="stable")
    d = squares / np.maximum(squares.max(1, keepdims=True), 1e-300)

    def reciprocal(i: int, k: int) -> np.ndarray:
        forward = order[i, : k + 1]
        return np.array([j for j in forward if i in order[j, : k + 1]], dtype=int)

    v = np.zeros((n, n))
    for i in range(n):
        own = reciprocal(i, k1)
        members = own
        for candidate in own:
            theirs = reciprocal(candidate, half)
            if len(np.intersect1d(theirs, own)) > 2 / 3 * len(theirs):
                members = np.union1d(members, theirs)
        members = np.unique(members)
        v[i, members] = np.exp(-d[i, members]) / np.exp(-d[i, members]).sum()
    if k2 != 1:
        v = np.stack([v[order[i, :k2]].mean(0) for i in range(n)])
    out = np.empty((len(query), len(gallery)))
    for i in range(len(query)):
        s = np.minimum(v[i], v[len(query) :]).sum(1)
        out[i] = (1 - weight) * (1 - s / (2 - s)) + weight * d[i, len(query) :]
    return out


def people(count: int, each: int, dimensions: int, noise: float) -> tuple[Tensor, Tensor]:
    persons = torch.arange(count).repeat_interleave(each)
    return torch.randn(count, dimensions)[persons] + noise * torch.randn(
        len(persons), dimensions
    ), persons


@pytest.mark.parametrize("compiled", ["1", "0"])
@pytest.mark.parametrize("normalised", [True, False])
@pytest.mark.parametrize(
    ("k1", "k2", "weight"), [(20, 6, 0.3), (5, 1, 0.0), (7, 3, 0.5), (1, 1, 0.3), (100, 200, 0.1)]
)
def test_is_the_textbook_algorithm(k1, k2, weight, normalised, compiled, monkeypatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", compiled)
    features, _ = people(10, 9, 24, 0.8)
    features = features[torch.randperm(90)]
    features[50:60] = features[20:30]  # the same picture in queries and gallery
    query, gallery = features[:30], features[30:]
    blocks = k_reciprocal(
        embeddings(query), embeddings(gallery), k1, k2, weight, normalise=normalised
    )
    if normalised:
        query, gallery = normalize(query), normalize(gallery)
    wanted = textbook(query, gallery, k1, k2, weight)
    np.testing.assert_allclose(blocks.matrix().numpy(), wanted, rtol=0, atol=1e-5)


@given(
    q=st.integers(1, 9),
    g=st.integers(1, 14),
    values=st.integers(1, 4),
    k1=st.integers(1, 25),
    k2=st.integers(1, 25),
    weight=st.sampled_from([0.0, 0.3, 1.0]),
    compiled=st.sampled_from("01"),
    seed=st.integers(0, 9999),
)
@settings(max_examples=150, deadline=None)
def test_tiny_sets_full_of_equal_pictures(q, g, values, k1, k2, weight, compiled, seed) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randint(0, values, (q + g, 3), generator=generator).float()
    query, gallery = features[:q], features[q:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PASSERBY_COMPILED", compiled)
        found = k_reciprocal(
            embeddings(query), embeddings(gallery), k1, k2, weight, normalise=False
        ).matrix()
    wanted = textbook(query, gallery, k1, k2, weight)
    np.testing.assert_allclose(found.numpy(), wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("compiled", ["1", "0"])
@pytest.mark.parametrize("n", [7, 150])
def test_nothing_but_one_picture(n, compiled, monkeypatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", compiled)
    features = torch.randn(1, 33).repeat(n, 1)
    query, gallery = features[:5], features[5:]
    found = k_reciprocal(embeddings(query), embeddings(gallery)).matrix()
    # The first 21 are everybody's neighbours; the others are in nobody's list.
    wanted = textbook(query, gallery, 20, 6, 0.3)
    np.testing.assert_allclose(found.numpy(), wanted, rtol=0, atol=1e-5)


def test_by_hand() -> None:
    # On a line: query 0; gallery 1, 8, 9. With k1 = 1 the pairs (0, 1) and (8, 9) are mutual.
    query, gallery = torch.tensor([[0.0]]), torch.tensor([[1.0], [8.0], [9.0]])
    found = k_reciprocal(
        embeddings(query), embeddings(gallery), k1=1, k2=1, weight=0.3, normalise=False
    ).matrix()
    a, b = exp(-1 / 81), exp(-1 / 64)  # each seen from its own row, over its own furthest
    s = min(1 / (1 + a), b / (1 + b)) + min(a / (1 + a), 1 / (1 + b))
    wanted = [0.7 * (1 - s / (2 - s)) + 0.3 / 81, 0.7 + 0.3 * 64 / 81, 1.0]
    torch.testing.assert_close(found, torch.tensor([wanted]))


def test_any_block_gives_the_whole() -> None:
    features, _ = people(15, 8, 16, 0.8)
    query, gallery = embeddings(features[::3]), embeddings(features[1::3])
    whole = k_reciprocal(query, gallery, block=1000).matrix()
    blocks = k_reciprocal(query, gallery, block=7)
    assert [rows.stop - rows.start for rows, _ in blocks] == [7, 7, 7, 7, 7, 5]
    torch.testing.assert_close(blocks.matrix(), whole, rtol=0, atol=1e-6)
    torch.testing.assert_close(blocks.matrix(), blocks.matrix(), rtol=0, atol=0)


def test_scale_does_not_matter_when_normalised() -> None:
    features, _ = people(10, 6, 16, 0.8)
    scaled = features * torch.rand(60, 1).add(0.5)
    found, again = (
        k_reciprocal(embeddings(x[:20]), embeddings(x[20:])).matrix() for x in (features, scaled)
    )
    torch.testing.assert_close(found, again, rtol=0, atol=1e-5)
    other = k_reciprocal(embeddings(scaled[:20]), embeddings(scaled[20:]), normalise=False)
    assert (other.matrix() - found).abs().max() > 1e-3


def mean_average_precision(distances: Tensor, match: Tensor) -> float:
    right = match.gather(1, distances.argsort(dim=1, stable=True)).double()
    precision = right.cumsum(1) / torch.arange(1, right.shape[1] + 1)
    return float(((precision * right).sum(1) / right.sum(1)).mean())


def test_clustered_people_are_found_better() -> None:
    features, persons = people(60, 14, 64, 1.5)
    first = torch.arange(len(persons)) % 14 < 3
    query, gallery = embeddings(features[first]), embeddings(features[~first])
    match = persons[first][:, None] == persons[~first]
    before = mean_average_precision(plain_distances(query, gallery, "cosine").matrix(), match)
    after = mean_average_precision(k_reciprocal(query, gallery).matrix(), match)
    assert 0.3 < before < 0.9
    assert after > before + 0.05


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k1": 0}, "k1 is 0"),
        ({"k2": 0}, "k2 is 0"),
        ({"weight": -0.1}, "weight is -0.1"),
        ({"weight": 1.5}, "weight is 1.5"),
        ({"weight": float("nan")}, "weight is nan"),
        ({"block": 0}, "block is 0"),
    ],
)
def test_settings_that_make_no_sense(change, message) -> None:
    some = embeddings(torch.randn(4, 3))
    with pytest.raises(PasserbyError, match=message):
        k_reciprocal(some, some, **change)


def test_empty_sets_and_other_models() -> None:
    some, none = embeddings(torch.randn(4, 3)), embeddings(torch.zeros(0, 3))
    with pytest.raises(PasserbyError, match="the query set is empty"):
        k_reciprocal(none, some)
    with pytest.raises(PasserbyError, match="the gallery set is empty"):
        k_reciprocal(some, none)
    with pytest.raises(PasserbyError, match="cannot be compared"):
        k_reciprocal(some, embeddings(torch.randn(4, 3), model="11"))


def test_on_real_pictures(real_data: Path, real_models: Path) -> None:
    from passerby.data.cuhk01 import cuhk01
    from passerby.engine.embedder import load_embedder

    splits = cuhk01(real_data / "data" / "cuhk01", people="871/100", shots=2)
    embedder = load_embedder("osnet_x0_25_msmt17")
    query, gallery = embedder.samples(splits.query), embedder.samples(splits.gallery)
    blocks = k_reciprocal(query, gallery)
    wanted = textbook(normalize(query.features), normalize(gallery.features), 20, 6, 0.3)
    np.testing.assert_allclose(blocks.matrix().numpy(), wanted, rtol=0, atol=1e-5)
    nearest = top_k(blocks, 1).indices[:, 0]
    assert (gallery.persons[nearest] == query.persons).float().mean() > 0.5
