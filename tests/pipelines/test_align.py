"""From two pictures and a run to the picture of their alignment."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import save_checkpoint
from passerby.methods.aligned_mutual import AlignedMutual
from passerby.methods.aligned_reid import AlignedReID
from passerby.methods.method import Method
from passerby.methods.trinet import TriNet
from passerby.pipelines.align import align


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for number, path in enumerate(paths):
        noise = np.random.default_rng(number).integers(0, 255, (40 + number, 20, 3))
        cv2.imwrite(str(path), noise.astype(np.uint8))
    return paths


def saved(method: Method, folder: Path) -> Path:
    save_checkpoint(method, Preprocess(64, 32), folder / "model.safetensors")
    return folder


def test_writes_the_kind_that_is_named(pictures: list[Path], tmp_path: Path) -> None:
    run = saved(AlignedReID(4, "osnet_x0_25", pretrained=False), tmp_path / "run")
    png = align(run, *pictures, out=tmp_path / "new" / "pair.png")
    assert png == tmp_path / "new" / "pair.png"
    assert png.read_bytes().startswith(b"\x89PNG")
    svg = align(run, *pictures, out=tmp_path / "pair.svg")
    assert "part of the left picture" in svg.read_text()
    assert [path.name for path in png.parent.iterdir()] == ["pair.png"]
    with pytest.raises(PasserbyError, match=r"pair\.pdf' is no picture.*a \.png or an \.svg"):
        align(run, *pictures, out=tmp_path / "pair.pdf")


def test_a_run_of_two_students(pictures: list[Path], tmp_path: Path) -> None:
    students = ("osnet_x0_25", "osnet_x0_25")
    run = saved(AlignedMutual(4, students, pretrained=False), tmp_path / "run")
    assert align(run, *pictures, out=tmp_path / "pair.svg").is_file()


def test_models_without_parts_are_refused(pictures: list[Path], tmp_path: Path) -> None:
    other = saved(TriNet("osnet_x0_25", pretrained=False), tmp_path / "trinet")
    with pytest.raises(PasserbyError, match=r"holds the method TriNet, which has no parts"):
        align(other, *pictures, out=tmp_path / "pair.png")
    whole = saved(AlignedReID(4, "osnet_x0_25", pretrained=False, local=False), tmp_path / "whole")
    with pytest.raises(PasserbyError, match="this model has no local features"):
        align(whole, *pictures, out=tmp_path / "pair.png")
