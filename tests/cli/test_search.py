from pathlib import Path

import pytest

from passerby.cli.search import main
from passerby.gallery.gallery import Hit
from passerby.gallery.seen import Entry
from passerby.pipelines import search as pipeline
from passerby.pipelines.search import Found


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Found]:
    """What the pipeline answers: the last of this list."""
    waiting: list[Found] = []
    monkeypatch.setattr(pipeline, "search", _pretending(waiting))
    return waiting


def _pretending(waiting: list[Found]):
    def search(
        image: Path,
        gallery: Path,
        top: int = 10,
        camera: list[str] = (),  # type: ignore[assignment]
        not_camera: list[str] = (),  # type: ignore[assignment]
        detect: bool = False,
    ) -> Found:
        assert (image, str(gallery), top, detect) == ("me.jpg", "g", 3, True)
        assert (camera, not_camera) == (["door", "hall"], [])
        return waiting[-1]

    return search


# The picture comes after a repeated option, which must leave it alone.
ARGUMENTS = ["--gallery", "g", "--top", "3", "--camera", "door", "--detect"]
ARGUMENTS += ["--camera", "hall", "me.jpg"]


def test_hits_are_printed_by_rank(answers: list[Found], capsys: pytest.CaptureFixture[str]) -> None:
    answers.append(
        Found(
            (
                Hit(Entry("r1", 4, "door", 1e9, 1e9 + 2.5, True, ()), 0.1234),
                Hit(Entry("r2", 0, "hall", 65.0, 70.0, False, ()), 0.5),
            ),
            Path("sheet.jpg"),
        )
    )
    assert main(ARGUMENTS) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["rank", "distance", "camera", "from", "for", "tracklet"]
    assert lines[1].split() == ["1", "0.1234", "door", "2001-09-09T01:46:40.0Z", "2.5", "s", "r1/4"]
    assert lines[2].split() == ["2", "0.5000", "hall", "+65.0", "s", "5.0", "s", "r2/0"]
    assert lines[3] == "contact sheet: sheet.jpg"


def test_nobody_is_told(answers: list[Found], capsys: pytest.CaptureFixture[str]) -> None:
    answers.append(Found((), None, "the gallery is empty"))
    assert main(ARGUMENTS) == 0
    assert capsys.readouterr().out == "nobody was found: the gallery is empty\n"


@pytest.mark.parametrize("arguments", [[], ["me.jpg"], ["me.jpg", "--gallery", "g", "--bad"]])
def test_what_is_missing_ends_with_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
