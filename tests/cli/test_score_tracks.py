import json
from pathlib import Path

import pytest

from passerby.cli.main import main

pytest.importorskip("trackeval")

TRUTH = "1,1,0,0,10,20,1\n1,2,50,0,10,20,1\n2,1,0,0,10,20,1\n"


@pytest.fixture
def truth(tmp_path: Path) -> str:
    path = tmp_path / "gt.txt"
    path.write_text(TRUTH)
    return str(path)


def test_a_table(truth: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score-tracks", truth, truth]) == 0
    printed = capsys.readouterr().out
    assert "MOTA" in printed
    assert printed.count("100.0") == 6
    assert "3 boxes found, 0 false, 0 missed at IoU 0.5." in printed


def test_json_and_the_overlap(
    truth: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = tmp_path / "found.txt"
    found.write_text("1,-1,0,0,10,16,1\n")
    assert main(["score-tracks", str(found), truth, "--iou", "0.9", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["iou"], figures["false"], figures["hota"]) == (0.9, 1, None)


def test_detections_say_that_nothing_was_tracked(
    truth: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = tmp_path / "found.txt"
    found.write_text("1,-1,0,0,10,20,1\n")
    assert main(["score-tracks", str(found), truth]) == 0
    assert "No tracking scores" in capsys.readouterr().out


def test_a_missing_file_is_named(truth: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score-tracks", "none.txt", truth]) == 2
    assert "none.txt" in capsys.readouterr().err
