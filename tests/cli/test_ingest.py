import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.cli.ingest import main
from passerby.pipelines import ingest as pipeline
from passerby.pipelines.ingest_plan import Ingested


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict:
    """What the pipeline is asked; it answers with one video of each kind."""
    options: dict = {"answer": None}

    def ingest(
        videos: list[Path],
        camera: str | None = None,
        gallery: str | Path = "gallery",
        start: list[str] = (),  # type: ignore[assignment]
        detector: str = pipeline.DETECTOR,
        fps: float | None = None,
        progress: bool = True,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[Ingested, ...]:
        options.update(
            videos=videos, camera=camera, gallery=gallery, start=start, fps=fps,
            progress=progress, cancelled=cancelled,
        )  # fmt: skip
        if options["answer"] is not None:
            return options["answer"]()
        stages = {"decode": 1.0, "detect": 2.0}
        return (
            Ingested("a.mp4", "0a", True, 300, 12, 900, 7, 30, stages, elapsed=1.5),
            Ingested("b.mp4", "0b", False),
            Ingested("c.mp4", "0c", True, 50, 0, 2, 0, 0, stages),
            Ingested(
                "rtsp://x", "0d", True, 80, 0, 200, 3, 9, stages, elapsed=8.0,
                recordings=("0d", "0e"), dropped=4, breaks=2,
            ),
        )  # fmt: skip

    monkeypatch.setattr(pipeline, "ingest", ingest)
    return options


def test_options_reach_the_pipeline_and_the_answer_is_told(
    asked: dict, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--camera", "door", "--fps", "5", "--start", "T1", "--start", "T2"]
    arguments += ["a.mp4", "b.mp4", "--gallery", "postgresql://me@db/town", "--progress", "false"]
    assert main(arguments) == 0
    assert asked["videos"] == ["a.mp4", "b.mp4"]
    assert asked["gallery"] == "postgresql://me@db/town"  # a path would lose a slash
    assert (asked["camera"], asked["fps"], asked["progress"]) == ("door", 5.0, False)
    assert asked["start"] == ["T1", "T2"]
    out = capsys.readouterr().out
    assert "a.mp4: 7 tracklets of 900 boxes in 300 frames, 12 lost (200.0 frames/s" in out
    assert "b.mp4: was ingested before (0b); skipped" in out
    assert "c.mp4: no people found in 50 frames (2 boxes)" in out
    assert "lower --threshold or try another --detector" in out
    assert "80 frames, 4 dropped, 2 times broken off (10.0 frames/s" in out
    assert "recordings 0d, 0e" in out
    assert out.endswith("10 tracklets added to postgresql://me@db/town\n")


def test_ctrl_c_ends_it_cleanly(asked: dict, capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)

    def until_asked() -> tuple[Ingested, ...]:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        until = time.monotonic() + 10
        while not asked["cancelled"]() and time.monotonic() < until:
            time.sleep(0.01)
        assert asked["cancelled"]()
        return (Ingested("a.mp4", "0a", True, 300, tracklets=2, whole=False),)

    asked["answer"] = until_asked
    assert main(["a.mp4", "--camera", "door"]) == 130
    assert "run the same command again to go on" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_ends_it_at_once(asked: dict) -> None:
    def twice() -> tuple[Ingested, ...]:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
        return ()

    asked["answer"] = twice
    with pytest.raises(KeyboardInterrupt):
        main(["a.mp4", "--camera", "door"])


@pytest.mark.parametrize("arguments", [[], ["a.mp4", "--fps", "fast"], ["--bad"]])
def test_what_is_wrong_ends_with_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_help_tells_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    for option in (
        "--camera", "--gallery", "--start", "--detector", "--tracker", "--embedder", "--fps",
        "--budget", "--segment", "--seconds", "--hardware", "--progress",
    ):  # fmt: skip
        assert option in out
    assert "cancelled" not in out
    assert "what finds people" in out
