import huggingface_hub.constants
import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.models.backbones import build_backbone
from passerby.models.timm_backbone import TimmBackbone


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("convnext_atto", (64, 32), (320, 2, 1)),
        ("efficientnet_lite0", (64, 32), (1280, 2, 1)),
        ("vit_tiny_patch16_224", (256, 128), (192, 16, 8)),
        ("vit_small_patch14_dinov2", (252, 126), (384, 18, 9)),
        ("vit_small_patch16_dinov3", (64, 32), (384, 4, 2)),
        ("swin_tiny_patch4_window7_224", (256, 128), (768, 8, 4)),
    ],
)
def test_any_network_gives_a_map_in_the_shape_of_the_picture(name, size, expected):
    backbone = build_backbone(f"timm/{name}", size=size).eval()
    with torch.no_grad():
        maps = backbone(torch.zeros(1, 3, *size))
    assert maps.shape == (1, *expected)
    assert backbone.channels == expected[0]


@pytest.mark.parametrize("name", ["vit_tiny_patch16_224", "vit_small_patch16_dinov3"])
def test_tokens_lie_where_their_patches_were(name):
    backbone = TimmBackbone(name, size=(128, 64)).eval()
    images = torch.randn(2, 3, 128, 64)
    with torch.no_grad():
        # timm's own lay-out is the oracle.
        expected = backbone.net.forward_intermediates(
            images, indices=1, norm=True, output_fmt="NCHW", intermediates_only=True
        )[0]
        torch.testing.assert_close(backbone(images), expected)


def test_learns_with_finite_gradients():
    backbone = TimmBackbone("resnet18", last_stride=1).train()
    backbone(torch.randn(2, 3, 64, 32)).square().mean().backward()
    for name, parameter in backbone.named_parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all(), name
    assert backbone.net.conv1.weight.grad.abs().sum() > 0


def test_a_name_that_timm_lacks_is_told_what_is_near():
    with pytest.raises(PasserbyError, match=r"no network 'resnet51'; did you mean .*resnet"):
        build_backbone("timm/resnet51")


def test_pretrained_without_network_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PASSERBY_OFFLINE", "1")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    with pytest.raises(PasserbyError, match=r"'resnet18' could not be loaded.*pretrained=False"):
        build_backbone("timm/resnet18", pretrained=True)
    assert not huggingface_hub.constants.HF_HUB_OFFLINE


def test_a_grid_that_does_not_fit_is_told_apart():
    backbone = TimmBackbone("vit_tiny_patch16_224", size=(64, 32))
    with pytest.raises(PasserbyError, match="multiples of the network's patch size"):
        backbone._lay_out(torch.zeros(1, 1 + 7, 192), 64, 32)


@pytest.mark.parametrize(
    ("name", "map_size"),
    [("vit_tiny_patch16_224", (4, 2)), ("swin_tiny_patch4_window7_224", (2, 1))],
)
def test_another_size_than_the_network_was_made_for(name, map_size):
    backbone = TimmBackbone(name).eval()
    with torch.no_grad():
        assert backbone(torch.zeros(1, 3, 64, 32)).shape[2:] == map_size


@pytest.mark.parametrize("name", ["mixer_s32_224", "eva02_tiny_patch14_224"])
def test_a_size_that_the_network_does_not_take_is_named(name):
    with pytest.raises(PasserbyError, match=r"pictures of 64 x 32: Input height.*for 256 x 128"):
        TimmBackbone(name)(torch.zeros(1, 3, 64, 32))
