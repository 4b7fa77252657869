"""Writing a learnt method and reading it back."""

import json
import pickle
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import (
    describe,
    load_checkpoint,
    save_checkpoint,
    without_classes,
)
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.methods.method import Method
from passerby.methods.trinet import TriNet

PREPROCESS = Preprocess(64, 32, mean=(0.1, 0.2, 0.3), channels="bgr")


def methods() -> list[Method]:
    return [
        BagOfTricks(5, "osnet_x0_25", pretrained=False, milestones=(3, 4), centre=True),
        TriNet("osnet_x0_25", pretrained=False, margin=0.2),
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_round_trip(tmp_path: Path, number: int) -> None:
    method = methods()[number].to(memory_format=torch.channels_last).eval()  # pyright: ignore
    path = save_checkpoint(method, PREPROCESS, tmp_path / "model.safetensors")
    loaded, preprocess, checksum = load_checkpoint(path)
    images = torch.randn(2, 3, 64, 32)
    assert type(loaded) is type(method)
    assert preprocess == PREPROCESS
    assert not loaded.training
    assert loaded.metric == method.metric
    torch.testing.assert_close(loaded(images), method(images), atol=1e-5, rtol=1e-5)
    assert load_checkpoint(tmp_path)[2] == checksum
    # Written again it is the same model.
    again = save_checkpoint(loaded, preprocess, tmp_path / "again.safetensors")
    assert load_checkpoint(again)[2] == checksum


def test_other_weights_have_another_hash(tmp_path: Path) -> None:
    hashes = {
        load_checkpoint(save_checkpoint(method, PREPROCESS, tmp_path / "m.safetensors"))[2]
        for method in (*methods(), *methods())
    }
    assert len(hashes) == 4


def test_a_lightning_checkpoint_is_the_same_model(tmp_path: Path) -> None:
    method = methods()[0]
    checksum = load_checkpoint(save_checkpoint(method, PREPROCESS, tmp_path / "m.safetensors"))[2]
    content = {"state_dict": method.state_dict(), "passerby": describe(method, PREPROCESS)}
    torch.save(content, tmp_path / "m.ckpt")
    _, preprocess, found = load_checkpoint(tmp_path / "m.ckpt")
    assert (preprocess, found) == (PREPROCESS, checksum)
    # A run folder without a finished model gives its newest checkpoint.
    (tmp_path / "run/checkpoints").mkdir(parents=True)
    (tmp_path / "m.ckpt").rename(tmp_path / "run/checkpoints/last.ckpt")
    assert load_checkpoint(tmp_path / "run")[2] == checksum


class Harmful:
    def __reduce__(self) -> tuple[object, ...]:
        return (pytest.fail, ("a checkpoint ran code",))


def test_a_checkpoint_cannot_run_code(tmp_path: Path) -> None:
    content = {"state_dict": {}, "passerby": Harmful()}
    torch.save(content, tmp_path / "evil.ckpt", pickle_module=pickle)
    with pytest.raises(PasserbyError, match=r"evil\.ckpt"):
        load_checkpoint(tmp_path / "evil.ckpt")


def rewritten(path: Path, **changes: object) -> Path:
    """The checkpoint at `path` with a part of its description changed."""
    with safe_open(path, "pt") as file:
        metadata, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    about = json.loads(metadata["about"]) | changes
    save_file(tensors, path, metadata=metadata | {"about": json.dumps(about)})
    return path


def test_what_is_no_checkpoint_is_named(tmp_path: Path) -> None:
    path = save_checkpoint(methods()[1], PREPROCESS, tmp_path / "m.safetensors")
    whole = path.read_bytes()

    def refused(file: Path, message: str) -> None:
        with pytest.raises(PasserbyError, match=message):
            load_checkpoint(file)

    refused(tmp_path / "nothing.safetensors", "no checkpoint '.*nothing")
    refused(tmp_path, "neither model.safetensors nor checkpoints/last.ckpt")
    for cut in (0, 5, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.safetensors").write_bytes(whole[:cut])
        refused(tmp_path / "cut.safetensors", r"cut\.safetensors' is no checkpoint, or is damaged")
    (tmp_path / "cut.ckpt").write_bytes(b"PK\3\4 and no more")
    refused(tmp_path / "cut.ckpt", r"cut\.ckpt' is no checkpoint, or is damaged")
    # Instructions of a pickle, in an order that makes the unpickler fail in other ways.
    for junk in (b"", b"garbage", b"hello world", b"\x80\x02h\x05.", b"\x80\x02}u.", b"\x80\x02a."):
        (tmp_path / "junk.ckpt").write_bytes(junk)
        refused(tmp_path / "junk.ckpt", r"junk\.ckpt' is no checkpoint, or is damaged")
    torch.save({"state_dict": {}, "passerby": [1]}, tmp_path / "other.ckpt")
    refused(tmp_path / "other.ckpt", "not written by `passerby train`")
    torch.save({"state_dict": {}}, tmp_path / "other.ckpt")
    refused(tmp_path / "other.ckpt", "not written by `passerby train`")
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    refused(tmp_path / "other.safetensors", "no checkpoint of Passerby's")
    refused(rewritten(path, method="Later"), "method 'Later', which is unknown.*BagOfTricks")
    refused(rewritten(path, method="TriNet", arguments={"depth": 3}), "does not fit TriNet")
    refused(rewritten(path, arguments={"backbone": "osnet_x0_5"}), "does not fit TriNet")


def test_without_its_classes_a_model_embeds_alike(tmp_path: Path) -> None:
    torch.manual_seed(1)
    whole = BagOfTricks(300, "osnet_x0_25", pretrained=False, embedding=32).eval()
    for buffer in whole.buffers():  # as learning would have moved them
        if buffer.is_floating_point():
            buffer.add_(torch.rand_like(buffer))
    save_checkpoint(without_classes(whole), Preprocess(64, 32), tmp_path / "small.safetensors")
    small, _, _ = load_checkpoint(tmp_path / "small.safetensors")
    images = torch.rand(3, 3, 64, 32)
    with torch.no_grad():
        assert torch.equal(small(images), whole(images))
    classes = [v.shape for n, v in small.state_dict().items() if n.startswith("classifier")]
    assert classes
    assert all(shape[0] == 1 for shape in classes)
    with pytest.raises(PasserbyError, match="names nobody"):
        without_classes(TriNet("osnet_x0_25", pretrained=False))
