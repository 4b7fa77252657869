"""Ingestion that is killed and run again: nothing is lost, nothing is there twice."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.pipelines.small_streets import contents, street

from passerby.data.mp4 import write_mp4
from passerby.gallery.opening import open_gallery

CHECKOUT = Path(__file__).resolve().parents[2]

CHILD = """
import sys
from pathlib import Path
from passerby.pipelines import ingest
from tests.pipelines.small_streets import embedder, run
ingest.load_embedder = lambda which, device: embedder(which)
print("begin", flush=True)
run([Path(path) for path in sys.argv[2:]], Path(sys.argv[1]), segment="15s")
print("end", flush=True)
"""


def child(gallery: Path, videos: list[Path]) -> subprocess.Popen[str]:
    """Ingestion in a process of its own, at the moment when it begins."""
    command = [sys.executable, "-c", CHILD, str(gallery), *map(str, videos)]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, env=environment, cwd=CHECKOUT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    return process


def held(gallery: Path) -> dict[str, object]:
    with open_gallery(gallery) as store:
        return contents(store)


def kill_often(times: int, folder: Path) -> None:
    """Kill ingestion at `times` random moments; whenever it got through, compare and begin anew."""
    videos = [folder / "first.mp4", folder / "second.mp4"]
    for rounds, video in zip((3, 1), videos, strict=True):
        write_mp4(video, street(1, count=100, seed=rounds, rounds=rounds), fps=5)
    began = time.monotonic()
    whole = child(folder / "whole", videos)
    assert whole.wait(300) == 0
    length = time.monotonic() - began
    wanted = held(folder / "whole")
    assert len([key for key in wanted if "/" in key]) == 4  # people
    chance, killed, rounds = random.Random(times), 0, 0
    while killed < times:
        rounds += 1
        gallery = folder / f"broken-{rounds}"
        for _ in range(1000):
            process = child(gallery, videos)
            if killed < times:
                try:
                    process.wait(chance.uniform(0.0, length))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    killed += 1
            if process.wait(300) == 0:
                break
            assert process.returncode == -signal.SIGKILL
        assert held(gallery) == wanted


def test_killed_three_times(tmp_path: Path) -> None:
    kill_often(3, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_fifty_times(tmp_path: Path) -> None:
    kill_often(50, tmp_path)
