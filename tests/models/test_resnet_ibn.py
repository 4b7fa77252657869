import pytest
import torch
import torch.nn.functional as F
import torchvision
from tests.models.helpers import stir
from torch import Tensor, nn

from passerby.models.pooling import average
from passerby.models.resnet_ibn import BLOCKS, IBN, ResNetIBN


class FunctionalIBN(nn.Module):
    """IBN-a from four tensors, as torchvision's `bn1` would be replaced by it."""

    def __init__(self, weights: dict[str, Tensor], at: str) -> None:
        super().__init__()
        self.weights, self.at = weights, at

    def forward(self, maps: Tensor) -> Tensor:
        def read(name):
            return self.weights[f"{self.at}.{name}"]

        by_instance, by_batch = maps.chunk(2, dim=1)
        return torch.cat(
            [
                F.instance_norm(by_instance, weight=read("IN.weight"), bias=read("IN.bias")),
                F.batch_norm(
                    by_batch,
                    read("BN.running_mean"),
                    read("BN.running_var"),
                    read("BN.weight"),
                    read("BN.bias"),
                ),
            ],
            dim=1,
        )


def torchvision_ibn(depth: int, weights: dict[str, Tensor], classes: int) -> nn.Module:
    """torchvision's ResNet with the first normalisation of the first three stages replaced."""
    net = getattr(torchvision.models, f"resnet{depth}")(num_classes=classes)
    rest = {name: value for name, value in weights.items() if ".IN." not in name}
    rest = {name: value for name, value in rest.items() if ".BN." not in name}
    for number in (1, 2, 3):
        for place, block in enumerate(getattr(net, f"layer{number}")):
            block.bn1 = FunctionalIBN(weights, f"layer{number}.{place}.bn1")
    net.load_state_dict(rest, strict=True)
    return net.eval()


@pytest.mark.parametrize("depth", BLOCKS)
def test_agrees_with_torchvision_with_ibn_put_in(depth):
    ours = stir(ResNetIBN(depth, last_stride=2, classes=5))
    # What makes maps explode over 100 stirred layers would drown a wrong one.
    for name, value in ours.state_dict().items():
        if name.endswith(("bn2.weight", "bn3.weight")):
            value.mul_(0.2)
    theirs = torchvision_ibn(depth, ours.state_dict(), classes=5)
    images = torch.randn(2, 3, 64, 32)
    with torch.no_grad():
        logits = ours.fc(average(ours(images)))
        torch.testing.assert_close(logits, theirs(images), rtol=1e-4, atol=1e-4)
    assert logits.std() > 0.01


@pytest.mark.parametrize("depth", BLOCKS)
def test_layers_are_named_as_the_authors_named_them(depth):
    names = set(ResNetIBN(depth, classes=1000).state_dict())
    plain = set(getattr(torchvision.models, f"resnet{depth}")().state_dict())
    blocks = [
        f"layer{stage}.{block}.bn1."
        for stage in (1, 2, 3)
        for block in range(BLOCKS[depth][stage - 1])
    ]
    expected = {name for name in plain if not name.startswith(tuple(blocks))}
    statistics = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    for block in blocks:
        expected |= {f"{block}IN.weight", f"{block}IN.bias"}
        expected |= {f"{block}BN.{name}" for name in statistics}
    assert names == expected


def test_last_stride_one_keeps_a_map_of_twice_the_size_and_the_same_weights():
    fine, coarse = ResNetIBN(18), ResNetIBN(18, last_stride=2)
    fine.load_state_dict(coarse.state_dict(), strict=True)
    images = torch.zeros(1, 3, 256, 128)
    with torch.no_grad():
        assert fine.eval()(images).shape == (1, 512, 16, 8)
        assert coarse.eval()(images).shape == (1, 512, 8, 4)


def test_ibn_by_hand():
    ibn = IBN(2).eval()
    maps = torch.tensor([[[[1.0, 3.0]], [[1.0, 3.0]]]])
    # The first channel by its own mean 2 and deviation 1; the second by the statistics 0 and 1.
    expected = torch.tensor([[[[-1.0, 1.0]], [[1.0, 3.0]]]])
    torch.testing.assert_close(ibn(maps), expected, rtol=0, atol=1e-4)


def test_learns_with_finite_gradients_in_every_layer():
    net = ResNetIBN(18).train()
    net(torch.randn(2, 3, 64, 32)).square().mean().backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
