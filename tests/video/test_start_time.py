from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.data.mp4 import write_mp4
from passerby.video.start_time import container_time, name_time


def with_creation_time(path: Path, said: str) -> Path:
    with av.open(str(path), "w", options={}) as container:
        container.metadata["creation_time"] = said
        stream = container.add_stream("libx264", rate=10)
        stream.width = stream.height = 32
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        for packet in [*stream.encode(frame), *stream.encode()]:
            container.mux(packet)
    return path


def test_the_container_says_when(tmp_path: Path) -> None:
    file = with_creation_time(tmp_path / "a.mp4", "2026-05-31T14:30:00.000000Z")
    assert container_time(file) == datetime(2026, 5, 31, 14, 30, tzinfo=UTC).timestamp()


def test_a_container_that_does_not_say(tmp_path: Path) -> None:
    file = write_mp4(tmp_path / "b.mp4", [np.zeros((32, 32, 3), np.uint8)])
    with pytest.raises(PasserbyError, match=r"b\.mp4 does not say when it was made"):
        container_time(file)
    (tmp_path / "c.mp4").write_text("no video")
    with pytest.raises(PasserbyError, match="cannot be read as a video"):
        container_time(tmp_path / "c.mp4")


def test_the_name_says_when() -> None:
    assert name_time(Path("a/cam_20260531T143000+0200.mkv"), "cam_%Y%m%dT%H%M%S%z") == (
        datetime(2026, 5, 31, 12, 30, tzinfo=UTC).timestamp()
    )
    assert name_time(Path("v.2026-05-31.mp4"), "v.%Y-%m-%d") == (
        datetime(2026, 5, 31, tzinfo=UTC).timestamp()
    )
    with pytest.raises(PasserbyError, match="does not read as 'door_%H'"):
        name_time(Path("hall_12.mp4"), "door_%H")
