import pytest
import torch

from passerby.core.products import products


@pytest.mark.parametrize("onednn", [True, False])
@pytest.mark.parametrize(
    ("m", "n", "d"), [(0, 3, 4), (3, 0, 4), (3, 4, 0), (1, 1, 1), (7, 130, 33), (256, 300, 512)]
)
def test_are_sums_of_products(m, n, d, onednn, monkeypatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: onednn)
    a, b = torch.randn(m, d), torch.randn(n + 2, d)[1:-1]
    wanted = (a.double()[:, None] * b.double()).sum(2)
    torch.testing.assert_close(products(a, b), wanted.float(), rtol=0, atol=1e-4)
    found = products(a.double(), b.double())
    assert found.dtype == torch.float64
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-9)
