"""`passerby align`."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.cli.align import main
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import save_checkpoint
from passerby.methods.aligned_reid import AlignedReID


def test_prints_where_the_picture_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    method = AlignedReID(4, "osnet_x0_25", pretrained=False)
    model = save_checkpoint(method, Preprocess(64, 32), tmp_path / "model.safetensors")
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((40, 20, 3), np.uint8))
    picture, out = str(tmp_path / "a.png"), str(tmp_path / "out.svg")
    assert main([str(model), picture, picture, "--out", out]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert "<image" in (tmp_path / "out.svg").read_text()
