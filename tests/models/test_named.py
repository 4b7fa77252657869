import pytest
import torch
from tests.models import osnet_oracle
from tests.models.helpers import stir

from passerby.core.errors import PasserbyError
from passerby.models.named import osnet_embedder
from passerby.models.osnet import WIDTHS, OSNet
from passerby.models.osnet_ain import OSNetAIN


@pytest.mark.parametrize(
    ("backbone", "family", "oracle"),
    [
        ("osnet_x0_25", OSNet, osnet_oracle.osnet),
        ("osnet_ain_x0_25", OSNetAIN, osnet_oracle.osnet_ain),
    ],
)
def test_a_torchreid_file_of_any_number_of_people_is_an_embedder(
    tmp_path, backbone, family, oracle
):
    weights = stir(family(WIDTHS["x0_25"], classes=17)).state_dict()
    path = tmp_path / "net.pth"
    torch.save({"state_dict": {f"module.{name}": v for name, v in weights.items()}}, path)
    images = torch.randn(2, 3, 64, 32)
    with torch.no_grad():
        embeddings = osnet_embedder(backbone, path).eval()(images)
    torch.testing.assert_close(embeddings, oracle(weights, images)[1], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("wrong", ["osnet_x0_5", "osnet_ain_x0_25"])
def test_weights_of_another_network_are_told_apart(tmp_path, wrong):
    torch.save(OSNet(WIDTHS["x0_25"], classes=2).state_dict(), tmp_path / "net.pth")
    with pytest.raises(PasserbyError, match=r"net\.pth does not fit"):
        osnet_embedder(wrong, tmp_path / "net.pth")
