from pathlib import Path

import numpy as np
import pytest
from tests.video import streaming

from passerby.core.errors import PasserbyError
from passerby.data.mp4 import write_mp4
from passerby.video.decode import Video
from passerby.video.source import is_live, open_source
from passerby.video.stream import Stream


@pytest.mark.parametrize(
    ("place", "live"),
    [
        ("rtsp://camera/1", True),
        ("RTSP://camera/1", True),
        ("udp://127.0.0.1:5000", True),
        ("webcam:0", True),
        ("/dev/video3", True),
        ("entrance.mp4", False),
        ("ftp://camera/1", False),
        ("webcam:x", False),
        ("folder", False),
    ],
)
def test_what_is_live(place: str, live: bool) -> None:
    assert is_live(place) is live


def test_files_and_folders_are_videos(tmp_path: Path) -> None:
    file = write_mp4(tmp_path / "a.mp4", [np.zeros((32, 32, 3), np.uint8)] * 3, fps=10)
    source = open_source(str(file))
    assert isinstance(source, Video)
    assert (source.live, source.name, source.expected) == (False, "a.mp4", 3)


def test_streams_are_opened_once_to_see_that_they_can_be() -> None:
    with streaming.camera(streaming.transport_stream(30)) as camera:
        source = open_source(camera.url)
        assert isinstance(source, Stream)
        assert source.live
        assert camera.connections == 1


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(PasserbyError, match=r"there is no webcam at /dev/video97 \(there are"):
        open_source("webcam:97")
    with pytest.raises(PasserbyError, match="there is no webcam at /dev/video98"):
        open_source("/dev/video98")
    with pytest.raises(PasserbyError, match="ftp:// is no address of video; use http://"):
        open_source("ftp://camera/1")
    with pytest.raises(PasserbyError, match=r"there is no video at missing\.mp4"):
        open_source("missing.mp4")
    with pytest.raises(PasserbyError, match=r"rtsp://127\.0\.0\.1:9/live cannot be opened"):
        open_source("rtsp://me:secret@127.0.0.1:9/live")


def test_a_recording_on_the_network_is_no_stream(tmp_path: Path) -> None:
    frames = [np.full((64, 64, 3), n, np.uint8) for n in range(40)]
    data = write_mp4(tmp_path / "a.mp4", frames, fps=10).read_bytes()
    with (
        streaming.camera([data]) as camera,
        pytest.raises(PasserbyError, match="is a recording of 4 seconds, no live stream"),
    ):
        open_source(camera.url)
