import pytest
import torch
from torch import nn

from passerby.core.errors import PasserbyError
from passerby.models.openvino_model import OpenVINOModel

openvino = pytest.importorskip("openvino")


def toy() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    ).eval()


@pytest.fixture
def exported(tmp_path):
    """A network and its OpenVINO file, which says a batch of 1."""
    net = toy()
    network = openvino.convert_model(net, example_input=torch.zeros(1, 3, 8, 4))
    network.reshape([1, 3, 8, 4])
    openvino.save_model(network, tmp_path / "toy.xml", compress_to_fp16=False)
    return net, tmp_path / "toy.xml"


@pytest.mark.parametrize("count", [1, 2, 5])
def test_agrees_with_torch_at_any_batch_size(exported, count):
    net, path = exported
    model = OpenVINOModel(path)
    assert (model.height, model.width) == (8, 4)
    images = torch.randn(count, 3, 8, 4)
    with torch.no_grad():
        torch.testing.assert_close(model(images), net(images), rtol=1e-4, atol=1e-5)


def test_the_next_batch_leaves_the_last_features_alone(exported):
    model = OpenVINOModel(exported[1])
    first = model(torch.ones(1, 3, 8, 4))
    kept = first.clone()
    model(torch.zeros(1, 3, 8, 4))
    assert torch.equal(first, kept)


def test_the_public_networks_do_not_mix_the_pictures_of_a_batch(real_models):
    model = OpenVINOModel(real_models / "person-reidentification-retail-0288-FP32.xml")
    images = torch.rand(3, 3, 256, 128) * 255
    together = model(images)
    assert together.shape == (3, 256)
    one_by_one = torch.cat([model(image[None]) for image in images])
    torch.testing.assert_close(together, one_by_one, rtol=1e-3, atol=1e-3)


def test_a_detector_is_no_embedder_to_it_by_shape(tmp_path):
    class Two(nn.Module):
        def forward(self, images):
            return images.mean((2, 3)), images.amax((2, 3))

    network = openvino.convert_model(Two(), example_input=torch.zeros(1, 3, 8, 4))
    openvino.save_model(network, tmp_path / "two.xml")
    with pytest.raises(PasserbyError, match="no embedder: it has 1 inputs and 2 outputs"):
        OpenVINOModel(tmp_path / "two.xml")


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "bad.xml").write_text("<net")
    with pytest.raises(PasserbyError, match=r"OpenVINO cannot read .*bad\.xml"):
        OpenVINOModel(tmp_path / "bad.xml")


def test_a_missing_half_is_named(exported):
    path = exported[1]
    path.with_suffix(".bin").unlink()
    with pytest.raises(PasserbyError, match=r"OpenVINO cannot read .*toy\.xml"):
        OpenVINOModel(path)


def test_without_openvino_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "openvino", None)
    with pytest.raises(PasserbyError, match=r"pip install 'passerby\[video\]'"):
        OpenVINOModel(tmp_path / "toy.xml")
