"""Jobs over HTTP, and their progress as it happens."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.server.town import Town, audit_of, until

from passerby.server.events import event


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    folder = tmp_path / "videos"
    (folder / "day 1").mkdir(parents=True)
    (folder / "frames").mkdir()
    (folder / "yard.mp4").write_bytes(b"12345")
    (folder / "day 1" / "hall.MKV").write_bytes(b"1")
    (folder / "frames" / "000.jpg").write_bytes(b"1")
    (folder / ".hidden.mp4").write_bytes(b"1")
    (folder / "notes.txt").write_bytes(b"1")
    (folder / "cameras.yaml").write_bytes(b"cameras: []")
    (tmp_path / "outside.mp4").write_bytes(b"1")
    (folder / "link.mp4").symlink_to(tmp_path / "outside.mp4")
    return folder


@pytest.fixture
def town(build: Callable[..., Town], videos: Path) -> Town:
    return build(videos=videos, streams={"entrance": "rtsp://user:password@10.0.0.7/live"})


def events_of(text: str) -> list[tuple[str, int, dict[str, Any]]]:
    """Kind, id and data of each event."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in block.splitlines() if line[:1] != ":")
        if fields:
            found.append((fields["event"], int(fields["id"]), json.loads(fields["data"])))
    return found


def test_only_what_is_in_the_folder_can_be_taken_in(town: Town) -> None:
    held = town.get("/videos", "operator")
    assert {one["name"]: one["bytes"] for one in held["items"]} == {
        "day 1/hall.MKV": 1, "frames": 0, "yard.mp4": 5,
    }  # fmt: skip
    assert held["streams"] == ["entrance"]
    for video in ("../outside.mp4", "link.mp4", ".hidden.mp4", "notes.txt", "cameras.yaml",
                  "/etc/passwd", "rtsp://10.0.0.7/x", "day 1/../yard.mp4",
                  "webcam:0", ""):  # fmt: skip
        answer = town.ask("POST", "/jobs", "operator", json={"video": video, "camera": "yard"})
        assert answer.status_code == 422, video


@pytest.mark.parametrize(
    "sent",
    [{"camera": "yard"}, {"video": "yard.mp4"}, {"video": "yard.mp4", "camera": ""},
     {"video": "yard.mp4", "stream": "entrance", "camera": "yard"},
     {"stream": "no", "camera": "yard"},
     {"video": "yard.mp4", "camera": "yard", "fps": 0},
     {"video": "yard.mp4", "camera": "yard", "fps": -1},
     {"video": "yard.mp4", "camera": "yard", "detector": "/etc"},
     {"video": "yard.mp4", "camera": "yard", "start": "tomorrow"}],
)  # fmt: skip
def test_jobs_that_make_no_sense(town: Town, sent: dict[str, Any]) -> None:
    assert town.ask("POST", "/jobs", "operator", json=sent).status_code == 422


def test_a_service_that_takes_nothing_in_says_so(build: Callable[..., Town]) -> None:
    town = build(ingest=False)
    sent = {"video": "yard.mp4", "camera": "yard"}
    assert town.ask("POST", "/jobs", "operator", json=sent).status_code == 409
    town = build()
    assert "--videos" in town.ask("POST", "/jobs", "operator", json=sent).json()["detail"]


def test_a_job_waits_and_is_cancelled(town: Town) -> None:
    sent = {"video": "yard.mp4", "camera": "yard", "start": "2026-05-31T16:30:00+02:00"}
    job = town.post("/jobs", sent)
    assert (job["state"], job["by"], job["kind"]) == ("waiting", "the operator", "ingest")
    assert job["arguments"]["start"] == "2026-05-31T14:30:00.0Z"
    assert town.get(f"/jobs/{job['id']}", "operator") == job
    assert audit_of(town)[-1].action == "add job"
    ended = town.post(f"/jobs/{job['id']}/cancel", None)
    assert ended["state"] == "cancelled"
    assert town.ask("GET", "/jobs/999", "operator").status_code == 404
    assert town.ask("POST", "/jobs/999/cancel", "operator").status_code == 404


def test_the_address_of_a_stream_is_shown_to_nobody(town: Town) -> None:
    job = town.post("/jobs", {"stream": "entrance", "camera": "door", "seconds": 60})
    listed = town.ask("GET", "/jobs", "operator").text + json.dumps(job)
    assert "password" not in listed
    assert "10.0.0.7" not in listed


def test_jobs_page_by_page_newest_first(town: Town) -> None:
    ids = [town.post("/jobs", {"video": "yard.mp4", "camera": "yard"})["id"] for _ in range(5)]
    first = town.get("/jobs?limit=3", "operator")
    second = town.get(f"/jobs?limit=3&cursor={first['next']}", "operator")
    assert [job["id"] for job in (*first["items"], *second["items"])] == ids[::-1]
    assert second["next"] is None


def test_progress_is_told_as_it_happens_and_resumed(town: Town) -> None:
    job = town.post("/jobs", {"video": "yard.mp4", "camera": "yard"})
    jobs, path = town.service.jobs, f"/api/v1/jobs/{job['id']}/events"

    def worker() -> None:
        claimed = jobs.claim("somebody", 60)
        assert claimed is not None
        for done in range(1, 4):
            jobs.progress(claimed.id, done, 3, f"{done} of 3")
            until(lambda done=done: done in told)
        jobs.finish(claimed.id, {"tracklets": 7})

    told: list[int] = []
    thread = threading.Thread(target=worker)
    thread.start()
    asked = town.client.stream("GET", path, headers=town.headers("operator"))
    text = ""
    with asked as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for part in answer.iter_text():
            text += part
            told += [data["done"] for _, _, data in events_of(part)]
    thread.join()
    seen = events_of(text)
    assert [kind for kind, _, _ in seen][-1] == "end"
    assert {kind for kind, _, _ in seen[:-1]} == {"progress"}
    assert [number for _, number, _ in seen] == sorted({number for _, number, _ in seen})
    assert sorted({data["done"] for _, _, data in seen} - {0}) == [1, 2, 3]
    assert seen[-1][2]["result"] == {"tracklets": 7}

    def again(last: str) -> Any:
        return town.ask("GET", path[7:], "operator", headers={"Last-Event-ID": last})

    assert [number for _, number, _ in events_of(again(str(seen[-2][1])).text)] == [seen[-1][1]]
    assert again(str(seen[-1][1])).status_code == 204
    assert again("nonsense").status_code == 200


def test_a_stream_ends_when_the_service_does(town: Town) -> None:
    job = town.post("/jobs", {"video": "yard.mp4", "camera": "yard"})
    town.service.stopping = lambda: True
    answer = town.ask("GET", f"/jobs/{job['id']}/events", "operator")
    assert [kind for kind, _, _ in events_of(answer.text)] == ["progress"]


def test_a_stream_ends_when_its_key_does(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from passerby.server.api import jobs as endpoints

    monkeypatch.setattr(endpoints, "_ALIVE", 0.5)
    job = town.post("/jobs", {"video": "yard.mp4", "camera": "yard"})
    town.service.keys.revoke("the operator")
    key, secret = town.service.keys.make("short", "operator")
    threading.Timer(1.0, lambda: town.service.keys.revoke(key.name)).start()
    answer = town.client.get(
        f"/api/v1/jobs/{job['id']}/events", headers={"Authorization": f"Bearer {secret}"}
    )
    assert ": alive" in answer.text


def test_an_event_of_several_lines_stays_one() -> None:
    assert event("a", 1, "x\ny") == "event: a\nid: 1\ndata: x\ndata: y\n\n"
