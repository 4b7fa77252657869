import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.core import candidates
from passerby.core import neighbours as module
from passerby.core.errors import PasserbyError
from passerby.core.neighbours import Neighbours, neighbours, squares_of_pairs


@pytest.fixture(params=["1", "0"], ids=["compiled", "tensors"])
def _either_way(request, monkeypatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", request.param)


def plain(features: Tensor, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Everything by definition: differences in float64, a stable sort."""
    a = features.double().numpy()
    squares = ((a[:, None] - a[None]) ** 2).sum(2).astype(np.float32)
    order = np.argsort(squares, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(squares, order, 1), squares.max(1)


def agrees(found: Neighbours, features: Tensor, k: int) -> None:
    indices, squares, furthest = plain(features, k)
    assert np.array_equal(found.indices.numpy(), indices)
    np.testing.assert_allclose(found.squares.numpy(), squares, rtol=1e-6)
    scale = float(features.double().square().sum(1).max())
    np.testing.assert_allclose(found.furthest.numpy(), furthest, rtol=1e-5, atol=1e-6 * scale)


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize("n", [1, 2, 9, 40, 130, 300])
def test_is_the_plain_sort_over_many_tiles(n, monkeypatch) -> None:
    monkeypatch.setattr(candidates, "ROWS", 32)
    monkeypatch.setattr(candidates, "COLUMNS", 150)
    monkeypatch.setattr(module, "_NUMBERS", 500)
    features = torch.randn(n, 19)
    for k in (1, 5, 21, 400):
        found = neighbours(features, k)
        assert found.indices.shape == (n, min(k, n))
        agrees(found, features, k)


@given(
    n=st.integers(1, 30),
    d=st.integers(1, 4),
    k=st.integers(1, 33),
    values=st.integers(1, 4),
    seed=st.integers(0, 9999),
    compiled=st.sampled_from("01"),
)
@settings(max_examples=150, deadline=None)
def test_equal_distances_stand_in_the_order_of_the_rows(n, d, k, values, seed, compiled) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randint(0, values, (n, d), generator=generator).float()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PASSERBY_COMPILED", compiled)
        agrees(neighbours(features, k), features, k)


@pytest.mark.usefixtures("_either_way")
def test_products_that_round_do_not_decide() -> None:
    # Far from the origin, float32 products leave hardly a digit of the squares.
    features = torch.randn(200, 16) + 3000
    norms = features.square().sum(1)
    rough = norms[:, None] + norms - 2 * features @ features.T
    order = rough.argsort(dim=1, stable=True)[:, :6].numpy()
    assert not np.array_equal(order, plain(features, 6)[0])
    agrees(neighbours(features, 6), features, 6)


@pytest.mark.usefixtures("_either_way")
def test_equal_rows_are_at_distance_zero_and_in_order() -> None:
    features = torch.nn.functional.normalize(torch.randn(5, 77)).repeat(30, 1)  # (150, 77)
    found = neighbours(features, 12)
    assert found.squares.abs().max() == 0
    wanted = torch.arange(5)[:, None] + 5 * torch.arange(12)
    assert torch.equal(found.indices, wanted.repeat(30, 1))


def test_furthest_is_of_all_and_self_is_among_the_neighbours() -> None:
    found = neighbours(torch.tensor([[0.0], [1.0], [5.0]]), 1)
    assert found.indices.tolist() == [[0], [1], [2]]
    assert found.furthest.tolist() == [25.0, 16.0, 25.0]


def test_both_ways_agree_bit_for_bit_in_order(monkeypatch) -> None:
    features = torch.nn.functional.normalize(torch.randn(2500, 64))
    compiled = neighbours(features, 25)
    monkeypatch.setenv("PASSERBY_COMPILED", "0")
    tensors = neighbours(features, 25)
    assert torch.equal(compiled.indices, tensors.indices)
    torch.testing.assert_close(compiled.squares, tensors.squares, rtol=1e-6, atol=0)


@pytest.mark.usefixtures("_either_way")
def test_squares_are_the_same_either_way_round() -> None:
    features = torch.randn(40, 13)
    left, right = torch.randint(0, 40, (2, 300))
    there, back = (squares_of_pairs(features, *pair) for pair in ((left, right), (right, left)))
    assert torch.equal(there, back)
    wanted = (features[left].double() - features[right].double()).square().sum(1).float()
    torch.testing.assert_close(there, wanted, rtol=1e-6, atol=0)
    assert squares_of_pairs(features, left[:0], right[:0]).shape == (0,)


def test_what_cannot_be_ranked_is_an_error() -> None:
    with pytest.raises(PasserbyError, match="k is 0"):
        neighbours(torch.ones(3, 2), 0)
    with pytest.raises(PasserbyError, match="no features"):
        neighbours(torch.ones(0, 2), 1)
    with pytest.raises(PasserbyError, match="too large for float32; normalise"):
        neighbours(torch.full((3, 2), 1e20), 1)
