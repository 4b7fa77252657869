from pathlib import Path

import pytest

from passerby.cli.ingest import main
from passerby.pipelines import ingest as pipeline
from passerby.pipelines.ingest_video import Ingested


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict:
    """What the pipeline is asked; it answers with one video of each kind."""
    options: dict = {}

    def ingest(
        videos: list[Path],
        camera: str,
        gallery: Path,
        start: list[str] = (),  # type: ignore[assignment]
        detector: str = pipeline.DETECTOR,
        fps: float | None = None,
    ) -> tuple[Ingested, ...]:
        options.update(videos=videos, camera=camera, gallery=gallery, start=start, fps=fps)
        stages = {"decode": 1.0, "detect": 2.0}
        return (
            Ingested("a.mp4", "0a", True, 300, 12, 900, 7, 30, stages),
            Ingested("b.mp4", "0b", False),
            Ingested("c.mp4", "0c", True, 50, 0, 2, 0, 0, stages),
        )

    monkeypatch.setattr(pipeline, "ingest", ingest)
    return options


def test_options_reach_the_pipeline_and_the_answer_is_told(
    asked: dict, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--camera", "door", "--fps", "5", "--start", "T1", "--start", "T2"]
    arguments += ["a.mp4", "b.mp4", "--gallery", "g"]
    assert main(arguments) == 0
    assert asked["videos"] == ["a.mp4", "b.mp4"]
    assert (asked["camera"], str(asked["gallery"]), asked["fps"]) == ("door", "g", 5.0)
    assert asked["start"] == ["T1", "T2"]
    out = capsys.readouterr().out
    assert "a.mp4: 7 tracklets of 900 boxes in 300 frames, 12 lost (100.0 frames/s" in out
    assert "b.mp4: was ingested before (0b); skipped" in out
    assert "c.mp4: no people found in 50 frames (2 boxes)" in out
    assert "lower --threshold or try another --detector" in out
    assert out.endswith("7 tracklets added to g\n")


@pytest.mark.parametrize("arguments", [[], ["a.mp4"], ["a.mp4", "--camera", "door"], ["--bad"]])
def test_what_is_missing_ends_with_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_help_tells_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    for option in ("--camera", "--gallery", "--start", "--detector", "--embedder", "--fps"):
        assert option in out
    assert "what finds people" in out
