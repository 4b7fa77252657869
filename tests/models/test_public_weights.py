import pickle

import pytest
import torch
from torch import nn

from passerby.core.errors import PasserbyError
from passerby.models.osnet import WIDTHS, OSNet
from passerby.models.public_weights import load_public_weights, read_public_weights


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"state_dict": s, "epoch": 3}])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_reads_what_training_scripts_leave(tmp_path, wrap, prefix):
    state = {f"{prefix}fc.weight": torch.ones(2, 2), "note": "no tensor"}
    torch.save(wrap(state), tmp_path / "net.pth")
    weights = read_public_weights(tmp_path / "net.pth")
    assert weights.keys() == {"fc.weight"}
    assert torch.equal(weights["fc.weight"], torch.ones(2, 2))


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("code in the file was run",))


def test_never_runs_code_that_a_file_brings(tmp_path):
    (tmp_path / "evil.pth").write_bytes(pickle.dumps({"fc.weight": Evil()}))
    with pytest.raises(PasserbyError, match="no weights that can be read safely"):
        read_public_weights(tmp_path / "evil.pth")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a network",
        b"PK\x03\x04 cut short",
        # Instructions of a pickle, in an order that makes the unpickler fail in other ways.
        b"\x80\x02h\x05.",
        b"\x80\x02}u.",
        b"\x80\x02a.",
    ],
)
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "net.pth").write_bytes(content)
    with pytest.raises(PasserbyError, match=r"net\.pth holds no weights"):
        read_public_weights(tmp_path / "net.pth")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PasserbyError, match=r"no weights file .*net\.pth"):
        read_public_weights(tmp_path / "net.pth")


def test_a_file_of_something_else_is_told_apart(tmp_path):
    torch.save([torch.ones(1)], tmp_path / "list.pth")
    with pytest.raises(PasserbyError, match="no state dict, but list"):
        read_public_weights(tmp_path / "list.pth")


def test_a_backbone_leaves_the_head_and_takes_all_else():
    whole = OSNet(WIDTHS["x0_25"], classes=7)
    backbone = OSNet(WIDTHS["x0_25"])
    load_public_weights(backbone, whole.state_dict(), "weights")
    assert torch.equal(backbone.conv5.conv.weight, whole.conv5.conv.weight)


def test_weights_from_before_batches_were_counted_load():
    source = nn.Sequential(nn.BatchNorm2d(2))
    old = {k: v for k, v in source.state_dict().items() if "num_batches" not in k}
    old["0.bias"] = torch.tensor([1.0, 2.0])
    net = nn.Sequential(nn.BatchNorm2d(2))
    load_public_weights(net, old, "old")
    assert net[0].bias.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_what_does_not_fit_is_an_error(change):
    weights = dict(OSNet(WIDTHS["x0_25"]).state_dict())
    if change == "missing":
        del weights["conv5.conv.weight"]
    elif change == "extra":
        weights["conv6.weight"] = torch.ones(1)
    else:
        weights["conv5.conv.weight"] = torch.ones(1, 1, 1, 1)
    with pytest.raises(PasserbyError, match=r"mine\.pth does not fit OSNet: .*conv[56]"):
        load_public_weights(OSNet(WIDTHS["x0_25"]), weights, "mine.pth")
