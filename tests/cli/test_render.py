"""`passerby data render` from the outside."""

import json
from pathlib import Path

import pytest

from passerby.cli.main import main as passerby
from passerby.data.synthetic.crops import rendered

SIZE = ["--cameras", "2", "--height", "64", "--width", "32", "--workers", "1"]
SMALL = ["--people", "2", "--test-people", "2", *SIZE]


def render(*words: str) -> int:
    return passerby(["data", "render", *words])


def test_crops_are_written_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "plaza"
    options = ["--shots", "2", "--junk", "2", "--distractors", "3", "--truth", "--clothes-change"]
    assert render("plaza:7", *SMALL, *options, "--out", str(out)) == 0
    printed = capsys.readouterr().out
    assert "crops of plaza:7" in printed
    assert "distractors" in printed
    note = json.loads((out / "world.json").read_text())
    assert note["world"]["style"] == "plaza"
    assert note["world"]["seed"] == 7
    assert note["world"]["clothes_change"] is True
    written = rendered(out)
    assert len(written.train) == 8
    assert len(written.gallery) == 4 + 2 + 3
    assert len(list((out / "truth").rglob("*.parts.png"))) == 8 + 4 + 9
    for name in ("sheet.jpg", "attributes.csv", "captions.json"):
        assert (out / name).stat().st_size > 100
    captions = json.loads((out / "captions.json").read_text())
    assert list(captions) == ["0001", "0002", "0003", "0004"]
    assert list(captions["0001"]) == ["0", "1", "2"]


def test_both_modalities_are_read_back(tmp_path: Path) -> None:
    assert render("night", *SMALL, "--modality=visible+infrared", "--out", str(tmp_path)) == 0
    splits = rendered(tmp_path)
    assert {s.modality for s in splits.query} == {"infrared"}
    assert {s.modality for s in splits.gallery} == {"visible"}


@pytest.mark.parametrize(
    ("layout", "options"),
    [
        ("tracklets", ["--people", "2", "--test-people", "2", "--length", "2"]),
        ("frames", ["--people", "2", "--test-people", "2", "--frames", "8"]),
        ("videos", ["--people", "2", "--seconds", "2", "--rate", "4"]),
    ],
)
def test_other_layouts(
    layout: str, options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if layout == "videos":
        pytest.importorskip("av")
    size = ["--height", "90", "--width", "160"] if layout != "tracklets" else []
    words = [*options, "--layout", layout, "--cameras", "2", *size, "--workers", "1"]
    assert render("park", *words, "--out", str(tmp_path)) == 0
    assert f"{layout} of park:0" in capsys.readouterr().out
    assert (tmp_path / "sheet.jpg").is_file()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["moon"], "no world 'moon'; choose one of town"),
        (["plaza:x"], "'x' is no seed"),
        (["plaza:3", "--seed", "4"], "two worlds"),
        (["plaza", "--layout", "poster"], "no layout 'poster'; choose one of crops"),
        (["plaza", "--cameras", "1"], "cameras = 1"),
        (["plaza", "--modality", "x-ray"], "no modality 'x-ray'"),
        (["plaza", "--without", "faces"], "without 'faces' cannot be rendered; choose of patterns"),
    ],
)
def test_mistakes_are_explained(
    words: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render(*words, "--out", str(tmp_path / "out")) == 2
    assert why in " ".join(capsys.readouterr().err.split())


def test_another_world_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render("plaza", *SMALL, "--out", str(tmp_path)) == 0
    capsys.readouterr()
    assert render("plaza:1", *SMALL, "--out", str(tmp_path)) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "holds another world: seed 0 and not 1" in said


def test_a_world_can_lack_ingredients_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path)]
    lacking = ["--without", "occluders+patterns"]
    assert render("plaza", *SMALL, *lacking, *out) == 0
    note = json.loads((tmp_path / "world.json").read_text())
    assert note["world"]["without"] == ["patterns", "occluders"]
    table = (tmp_path / "attributes.csv").read_text().splitlines()
    patterns = table[0].split(",").index("upper pattern")
    assert {row.split(",")[patterns] for row in table[1:]} == {"plain"}
    assert render("plaza", *SMALL, "--without=patterns+occluders", *out) == 0  # the same
    capsys.readouterr()
    assert render("plaza", *SMALL, *out) == 2
    assert "without ['patterns', 'occluders'] and not None" in " ".join(
        capsys.readouterr().err.split()
    )
    assert "without" not in _world_of_a_whole_one(tmp_path / "whole")


def _world_of_a_whole_one(out: Path) -> dict:
    """As folders say it that were written before worlds could lack something."""
    assert render("plaza", *SMALL, "--out", str(out)) == 0
    return json.loads((out / "world.json").read_text())["world"]


def test_help_lists_worlds_and_the_options_of_a_layout(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for layout, option in (("crops", "--junk"), ("videos", "--seconds")):
        with pytest.raises(SystemExit) as stop:
            render("--help", "--layout", layout)
        assert stop.value.code == 0
        printed = capsys.readouterr().out
        assert "plaza" in printed
        assert option in printed
