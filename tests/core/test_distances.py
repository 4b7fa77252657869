import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.distances import pairwise_distances


def test_by_hand() -> None:
    a, b = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([[1.0, 0.0], [4.0, 4.0]])
    expected = torch.tensor([[0.0, 5.0], [1.0, 32**0.5]])
    torch.testing.assert_close(pairwise_distances(a, b), expected, atol=1e-5, rtol=0)
    cosine = pairwise_distances(a[:1], b, "cosine")
    torch.testing.assert_close(cosine, torch.tensor([[0.0, 1 - 0.5**0.5]]))


@given(n=st.integers(0, 6), m=st.integers(0, 6), d=st.integers(1, 9), seed=st.integers(0, 999))
@settings(max_examples=50, deadline=None)
def test_agrees_with_torch(n: int, m: int, d: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    a = torch.randn(n, d, generator=generator, dtype=torch.float64)
    b = torch.randn(m, d, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(pairwise_distances(a, b), torch.cdist(a, b), atol=1e-6, rtol=1e-6)
    cosine = torch.nn.functional.cosine_similarity(a[:, None], b[None], dim=2)
    torch.testing.assert_close(pairwise_distances(a, b, "cosine"), 1 - cosine)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_type_is_kept(metric, dtype) -> None:
    assert pairwise_distances(torch.ones(2, 3, dtype=dtype), torch.ones(4, 3, dtype=dtype)).dtype
    found = pairwise_distances(torch.ones(2, 3, dtype=dtype), torch.ones(4, 3, dtype=dtype), metric)
    assert found.dtype == dtype
    assert found.shape == (2, 4)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_gradients_are_right(metric) -> None:
    generator = torch.Generator().manual_seed(1)
    a = torch.randn(3, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    b = torch.randn(2, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, y: pairwise_distances(x, y, metric), (a, b))


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("rows", [[[1.0, 2.0], [1.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]]])
def test_gradients_between_identical_and_zero_rows_are_finite(metric, rows) -> None:
    features = torch.tensor(rows, requires_grad=True)
    pairwise_distances(features, features, metric).sum().backward()
    assert features.grad is not None
    assert features.grad.isfinite().all()


def test_large_features_close_together_are_never_nan() -> None:
    features = 1e3 + 1e-3 * torch.randn(20, 256, generator=torch.Generator().manual_seed(0))
    assert pairwise_distances(features, features).isfinite().all()


def test_unknown_metric_names_the_two() -> None:
    with pytest.raises(ValueError, match=r"'l1'.*'euclidean' or 'cosine'"):
        pairwise_distances(torch.ones(1, 2), torch.ones(1, 2), "l1")  # type: ignore[arg-type]
