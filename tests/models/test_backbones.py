import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.models.backbones import NAMES, build_backbone


@pytest.mark.parametrize("name", NAMES)
def test_every_name_makes_a_map_of_stride_16(name):
    backbone = build_backbone(name).eval()
    with torch.no_grad():
        maps = backbone(torch.zeros(1, 3, 64, 32))
    assert maps.shape == (1, backbone.channels, 4, 2)


def test_resnet50_has_last_stride_one_by_stride_and_not_by_dilation():
    backbone = build_backbone("resnet50")
    first = backbone.net.layer4[0]
    assert (first.conv2.stride, first.conv2.dilation) == ((1, 1), (1, 1))
    assert first.downsample[0].stride == (1, 1)
    coarse = build_backbone("resnet50", last_stride=2).eval()
    with torch.no_grad():
        assert coarse(torch.zeros(1, 3, 64, 32)).shape == (1, 2048, 2, 1)


def test_the_seed_decides_the_weights():
    def first_weight():
        torch.manual_seed(7)
        return next(build_backbone("osnet_x0_25").parameters())

    assert torch.equal(first_weight(), first_weight())


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("osnet_x025", "osnet_x0_25"), ("resnet50_ibn", "resnet50_ibn_a"), ("zzz", "resnet50, ")],
)
def test_an_unknown_name_is_told_what_is_near(wrong, meant):
    with pytest.raises(PasserbyError, match=f"no backbone '{wrong}'; did you mean .*{meant}"):
        build_backbone(wrong)


def test_resnet50_begins_with_the_weights_of_the_papers_time():
    config = build_backbone("resnet50").net.pretrained_cfg
    assert (config["architecture"], config["tag"]) == ("resnet50", "tv_in1k")


# Strides stand in convolutions; in pools before them; in blurs; in pools between them.
@pytest.mark.parametrize("name", ["resnet18", "resnet26d", "resnetblur50", "seresnet50"])
def test_the_last_stride_of_timms_resnets(name):
    images = torch.zeros(1, 3, 64, 32)
    with torch.no_grad():
        fine = build_backbone(f"timm/{name}", last_stride=1).eval()(images)
        coarse = build_backbone(f"timm/{name}", last_stride=2).eval()(images)
    assert (fine.shape[2:], coarse.shape[2:]) == ((4, 2), (2, 1))
