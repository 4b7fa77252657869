"""Beginning with weights that somebody has learnt already."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from passerby.core.errors import PasserbyError
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.models.embedding_net import EmbeddingNet
from passerby.models.osnet import WIDTHS, OSNet
from passerby.models.pooling import average
from passerby.models.shipped import RENDERED, shipped


def begun_with(source: Path | str, **options: int) -> BagOfTricks:
    return BagOfTricks(5, "osnet_x0_25", initial_weights=str(source), **options)  # pyright: ignore


@pytest.fixture
def public(tmp_path: Path) -> tuple[OSNet, Path]:
    """Weights as Torchreid publishes them, for 9 people."""
    net = OSNet(WIDTHS["x0_25"], 9).eval()
    torch.save(net.state_dict(), tmp_path / "public.pth")
    return net, tmp_path / "public.pth"


def test_public_weights_become_backbone_and_embedding(public: tuple[OSNet, Path]) -> None:
    net, path = public
    images = torch.randn(2, 3, 64, 32)
    method = begun_with(path, embedding=512).eval()
    wanted = EmbeddingNet(net, average, net.fc).eval()(images)
    assert torch.equal(method.features(images)[0], wanted)
    assert method.classifier is not None
    assert method.classifier.weight.shape == (5, 512)
    torch.testing.assert_close(
        begun_with(path).eval().features(images)[0], average(net.eval()(images))
    )


def test_passerbys_own_weights(tmp_path: Path) -> None:
    first = BagOfTricks(9, "osnet_x0_25", pretrained=False, centre=True)
    assert first.neck is not None
    torch.nn.init.normal_(first.neck.bn.weight)
    save_file(first.state_dict(), tmp_path / "model.safetensors")
    second = begun_with(tmp_path / "model.safetensors")
    images = torch.randn(2, 3, 64, 32)
    assert torch.equal(first.eval()(images), second.eval()(images))
    assert second.classifier is not None
    assert second.classifier.weight.shape == (5, 128)
    # So does the folder of the run.
    assert torch.equal(begun_with(tmp_path).eval()(images), second(images))


def test_the_model_that_passerby_comes_with() -> None:
    method = BagOfTricks(
        5, "osnet_x0_5", pretrained=False, initial_weights=RENDERED, embedding=512, parts=10
    )
    weights = load_file(shipped(RENDERED) / "model.safetensors")
    for name in ("embedding.0.weight", "parts.reduce.weight"):
        assert torch.equal(method.state_dict()[name], weights[name])


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    torch.save(OSNet(WIDTHS["x0_5"]).state_dict(), tmp_path / "wide.pth")
    with pytest.raises(PasserbyError, match=r"do not fit.*another shape"):
        begun_with(tmp_path / "wide.pth")
    torch.save({"fc.0.weight": torch.zeros(1)}, tmp_path / "none.pth")
    with pytest.raises(PasserbyError, match=r"they have no 'backbone\.conv1"):
        begun_with(tmp_path / "none.pth")


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="no initial weights 'osnet_x9'"):
        begun_with("osnet_x9")
    with pytest.raises(PasserbyError, match=r"in the folder .* no model\.safetensors"):
        begun_with(tmp_path)
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    with pytest.raises(PasserbyError, match=r"broken\.safetensors' holds no weights"):
        begun_with(tmp_path / "broken.safetensors")
    with pytest.raises(PasserbyError, match=r"cannot be trained on.*osnet_x0_25_msmt17"):
        begun_with("person-detection-retail-0013")


def test_the_public_model_of_the_catalogue(real_models: Path) -> None:
    method = begun_with("osnet_x0_25_msmt17", embedding=512)
    assert float(method.backbone.conv1.bn.num_batches_tracked) >= 0  # pyright: ignore
    assert float(method.embedding[0].weight.std()) > 0.02  # pyright: ignore


def test_a_narrow_network_begins_a_wide_one(public: tuple[OSNet, Path]) -> None:
    narrow = begun_with(public[1], embedding=512).eval()
    wide = BagOfTricks(
        5, "osnet_x0_5", pretrained=False, initial_weights=str(public[1]), embedding=512
    ).eval()
    images = torch.randn(2, 3, 64, 32)
    with torch.no_grad():
        torch.testing.assert_close(wide(images), narrow(images), rtol=1e-3, atol=1e-3)
