"""`Stream`: live pictures out of the network or a webcam, for as long as they come."""

import logging
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.video.decode import as_pixels, video_stream
from passerby.video.frame import BEGINNING, Frame, Position
from passerby.video.hardware import chosen, open_with
from passerby.video.pick import Pick, everything
from passerby.video.wall_clock import WallClock

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before the first try to connect again, and before the later ones at most."""
MOST_HELD = 48
"""Frames that are held back when a stream has been opened, at most."""


class Stream:
    """A live stream: RTSP, HTTP, MPEG-TS over UDP or TCP, or a webcam.

    When it breaks off it is opened again, after a wait that doubles up to half a minute, until
    `close` is called. Frames are numbered and timed on throughout: `wall` is the clock of this
    machine at their arrival, smoothed by `WallClock`, and `time` counts from the first of them.

    url:      such as rtsp://user:password@camera/stream, or /dev/video0
    silence:  seconds without a picture after which it counts as broken off
    hardware: what decodes, see `passerby.video.hardware.chosen`
    patience: give up after so many seconds without a picture; None never does
    first_wait: seconds before the first try to open it again
    clock:    seconds since the epoch, now

    Attributes: `name`, the URL without user and password; `live`, True; `connected`; `breaks`, how
    often it broke off; `lost`, frames that came damaged.
    """

    live = True
    expected = 0
    rate = 25.0

    def __init__(
        self,
        url: str,
        *,
        silence: float = 5.0,
        hardware: str = "cpu",
        patience: float | None = None,
        first_wait: float = FIRST_WAIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.url, self.silence, self.patience = url, silence, patience
        self.name = without_secrets(url)
        self.connected, self.breaks, self.read, self.lost = False, 0, 0, 0
        self._kinds = chosen(hardware)
        self._first_wait, self._clock = first_wait, clock
        self._stopped = threading.Event()

    def check(self) -> None:
        """Open it once, to say before any work is done why that cannot be.

        Raises PasserbyError when it cannot be opened, or has no pictures, or is a file on the
        network that has an end.
        """
        with self._connect() as container:
            video_stream(container, self.name)
            if container.duration and container.duration > 0 and not container.format.name == "hls":
                raise PasserbyError(
                    f"{self.name} is a recording of {container.duration / 1e6:.0f} seconds, no "
                    "live stream; download it and give the file"
                )

    def frames(self, *, begin: Position = BEGINNING, pick: Pick = everything) -> Iterator[Frame]:
        """The frames that `pick` wants, as they come, until `close` is called.

        begin: only its number and losses count: what is over does not come back
        Raises PasserbyError when there was no picture for `patience` seconds.
        """
        clock, number, began = WallClock(), begin.number, None
        self.lost = begin.lost
        wait, seen = self._first_wait, time.monotonic()
        while not self._stopped.is_set():
            try:
                for own, arrival, picture in self._settled(clock):
                    wait, seen, self.read = self._first_wait, time.monotonic(), self.read + 1
                    wall = clock(own, arrival)
                    began = wall if began is None else began
                    if pick(wall - began):
                        yield Frame(number, wall - began, as_pixels(picture), wall, self.lost)
                    number += 1
                why = "it ended"
            except PasserbyError as error:
                why = str(error)
            if self._stopped.is_set():
                return
            if self.connected:
                self.breaks += 1
            self.connected = False
            gone = time.monotonic() - seen
            if self.patience is not None and gone > self.patience:
                raise PasserbyError(
                    f"{self.name} showed nothing for {gone:.0f} seconds ({why}); check the camera "
                    "and the network"
                )
            log.warning("%s broke off (%s); it is tried again in %.1f s", self.name, why, wait)
            # Not all cameras behind one switch at the same moment.
            self._stopped.wait(wait * random.uniform(0.8, 1.0))
            wait = min(LONGEST_WAIT, 2 * wait)

    def close(self) -> None:
        """Stop: `frames` ends within `silence` seconds. Any thread may call this."""
        self._stopped.set()

    def _settled(self, clock: WallClock) -> Iterator[tuple[float | None, float, Any]]:
        """The stream's own time, arrival and picture of every frame of one connection.

        What had gathered before and while it was opened comes all at once. It is held back until
        frames come at the pace of time: by the first of these, which waited for nothing, `clock`
        is set.
        """
        clock.restart()
        held: list[tuple[float | None, float, Any]] = []
        settled = False
        try:
            for own, picture in self._pictures():
                now = (own, self._clock(), picture)
                if not settled and own is not None:
                    before = held[-1] if held else None
                    quick = before is None or now[1] - before[1] < 0.5 * (own - (before[0] or 0.0))
                    if quick and len(held) < MOST_HELD:
                        held.append(now)
                        continue
                    clock.restart(now[1] - own)
                settled = True
                yield from held
                held = []
                yield now
        except PasserbyError:
            yield from held
            raise
        yield from held

    def _pictures(self) -> Iterator[tuple[float | None, Any]]:
        """The stream's own time and the picture of every frame of one connection."""
        import av

        with self._connect() as container:
            stream = video_stream(container, self.name)
            if not self._kinds:
                stream.thread_type = "SLICE"  # whole frames in threads would come later
            packets = container.demux(stream)
            while not self._stopped.is_set():
                try:
                    packet = next(packets)
                except StopIteration:
                    return
                except (av.FFmpegError, OSError) as error:
                    raise PasserbyError(f"{error.strerror or error}") from error
                try:
                    decoded = packet.decode()
                except (av.FFmpegError, OSError):
                    self.lost += 1
                    continue
                for frame in decoded:
                    if frame.is_corrupt:
                        self.lost += 1
                        continue
                    self.connected = True
                    yield (None if frame.time is None else float(frame.time)), frame

    def _connect(self) -> Any:
        try:
            import av
        except ImportError as error:
            raise PasserbyError(
                "reading video needs PyAV; pip install 'passerby[video]'"
            ) from error
        options: dict[str, Any] = {"timeout": (max(10.0, self.silence), self.silence)}
        if self.url.startswith("/dev/"):
            options["format"] = "v4l2"
        elif self.url.startswith(("rtsp://", "rtsps://")):
            # Over UDP a camera's pictures come with holes.
            options["options"] = {"rtsp_transport": "tcp"}
        try:
            return open_with(self._kinds, self.url, **options)
        except (av.FFmpegError, OSError) as error:
            hint = (
                "is it plugged in, and may this user read it (group video)?"
                if self.url.startswith("/dev/")
                else "check the address, the network, and user and password"
            )
            reason = without_secrets(str(error.strerror or error))
            raise PasserbyError(f"{self.name} cannot be opened ({reason}); {hint}") from error


def without_secrets(url: str) -> str:
    """A URL as it may be shown and kept: no user, no password, and no words of its query.

    >>> without_secrets("rtsp://admin:secret@10.0.0.5:554/live?token=abc&channel=1")
    'rtsp://10.0.0.5:554/live?token=...&channel=...'
    """
    url = re.sub(r"(?<=://)[^/@\s]*(?:@[^/@\s]*)*@", "", url)
    head, mark, query = url.partition("?")
    return head + mark + re.sub(r"=[^&]*", "=...", query)
