"""`passerby data` from the outside."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.cli.data import main
from passerby.cli.main import main as passerby


def write_set(root: Path, query: str = "gate", gallery: str = "lobby") -> Path:
    """Two training people and one test person, each a picture of its own."""
    names = [
        "train/ann/gate_1.png",
        "train/ann/lobby_1.png",
        "train/bob/gate_1.png",
        "train/bob/lobby_1.png",
        f"query/eve/{query}_1.png",
        f"gallery/eve/{gallery}_2.png",
        "gallery/junk/lobby_1.png",
    ]
    for grey, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(root / name), np.full((8, 4), grey, np.uint8))
    return root


def test_stats_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["stats", "folder", str(write_set(tmp_path / "office"))]) == 0
    printed = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("│")] for line in printed.splitlines()]
    assert ["", "trainval", "2", "4", "2", "0", ""] in rows
    assert ["", "gallery", "1", "2", "1", "1", ""] in rows
    assert "junk" in printed
    assert "distractors" not in printed


def test_stats_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["stats", "folder", str(write_set(tmp_path / "office")), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["dataset"] == "office"
    assert [row["split"] for row in told["splits"]] == [
        "train",
        "val",
        "trainval",
        "query",
        "gallery",
    ]
    assert told["splits"][4]["junk"] == 1


def test_a_clean_set_passes_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", "folder", str(write_set(tmp_path))]) == 0
    assert "nothing wrong" in capsys.readouterr().out


def test_unmatched_queries_fail_it_and_are_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    root = write_set(tmp_path, query="lobby")
    assert main(["check", "folder", str(root)]) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "person 3: searched from camera 2, in the gallery only by camera 2" in printed
    assert "add pictures from another camera" in printed
    assert main(["check", "folder", str(root), "--json", "--examples", "0"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == 1
    assert told["findings"][0]["examples"] == []


def test_options_come_from_the_reader(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for folder, angle in (("cam_a", 0), ("cam_b", 90)):
        (tmp_path / folder).mkdir()
        for person in range(6):
            (tmp_path / folder / f"{person:03d}_{angle}.bmp").touch()
    assert passerby(["data", "stats", "viper", str(tmp_path), "--options.split", "9"]) == 0
    assert passerby(["data", "stats", "viper", str(tmp_path), "--options.split", "10"]) == 2
    assert "splits are 0 to 9" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["stats", "viper", str(tmp_path), "--options.split", "first"])
    assert stop.value.code == 2
    with pytest.raises(SystemExit) as stop:
        main(["check", "cuhk01", "--help"])
    assert stop.value.code == 0
    assert "--options.repeat" in capsys.readouterr().out


def test_the_rendered_world_needs_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    small = ["--options.people=1", "--options.test_people=1", "--options.cameras=2"]
    small += ["--options.height=32", "--options.width=16"]
    assert main(["stats", "rendered", *small, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dataset"] == "rendered"
    assert main(["check", "rendered", *small, "--workers", "2"]) == 0
    capsys.readouterr()
    (tmp_path / "notes.txt").touch()
    assert passerby(["data", "stats", "rendered", "--json", str(tmp_path)]) == 2
    assert f"{tmp_path} holds no rendered world" in capsys.readouterr().err
    assert passerby(["data", "stats", "viper"]) == 2
    assert "viper needs its folder" in capsys.readouterr().err


def test_senseless_numbers_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for setting in ("workers", "examples"):
        assert passerby(["data", "check", "folder", str(tmp_path), f"--{setting}", "-1"]) == 2
        assert f"{setting} is -1; it must be at least" in capsys.readouterr().err


def test_wrong_words_are_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert passerby(["data", "stats", "market", str(tmp_path)]) == 2
    assert "choose one of market1501" in capsys.readouterr().err
    assert passerby(["data", "stats", "market1501", str(tmp_path)]) == 2
    assert "expected bounding_box_train, query and bounding_box_test" in capsys.readouterr().err
    assert passerby(["data", "extract", "viper", str(tmp_path)]) == 2
    assert "only cuhk03" in capsys.readouterr().err
    assert main(["tidy", "viper"]) == 2
    assert "no action 'tidy'" in capsys.readouterr().err
    assert main(["--help"]) == 0
    assert "msmt17" in capsys.readouterr().out
