import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from tests.models import osnet_oracle
from tests.models.helpers import stir

from passerby.models.embedding_net import EmbeddingNet
from passerby.models.osnet import WIDTHS, ChannelGate, OSNet
from passerby.models.osnet_ain import OSNetAIN
from passerby.models.pooling import average
from passerby.models.public_weights import load_public_weights, read_public_weights


def parameters(model: torch.nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("family", "oracle"), [(OSNet, osnet_oracle.osnet), (OSNetAIN, osnet_oracle.osnet_ain)]
)
def test_agrees_with_an_independent_forward(family, oracle, width):
    net = stir(family(WIDTHS[width], classes=3))
    images = torch.randn(2, 3, 64, 32)
    maps, embeddings = oracle(net.state_dict(), images)
    with torch.no_grad():
        torch.testing.assert_close(net(images), maps, rtol=1e-4, atol=1e-4)
        whole = EmbeddingNet(net, average, net.fc)(images)
    torch.testing.assert_close(whole, embeddings, rtol=1e-4, atol=1e-4)
    assert maps.std() > 0.01, "the maps are constant: the comparison would prove nothing"


@pytest.mark.parametrize(
    ("width", "millions"), [("x1_0", 2.2), ("x0_75", 1.3), ("x0_5", 0.6), ("x0_25", 0.2)]
)
def test_has_as_many_parameters_as_published(width, millions):
    # The papers count what ranking needs: backbone and fc, not the classifier.
    net = OSNet(WIDTHS[width], classes=1)
    counted = parameters(net) - parameters(net.classifier)
    assert round(counted / 1e6, 1) == millions


def test_osnet_ain_has_as_many_parameters_as_published():
    net = OSNetAIN(WIDTHS["x1_0"], classes=1)
    assert round((parameters(net) - parameters(net.classifier)) / 1e6, 1) == 2.2


def test_public_weights_load_strictly_and_agree(real_models):
    weights = read_public_weights(real_models / "osnet_x0_25_msmt17.pth")
    net = OSNet(WIDTHS["x0_25"], classes=1041)
    assert net.load_state_dict(weights, strict=True)
    net.eval()
    images = torch.randn(4, 3, 256, 128)
    maps, embeddings = osnet_oracle.osnet(weights, images)
    with torch.no_grad():
        torch.testing.assert_close(net(images), maps, rtol=0, atol=1e-4)
        torch.testing.assert_close(net.fc(average(maps)), embeddings, rtol=0, atol=1e-4)
    backbone = OSNet(WIDTHS["x0_25"])
    load_public_weights(backbone, weights, "the file")
    with torch.no_grad():
        torch.testing.assert_close(backbone.eval()(images), maps, rtol=0, atol=1e-4)


@pytest.mark.parametrize("family", [OSNet, OSNetAIN])
def test_learns_with_finite_gradients_in_every_layer(family):
    net = family(WIDTHS["x0_25"], classes=4).train()
    logits = net.classifier(net.fc(average(net(torch.randn(4, 3, 64, 32)))))
    torch.nn.functional.cross_entropy(logits, torch.arange(4)).backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_a_gate_by_hand():
    gate = ChannelGate(16)
    for parameter in gate.parameters():
        torch.nn.init.zeros_(parameter)
    torch.nn.init.constant_(gate.fc2.bias, 3.0)
    # Whatever the picture, the gate is sigmoid(3).
    expected = 2.0 / (1 + torch.tensor(-3.0).exp())
    torch.testing.assert_close(gate(torch.full((1, 16, 2, 2), 2.0))[0, 0, 0, 0], expected)


@settings(deadline=None, max_examples=10)
@given(height=st.integers(2, 8), width=st.integers(2, 8))
def test_map_is_a_sixteenth_of_the_picture(height, width):
    net = OSNet(WIDTHS["x0_25"]).eval()
    with torch.no_grad():
        maps = net(torch.zeros(1, 3, 16 * height, 16 * width))
    assert maps.shape == (1, net.channels, height, width)


def test_instance_normalisation_forgets_the_light():
    # What AIN is for: a picture twice as bright gives the stem's very maps.
    net = stir(OSNetAIN(WIDTHS["x0_25"]))
    images = torch.rand(1, 3, 64, 32) + 0.5
    with torch.no_grad():
        torch.testing.assert_close(net(images), net(2 * images), rtol=1e-3, atol=1e-3)
        plain = stir(OSNet(WIDTHS["x0_25"]))
        assert (plain(images) - plain(2 * images)).abs().max() > 0.05
