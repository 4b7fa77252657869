"""Hostile uploads: nothing crashes, nothing is stored, nothing leaks."""

import gc
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from tests.server.hostile import Case, cases
from tests.server.town import (
    GENEROUS,
    Town,
    encoded,
    person_pixels,
    search_picture,
)

PLACES = ("/search/picture", "/detect", "/compare")


@pytest.fixture(scope="module")
def town(build_once: Callable[..., Town]) -> Town:
    return build_once(limits=replace(GENEROUS, upload_pixels=4_000_000, upload_bytes=1 << 20))


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def send(town: Town, case: Case, place: str) -> int:
    answer = town.ask(
        "POST", place, "viewer", content=case.body, headers={"Content-Type": case.kind}
    )
    status = answer.status_code
    assert status in (200, 400, 408, 413, 415, 422), (case.about, status, answer.text)
    if status != 200:
        problem = answer.json()
        assert len(problem["detail"]) > 10, case.about
        for word in ("Traceback", "/work", "site-packages", "cv2", "passwd"):
            assert word not in answer.text, (case.about, answer.text)
    else:
        assert case.fine, f"{case.about} was taken for a picture"
    return status


def assault(town: Town, count: int, seed: int) -> Counter[int]:
    """Send them all; afterwards the service is as it was."""
    search_picture(town, encoded(person_pixels(1)))  # whatever is loaded once is loaded
    process = psutil.Process()
    here = sorted(Path.cwd().iterdir())
    stats, threads = town.get("/stats"), threading.active_count()
    handles, memory = process.num_fds(), process.memory_info().rss
    statuses = Counter(
        send(town, case, PLACES[number % 3] if case.about != "options" else PLACES[0])
        for number, case in enumerate(cases(count, seed))
    )
    gc.collect()
    assert list(Path(tempfile.gettempdir()).iterdir()) == []
    assert sorted(Path.cwd().iterdir()) == here
    assert not Path("/tmp/owned").exists()
    assert town.get("/stats") == stats
    assert threading.active_count() <= threads + 10
    assert process.num_fds() <= handles + 10
    assert process.memory_info().rss <= memory + (300 << 20)
    found = search_picture(town, encoded(person_pixels(1)), '{"top": 4}').json()
    assert {hit["tracklet"]["number"] for hit in found["items"]} == {1}
    return statuses


def test_150_hostile_uploads(town: Town) -> None:
    statuses = assault(town, 150, seed=0)
    assert {400, 413, 415, 422} <= set(statuses)


@pytest.mark.slow
def test_1000_hostile_uploads(town: Town) -> None:
    statuses = assault(town, 1000, seed=1)
    assert statuses.total() == 1000
