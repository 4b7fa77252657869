from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.pipelines.ingest_cameras import read_cameras, seconds_of
from passerby.pipelines.ingest_plan import CameraPlan


def listed(folder: Path, text: str) -> tuple[CameraPlan, ...]:
    (folder / "cameras.yaml").write_text(text)
    return read_cameras(folder / "cameras.yaml")


def test_a_list_of_cameras(tmp_path: Path) -> None:
    door, hall, yard = listed(
        tmp_path,
        """
cameras:
  - name: door
    source: videos/door.mp4
    zone: ground floor
    start: 2026-05-31T14:30:00+02:00
    retention: 30
  - name: hall
    source: rtsp://user:secret@10.0.0.5/live
    retention: 12 hours
    fps: 5
  - name: 3
    source: [a.mp4, /b/b.mp4]
    start: name:yard_%Y%m%d
""",
    )
    assert door == CameraPlan(
        "door",
        (str(tmp_path / "videos/door.mp4"),),
        ("2026-05-31T14:30:00+02:00",),
        "ground floor",
        30.0,
    )
    assert hall == CameraPlan("hall", ("rtsp://user:secret@10.0.0.5/live",), retention=0.5, fps=5.0)
    assert yard.name == "3"
    assert yard.sources == (str(tmp_path / "a.mp4"), "/b/b.mp4")
    assert yard.starts == ("name:yard_%Y%m%d",) * 2


def test_a_plain_list_will_do(tmp_path: Path) -> None:
    (camera,) = listed(tmp_path, "- {name: a, source: webcam:0}")
    assert camera.sources == ("webcam:0",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lists no cameras"),
        ("cameras: []", "lists no cameras"),
        ("cameras: door", "lists no cameras"),
        ("kameras:\n- name: a", "unknown entry 'kameras'; did you mean 'cameras'"),
        ("- a.mp4", "camera 1 of .* is 'a.mp4'; it must have a `name:`"),
        ("- source: a.mp4", "camera 1 of .* has no name"),
        ("- name: a", r"camera 1 of .* \('a'\) has no source"),
        ("- {name: a, source: ''}", "has no source"),
        ("- {name: a, source: [3]}", "has no source"),
        (
            "- {name: a, source: a.mp4, sorce: b.mp4}",
            "unknown entry 'sorce'; did you mean 'source'",
        ),
        ("- {name: a, source: a.mp4, colour: red}", "unknown entry 'colour'; there are name, sou"),
        ("- {name: a, source: a.mp4}\n- {name: a, source: b.mp4}", "two cameras called 'a'"),
        (
            "- {name: a, source: [a.mp4, b.mp4], start: 2026-05-31T14:30:00}",
            "2 sources and 1 start",
        ),
        ("- {name: a, source: a.mp4, retention: forever}", "retention: 'forever' is no length"),
        ("- {name: a, source: a.mp4, retention: -3}", "retention: -3 is no length"),
        ("- {name: a, source: a.mp4, fps: fast}", "fps is 'fast'"),
        ("- {name: a, source: a.mp4, fps: true}", "fps is True"),
        ("- {name: a, source: a.mp4, zone: [b]}", "zone is"),
        ("- name: [", "is no YAML"),
        ("- !!python/object:os.system {}", "is no YAML"),
    ],
)
def test_what_is_wrong_with_a_list_is_told(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=message):
        listed(tmp_path, text)


def test_a_list_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="there is no list of cameras at"):
        read_cameras(tmp_path / "cameras.yaml")
    (tmp_path / "cameras.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PasserbyError, match="cannot be read as text"):
        read_cameras(tmp_path / "cameras.yaml")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("30", 30), (30, 30), ("10min", 600), ("2 hours", 7200), ("1.5 h", 5400),
     ("7days", 604_800), ("1 week", 604_800), ("1 minute", 60), ("90 sec", 90)],
)  # fmt: skip
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "0", "0min", "-3s", "3 fortnights", "1:30", "nan"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(PasserbyError, match="is no length of time"):
        seconds_of(text)
