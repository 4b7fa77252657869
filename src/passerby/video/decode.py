"""Video files and folders of images -> frames."""

import logging
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.data.images import read_image
from passerby.video.frame import BEGINNING, Frame, Position
from passerby.video.hardware import chosen, open_with
from passerby.video.pick import Evenly, Pick, everything

log = logging.getLogger(__name__)

IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
RUN_UP = 2.0
"""Seconds before a position at which decoding begins again, for what the frames there build on."""


class Video:
    """A video file, or a folder of images in the order of their names.

    path:     the file or folder
    rate:     frames per second of a folder of images, which carries no times
    threads:  decoder threads; 0 lets the decoder choose
    hardware: what decodes, see `passerby.video.hardware.chosen`

    Attributes: `name`; `live`, False; `expected`, the number of frames that it says it holds (0
    where it does not say); after reading, `read`, the frames decoded, and `lost`, those that could
    not be.

    Raises PasserbyError when there is nothing at `path`, when it is empty, or is no video.
    """

    live = False

    def __init__(
        self, path: Path, *, rate: float = 25.0, threads: int = 0, hardware: str = "cpu"
    ) -> None:
        self.path, self.threads = Path(path), threads
        self.name = self.path.name
        self.read, self.lost = 0, 0
        self.images: list[Path] = []
        self._kinds: tuple[str, ...] = ()
        if not self.path.exists():
            raise PasserbyError(f"there is no video at {self.path}; check the path")
        if self.path.is_dir():
            self.images = images_in(self.path)
            self.expected, self.rate = len(self.images), rate
            return
        if self.path.stat().st_size == 0:
            raise PasserbyError(
                f"{self.path} is empty (0 bytes); copy or record it again, or leave it out"
            )
        with _open(self.path) as container:
            stream = video_stream(container, str(self.path))
            self.rate = float(stream.average_rate or rate)
            self.expected = stream.frames
        self._kinds = chosen(hardware)

    def frames(
        self,
        *,
        every: int = 1,
        fps: float | None = None,
        begin: Position = BEGINNING,
        pick: Pick = everything,
    ) -> Iterator[Frame]:
        """The frames, or one in `every`, at no more than `fps` a second, that `pick` wants.

        begin: go on here, as if everything before had been read just now

        What is damaged is left out, counted in `lost` and logged as one warning at the end.
        Raises PasserbyError when no frame at all can be decoded.
        """
        if every < 1:
            raise PasserbyError(f"every is {every}; it must be 1 (all frames) or more")
        # Half a frame of grace: times are rounded to the container's clock.
        evenly = everything if fps is None else Evenly(fps, 0.5 / self.rate)
        self.read, self.lost = max(0, begin.number - begin.lost), begin.lost
        pictures = self._pictures(begin) if self.images else self._decoded(begin)
        for number, time, picture in pictures:
            self.read += 1
            if number % every == 0 and evenly(time) and pick(time):
                yield Frame(number, time, as_pixels(picture), lost=self.lost)
        self.lost = max(self.lost, self.expected - self.read)
        if self.read == 0:
            raise PasserbyError(
                f"{self.path}: not one frame could be decoded; it is damaged or no video. Play it "
                "elsewhere to check, or export it again"
            )
        if self.lost:
            log.warning(
                "%s is damaged or cut short: %d frames were decoded, %d were lost",
                self.path,
                self.read,
                self.lost,
            )

    def close(self) -> None:
        """Nothing waits for anything: whoever reads just stops."""

    def _pictures(self, begin: Position) -> Iterator[tuple[int, float, Any]]:
        for number, image in enumerate(self.images[begin.number :], begin.number):
            try:
                pixels = read_image(image)
            except PasserbyError as error:
                self.lost += 1
                log.warning("%s", error)
                continue
            yield number, number / self.rate, pixels

    def _decoded(self, begin: Position) -> Iterator[tuple[int, float, Any]]:
        """Number, time and picture of each frame from `begin`."""
        origin = 0.0
        if begin.number > 0:
            origin = self._origin()
            if (there := self._from(begin, origin)) is not None:
                yield from there
                return
            # The container has no index to be trusted: everything is decoded once more, unseen.
            self.lost = 0
        for number, time, picture in self._read_from(None, origin if begin.number else None):
            if number >= begin.number:
                yield number, time, picture

    def _origin(self) -> float:
        """The container's time of the first frame."""
        for _, time, _ in self._read_from(None, 0.0):
            return time
        return 0.0

    def _from(self, begin: Position, origin: float) -> Iterator[tuple[int, float, Any]] | None:
        """Frames from `begin` by seeking; None where that does not come out before it."""
        target = begin.time + origin - RUN_UP
        if target <= origin:
            return None
        self.lost = begin.lost
        found = self._read_from(target, origin)
        first = next(found, None)
        if first is None or first[1] > begin.time - 0.5 / self.rate:
            return None

        def rest() -> Iterator[tuple[int, float, Any]]:
            number = begin.number
            for _, time, picture in found:
                if time > begin.time - 0.5 / self.rate:
                    yield number, time, picture
                    number += 1
                else:
                    self.lost = begin.lost  # what is damaged here was counted before

        return rest()

    def _read_from(
        self, target: float | None, origin: float | None
    ) -> Iterator[tuple[int, float, Any]]:
        """Number (from 0), time since `origin` (None: the first frame) and picture of each frame.

        target: the container's time at which to begin, or a little before
        """
        import av

        number, shift, last = 0, 0.0, None
        with _open(self.path, self._kinds) as container:
            stream = video_stream(container, str(self.path))
            if not self._kinds:
                stream.thread_type = "AUTO"
                stream.codec_context.thread_count = self.threads
            if target is not None:
                try:
                    container.seek(math.floor(target / stream.time_base), stream=stream)
                except (av.FFmpegError, OSError):
                    return
            packets = container.demux(stream)
            while True:
                try:
                    packet = next(packets)
                except StopIteration:
                    return
                except (av.FFmpegError, OSError):
                    self.lost += 1
                    return
                try:
                    decoded = packet.decode()
                except (av.FFmpegError, OSError):
                    self.lost += 1
                    number += 1
                    continue
                for frame in decoded:
                    time = number / self.rate if frame.time is None else float(frame.time)
                    time += shift
                    if last is not None and time <= last:
                        # Joined recordings begin their clock anew; ours goes on.
                        shift += last + 1 / self.rate - time
                        time = last + 1 / self.rate
                    last = time
                    origin = time if origin is None else origin
                    if frame.is_corrupt:  # half of it is guessed from its neighbours
                        self.lost += 1
                    else:
                        yield number, time - origin, frame
                    number += 1


def frames(path: Path, *, every: int = 1, fps: float | None = None) -> Iterator[Frame]:
    """The frames of a video file or a folder of images; see `Video` for the details."""
    return Video(path).frames(every=every, fps=fps)


def images_in(folder: Path) -> list[Path]:
    """The image files of a folder, by name. Raises PasserbyError when there is none."""
    found = sorted(file for file in folder.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES)
    if not found:
        raise PasserbyError(
            f"the folder {folder} holds no images ({', '.join(sorted(IMAGE_SUFFIXES))}); give a "
            "video file, or a folder of a recording's frames"
        )
    return found


def upright(pixels: np.ndarray, degrees: int) -> np.ndarray:
    """Pixels (H, W, 3) turned counter-clockwise by a multiple of 90 degrees.

    Telephones store pictures as the sensor saw them, with the turn beside.

    >>> upright(np.zeros((2, 5, 3), np.uint8), 90).shape
    (5, 2, 3)
    """
    return np.ascontiguousarray(np.rot90(pixels, round(degrees / 90) % 4))


def as_pixels(picture: Any) -> np.ndarray:
    """The pixels (H, W, 3) uint8 RGB of a frame of PyAV's, upright; of pixels, themselves."""
    if isinstance(picture, np.ndarray):
        return picture
    pixels = picture.to_ndarray(format="rgb24")
    return upright(pixels, picture.rotation) if picture.rotation else pixels


def video_stream(container: Any, name: str) -> Any:
    """The first video stream. Raises PasserbyError when `container` has none."""
    if not container.streams.video:
        raise PasserbyError(
            f"{name} holds no pictures that can be read: it is only sound, or what describes them "
            "is missing; copy or record it again"
        )
    return container.streams.video[0]


def _open(path: Path, kinds: tuple[str, ...] = ()) -> Any:
    try:
        import av
    except ImportError as error:
        raise PasserbyError("reading video needs PyAV; pip install 'passerby[video]'") from error
    try:
        return open_with(kinds, str(path))
    except (av.FFmpegError, OSError) as error:
        raise PasserbyError(
            f"{path} cannot be read as a video ({error.strerror or error}). If it is one, its end "
            "(which may hold the index) is missing: copy or record it again"
        ) from error
