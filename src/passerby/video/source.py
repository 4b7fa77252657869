"""`Source`: whatever gives frames; what a name on the command line or in a list stands for."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from passerby.core.errors import PasserbyError
from passerby.video.decode import Video
from passerby.video.frame import BEGINNING, Frame, Position
from passerby.video.pick import Pick, everything
from passerby.video.stream import Stream

SCHEMES = ("http", "https", "rtmp", "rtsp", "rtsps", "srt", "tcp", "udp")


class Source(Protocol):
    """Frames in the order of time.

    Attributes
        name:     to show and to keep; without passwords
        live:     frames come when they come, and are lost when nobody takes them; a recording
                  waits, can be read again, and ends by itself
        expected: how many frames there are, 0 where unknown
        rate:     frames a second, roughly
        lost:     frames that could not be had, so far
    """

    name: str
    expected: int
    rate: float
    lost: int

    @property
    def live(self) -> bool:
        """See above."""
        ...

    def frames(self, *, begin: Position = BEGINNING, pick: Pick = everything) -> Iterator[Frame]:
        """The frames from `begin` that `pick` wants."""
        ...

    def close(self) -> None:
        """Have `frames` end soon; any thread may call this."""
        ...


def is_live(place: str) -> bool:
    """Whether `place` names a live stream or a webcam rather than a file or folder.

    >>> is_live("rtsp://10.0.0.5/live"), is_live("/dev/video0"), is_live("entrance.mp4")
    (True, True, False)
    """
    scheme, mark, _ = place.partition("://")
    return bool(mark and scheme.lower() in SCHEMES) or _webcam(place) is not None


def open_source(place: str | Path, *, rate: float = 25.0, hardware: str = "cpu") -> Video | Stream:
    """What `place` names: a video file, a folder of images, a stream's URL, or a webcam.

    place: webcams are webcam:0, webcam:1, ... or /dev/video0, ...
    rate:  frames a second of a folder of images, which carries no times

    Raises PasserbyError when it is not there, or cannot be opened.
    """
    text = str(place)
    if not is_live(text):
        if "://" in text:
            raise PasserbyError(
                f"{text.partition('://')[0]}:// is no address of video; use "
                f"{', '.join(f'{scheme}://' for scheme in SCHEMES)}, a file, a folder, or webcam:0"
            )
        return Video(Path(place), rate=rate, hardware=hardware)
    device = _webcam(text)
    if device is not None and not sys.platform.startswith("linux"):
        raise PasserbyError(
            f"{text}: webcams are read by Linux's v4l2 only; elsewhere stream the webcam, for "
            "instance by ffmpeg to udp://127.0.0.1:5000, and give that address"
        )
    if device is not None and not Path(device).exists():
        there = ", ".join(sorted(str(found) for found in Path("/dev").glob("video*"))) or "none"
        raise PasserbyError(f"there is no webcam at {device} (there are: {there}); plug it in")
    stream = Stream(device or text, hardware=hardware)
    stream.check()
    return stream


def _webcam(place: str) -> str | None:
    """The device of a webcam's name; None where it is none."""
    if match := re.fullmatch(r"webcam:(\d+)", place):
        return f"/dev/video{match[1]}"
    return place if re.fullmatch(r"/dev/video\d+", place) else None
