import logging
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine import export as export_module
from passerby.engine.checkpoint import save_checkpoint
from passerby.engine.embedder import load_embedder
from passerby.engine.export import export_embedder, features_of
from passerby.engine.export_note import SUFFIXES, ExportNote
from passerby.engine.export_write import write_network
from passerby.methods.aligned_mutual import AlignedMutual
from passerby.methods.aligned_reid import AlignedReID
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.methods.ccsc import CCSC
from passerby.methods.deep_person import DeepPerson
from passerby.methods.siamese_verification import SiameseVerification
from passerby.methods.trinet import TriNet
from passerby.models.onnx_model import ONNXModel
from passerby.models.openvino_model import OpenVINOModel
from passerby.models.torchscript_model import load_torchscript

for package in ("openvino", "onnxruntime", "onnx", "onnxscript", "nncf"):
    pytest.importorskip(package)

SMALL = Preprocess(64, 32, mean=(0.4, 0.5, 0.6))
READERS = {"openvino": OpenVINOModel, "onnx": ONNXModel, "torchscript": load_torchscript}
TINY = "timm/test_resnet"


def crops(count: int, seed: int = 0) -> list[np.ndarray]:
    """Noise of as many colours, light and dark."""
    generator = np.random.default_rng(seed)
    colours = generator.integers(30, 225, (count, 1, 1, 3))
    noise = generator.integers(-30, 30, (count, 40, 20, 3))
    return list((colours + noise).astype(np.uint8))


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """A run folder whose name needs care, with a small model that is exported to every format."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("odd") / "a run, 100 % né"
    method = BagOfTricks(3, TINY, pretrained=False).eval()
    save_checkpoint(method, SMALL, folder / "model.safetensors")
    embedder = load_embedder(folder)
    for to, precision in (
        ("onnx", "f32"), ("openvino", "f32"), ("openvino", "bf16"), ("torchscript", "f32"),
        ("openvino", "int8"), ("onnx", "int8"),
    ):  # fmt: skip
        path = folder / "elsewhere" / f"{to}-{precision}{SUFFIXES[to]}"
        export_embedder(
            embedder, to, path, crops(24), precision=precision, calibration=crops(32, seed=1)
        )
    return folder


def exported(run: Path, to: str, precision: str = "f32") -> Path:
    return run / "elsewhere" / f"{to}-{precision}{SUFFIXES[to]}"


@pytest.mark.parametrize("to", SUFFIXES)
@pytest.mark.parametrize("count", [1, 7, 64])
def test_a_file_needs_no_further_word_and_takes_any_batch(run, to, count):
    original, file = load_embedder(run, runtime="torch"), load_embedder(exported(run, to))
    assert (file.name, file.hash, file.metric) == (run.name, original.hash, "cosine")
    assert file.preprocess == SMALL
    pictures = crops(count, seed=2)
    features = file.crops(pictures, batch_size=64)
    assert features.shape == (count, original.crops(pictures).shape[1])
    torch.testing.assert_close(features, original.crops(pictures), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("to", ["openvino", "onnx"])
def test_int8_is_a_model_of_its_own(run, to):
    original, file = load_embedder(run), load_embedder(exported(run, to, "int8"))
    assert file.name == f"{run.name}-int8"
    assert file.hash != original.hash
    pictures = crops(20, seed=3)
    agreement = torch.cosine_similarity(file.crops(pictures), original.crops(pictures))
    assert 0.9 < agreement.mean() < 1 - 1e-6  # near, and not the floating-point network again


def test_bfloat16_is_the_checkpoint_rounded(run):
    path = exported(run, "openvino", "bf16")
    original, file = load_embedder(run), load_embedder(path)
    assert file.hash == original.hash
    pictures = crops(20, seed=3)
    assert torch.cosine_similarity(file.crops(pictures), original.crops(pictures)).min() > 0.99


def test_the_account_beside_the_file(run):
    import json

    account = json.loads((exported(run, "onnx").parent / "onnx-f32.onnx.parity.json").read_text())
    assert account["parity"]["crops"] == 24
    assert account["parity"]["least_cosine"] > 0.9999
    assert account["source"] == load_embedder(run).hash


@pytest.mark.parametrize("to", SUFFIXES)
def test_a_network_that_does_not_agree_is_not_written(run, tmp_path, monkeypatch, to):
    def broken(model, to, size, path):
        worse = BagOfTricks(3, TINY, pretrained=False).eval()
        write_network(worse, to, size, path)

    monkeypatch.setattr(export_module, "write_network", broken)
    path = tmp_path / f"net{SUFFIXES[to]}"
    with pytest.raises(PasserbyError, match=r"does not agree.*least_cosine.*Nothing was written"):
        export_embedder(load_embedder(run), to, path, crops(24))
    assert list(tmp_path.iterdir()) == []


def test_a_changed_file_is_refused(run, tmp_path):
    for suffix in (".xml", ".bin"):
        whole = exported(run, "openvino").with_suffix(suffix).read_bytes()
        (tmp_path / f"net{suffix}").write_bytes(whole)
    load_embedder(tmp_path / "net.xml")
    weights = bytearray((tmp_path / "net.bin").read_bytes())
    weights[len(weights) // 2] ^= 1
    (tmp_path / "net.bin").write_bytes(weights)
    with pytest.raises(PasserbyError, match=r"net\.xml' is not the one that was exported"):
        load_embedder(tmp_path / "net.xml")
    content = bytearray(exported(run, "onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "net.onnx").write_bytes(content)
    with pytest.raises(PasserbyError, match=r"net\.onnx"):
        load_embedder(tmp_path / "net.onnx")


def test_torchscript_of_others_does_not_say_enough(tmp_path):
    path = tmp_path / "net.torchscript"
    torch.jit.save(torch.jit.script(torch.nn.Flatten()), str(path))
    with pytest.raises(PasserbyError, match="does not say how its input is made"):
        load_embedder(path)


def test_another_preprocess_than_the_files_own_is_refused(run):
    path = exported(run, "onnx")
    assert load_embedder(path, preprocess=SMALL).preprocess == SMALL
    with pytest.raises(PasserbyError, match="is asked for another way to make its input"):
        load_embedder(path, preprocess=Preprocess(64, 32))


@pytest.mark.parametrize(
    ("to", "precision", "name", "words"),
    [
        ("coreml", "f32", "net.mlmodel", "no export to 'coreml'; choose openvino, onnx"),
        ("onnx", "bf16", "net.onnx", "onnx files cannot compute in 'bf16', but in f32, int8"),
        ("torchscript", "int8", "net.torchscript", "cannot compute in 'int8', but in f32"),
        ("openvino", "f32", "net.onnx", r"no name for openvino: it must end in \.xml"),
    ],
)
def test_impossible_exports_are_told(run, tmp_path, to, precision, name, words):
    with pytest.raises(PasserbyError, match=words):
        export_embedder(load_embedder(run), to, tmp_path / name, crops(2), precision=precision)


def test_an_exported_file_is_not_exported_again(run, tmp_path):
    for to in SUFFIXES:
        file = load_embedder(exported(run, to))
        with pytest.raises(PasserbyError, match="no torch model but a file of another runtime"):
            export_embedder(file, "onnx", tmp_path / "net.onnx", crops(2))


def test_too_few_crops(run, tmp_path):
    embedder = load_embedder(run)
    with pytest.raises(PasserbyError, match="1 crops to check by"):
        export_embedder(embedder, "onnx", tmp_path / "net.onnx", crops(1))
    with pytest.raises(PasserbyError, match="0 to fit int8 to are too few"):
        export_embedder(embedder, "onnx", tmp_path / "net.onnx", crops(4), precision="int8")


def test_a_learned_comparison_stays_with_the_checkpoint(tmp_path):
    method = SiameseVerification(3, TINY, pretrained=False)
    save_checkpoint(method, SMALL, tmp_path / "model.safetensors")
    embedder, path = load_embedder(tmp_path), tmp_path / "exports" / "net.onnx"
    with pytest.raises(PasserbyError, match="compares features by what it has learnt"):
        export_embedder(embedder, "onnx", path, crops(8))
    export_embedder(embedder, "onnx", path, crops(8), features_only=True)
    assert load_embedder(path).compare is None
    beside = load_embedder(tmp_path)
    assert isinstance(beside.model, ONNXModel)
    features = beside.crops(crops(4))
    assert beside.compare is not None
    torch.testing.assert_close(
        beside.compare(features, features), method.eval().distances(features, features)
    )


def test_a_missing_package_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(PasserbyError, match=r"needs onnxscript.*passerby\[export,video\]"):
        export_embedder(load_embedder(run), "onnx", tmp_path / "net.onnx", crops(4))


def place(run: Path, *chosen: tuple[str, str]) -> Path:
    """Exports beside the run's checkpoint, these and no others."""
    folder = run / "exports"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for to, precision in chosen:
        file = exported(run, to, precision)
        for suffix in {file.suffix, ".bin" if to == "openvino" else file.suffix}:
            (folder / file.with_suffix(suffix).name).write_bytes(
                file.with_suffix(suffix).read_bytes()
            )
    return folder


def test_the_fastest_export_beside_a_checkpoint_is_taken(run, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    every = [("onnx", "f32"), ("openvino", "f32"), ("openvino", "bf16"), ("torchscript", "f32")]
    place(run, *every, ("openvino", "int8"), ("onnx", "int8"))
    assert isinstance(load_embedder(run).model, OpenVINOModel)
    assert "openvino-bf16.xml in bf16; PASSERBY_RUNTIME=torch" in caplog.text
    place(run, *every[:2])
    assert isinstance(load_embedder(run / "model.safetensors").model, OpenVINOModel)
    place(run, every[0])
    assert isinstance(load_embedder(run).model, ONNXModel)
    assert isinstance(load_embedder(run, runtime="torch").model, BagOfTricks)
    monkeypatch.setenv("PASSERBY_RUNTIME", "torch")
    assert isinstance(load_embedder(run).model, BagOfTricks)
    assert isinstance(load_embedder(run, runtime="auto").model, ONNXModel)
    monkeypatch.delenv("PASSERBY_RUNTIME")
    place(run, every[3], ("openvino", "int8"), ("onnx", "int8"))
    assert isinstance(load_embedder(run).model, BagOfTricks)
    place(run)


def test_what_does_not_fit_is_passed_over(run, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    folder = place(run, ("openvino", "bf16"), ("onnx", "f32"))
    (folder / "openvino-bf16.bin").write_bytes(b"other weights")
    assert isinstance(load_embedder(run).model, ONNXModel)
    assert "openvino-bf16.xml is passed over" in caplog.text
    method = BagOfTricks(3, TINY, pretrained=False)
    save_checkpoint(method, SMALL, tmp_path / "model.safetensors")
    folder.rename(tmp_path / "exports")
    (tmp_path / "exports" / "openvino-bf16.xml").unlink()
    assert isinstance(load_embedder(tmp_path).model, BagOfTricks)
    assert "was made of another checkpoint; passed over" in caplog.text


def test_an_unknown_runtime(run):
    with pytest.raises(PasserbyError, match="no runtime 'tpu'"):
        load_embedder(run, runtime="tpu")  # type: ignore[arg-type]


def test_the_note_is_the_models_own(run):
    note = ExportNote.read(exported(run, "openvino", "int8"))
    assert note is not None
    assert (note.source, note.precision) == (load_embedder(run).hash, "int8")
    assert note.hash == note.network


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "size"),
    [
        (lambda: TriNet("osnet_x0_25", pretrained=False), (64, 32)),
        (lambda: BagOfTricks(2, "osnet_ain_x0_25", False, pooling="gem"), (64, 32)),
        (lambda: BagOfTricks(2, "resnet50", pretrained=False, embedding=8), (64, 32)),
        (lambda: TriNet("resnet50_ibn_a", pretrained=False), (64, 32)),
        (lambda: AlignedReID(2, TINY, pretrained=False), (64, 32)),
        (lambda: AlignedReID(2, TINY, pretrained=False, embed_local=True), (64, 32)),
        (lambda: AlignedMutual(2, (TINY, TINY), pretrained=False), (64, 32)),
        (lambda: DeepPerson(2, TINY, pretrained=False), (64, 32)),
        (lambda: CCSC(2, TINY, pretrained=False), (64, 32)),
        (lambda: SiameseVerification(2, TINY, pretrained=False), (64, 32)),
        (lambda: TriNet("timm/test_vit", pretrained=False), (256, 128)),
        (lambda: TriNet("timm/test_convnext", pretrained=False), (64, 32)),
        (lambda: TriNet("timm/test_mambaout", pretrained=False), (64, 32)),
        (lambda: TriNet("timm/test_efficientnet", pretrained=False), (64, 32)),
    ],
)
def test_every_method_and_backbone_can_be_exported(tmp_path, method, size):
    model = method().eval()
    images = torch.randn(5, 3, *size)
    wanted = features_of(model, images)
    for to, suffix in SUFFIXES.items():
        path = tmp_path / f"net{suffix}"
        write_network(model, to, size, path)
        network = READERS[to](path)
        found = torch.cat([features_of(network, images[:1]), features_of(network, images[1:])])
        torch.testing.assert_close(found, wanted, rtol=1e-3, atol=2e-4 * wanted.abs().max().item())
