"""A wide network that begins as a narrow one."""

import pytest
import torch
from torch import nn

from passerby.models.osnet import WIDTHS, OSNet
from passerby.models.widening import widen


def lively(net: OSNet) -> OSNet:
    """`net` with normalisation that is not still 1 and 0."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.3)
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 1.5)
    return net.eval()


@pytest.mark.parametrize("width", ["x0_5", "x0_75", "x1_0"])
def test_a_widened_osnet_computes_the_same(width: str) -> None:
    narrow = lively(OSNet(WIDTHS["x0_25"], classes=7))
    wide = OSNet(WIDTHS[width], classes=7).eval()
    wide.load_state_dict(widen(narrow.state_dict(), wide.state_dict()))
    images = torch.randn(2, 3, 64, 32)
    with torch.no_grad():
        copies = wide.channels // narrow.channels
        torch.testing.assert_close(
            wide(images), narrow(images).repeat(1, copies, 1, 1), rtol=1e-3, atol=1e-4
        )


def test_copies_get_gradients_of_their_own() -> None:
    narrow = lively(OSNet(WIDTHS["x0_25"]))
    wide = OSNet(WIDTHS["x0_5"])
    wide.load_state_dict(widen(narrow.state_dict(), wide.state_dict()))
    (wide.eval()(torch.randn(2, 3, 64, 32)) * torch.randn(1, 256, 1, 1)).sum().backward()
    first = wide.get_parameter("conv2.0.conv1.conv.weight").grad
    assert first is not None
    one, other = first.chunk(2)
    assert (one - other).abs().mean() > 0.1 * one.abs().mean()


def test_shares_by_hand() -> None:
    narrow = {"read.weight": torch.tensor([[2.0, -4.0]]), "bias": torch.tensor([1.0, 2.0])}
    wide = {"read.weight": torch.zeros(2, 6), "bias": torch.zeros(4)}
    widened = widen(narrow, wide)
    assert widened["bias"].tolist() == [1, 2, 1, 2]
    read = widened["read.weight"]
    torch.testing.assert_close(read[:, 0::2].sum(1), torch.tensor([2.0, 2.0]))
    torch.testing.assert_close(read[:, 1::2].sum(1), torch.tensor([-4.0, -4.0]))
    assert read[0, 0] != read[0, 2]


@pytest.mark.parametrize("shape", [(3, 4), (1, 4), (2, 2, 1), (4, 7)])
def test_what_does_not_fit_is_passed_on(shape: tuple[int, ...]) -> None:
    value = torch.randn(2, 4)
    assert widen({"a": value}, {"a": torch.zeros(shape)})["a"] is value
    assert widen({"a": value}, {}) == {}
