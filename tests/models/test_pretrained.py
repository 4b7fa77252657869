import hashlib

import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.models import pretrained
from passerby.models.backbones import build_backbone
from passerby.models.osnet import WIDTHS, OSNet
from passerby.models.resnet_ibn import ResNetIBN


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PASSERBY_MODELS", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def test_osnet_reads_the_file_that_was_put_there(folder):
    source = OSNet(WIDTHS["x0_25"], classes=1000)
    torch.save(source.state_dict(), folder / "osnet_x0_25_imagenet.pth")
    backbone = build_backbone("osnet_x0_25", pretrained=True)
    assert torch.equal(backbone.conv5.conv.weight, source.conv5.conv.weight)


def test_osnet_says_where_the_file_is_and_goes(folder):
    with pytest.raises(
        PasserbyError, match=r"osnet_ain_x0_5_imagenet\.pth is not there.*MODEL_ZOO"
    ):
        build_backbone("osnet_ain_x0_5", pretrained=True)


def test_ibn_is_fetched_once_and_checked(folder, tmp_path, monkeypatch):
    source = ResNetIBN(18, classes=1000)
    torch.save(source.state_dict(), tmp_path / "release.pth")
    digest = hashlib.sha256((tmp_path / "release.pth").read_bytes()).hexdigest()
    name = f"resnet18_ibn_a-{digest[:8]}.pth"
    (tmp_path / "release.pth").rename(tmp_path / name)
    monkeypatch.setattr(pretrained, "IBN_RELEASES", f"file://{tmp_path}/")
    monkeypatch.setattr(pretrained, "IBN_FILES", {18: name})
    backbone = build_backbone("resnet18_ibn_a", pretrained=True)
    assert torch.equal(backbone.conv1.weight, source.conv1.weight)
    assert (folder / name).is_file()
    monkeypatch.setenv("PASSERBY_OFFLINE", "1")
    build_backbone("resnet18_ibn_a", pretrained=True)


def test_ibn_with_a_wrong_checksum_is_not_kept(folder, tmp_path, monkeypatch):
    (tmp_path / "resnet18_ibn_a-00000000.pth").write_bytes(b"another file")
    monkeypatch.setattr(pretrained, "IBN_RELEASES", f"file://{tmp_path}/")
    monkeypatch.setattr(pretrained, "IBN_FILES", {18: "resnet18_ibn_a-00000000.pth"})
    with pytest.raises(PasserbyError, match="could not be fetched"):
        build_backbone("resnet18_ibn_a", pretrained=True)
    assert list(folder.iterdir()) == []


def test_ibn_offline_says_what_to_fetch(folder, monkeypatch):
    monkeypatch.setenv("PASSERBY_OFFLINE", "1")
    with pytest.raises(PasserbyError, match=r"PASSERBY_OFFLINE forbids.*resnet50_ibn_a-d9d0bb7b"):
        build_backbone("resnet50_ibn_a", pretrained=True)
