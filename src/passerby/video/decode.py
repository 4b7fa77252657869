"""Video files and folders of images -> frames."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.data.images import read_image

log = logging.getLogger(__name__)

IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a recording.

    number: counts the recording's frames from 0, skipped ones too
    time:   seconds since the recording began
    pixels: (H, W, 3) uint8 RGB
    """

    number: int
    time: float
    pixels: np.ndarray


class Video:
    """A video file, or a folder of images in the order of their names.

    path:     the file or folder
    rate:     frames per second of a folder of images, which carries no times
    threads:  decoder threads; 0 lets the decoder choose

    Attributes: `expected`, the number of frames that it says it holds (0 where it does not say);
    after reading, `read`, the frames decoded, and `lost`, those that could not be.

    Raises PasserbyError when there is nothing at `path`, when it is empty, or is no video.
    """

    def __init__(self, path: Path, *, rate: float = 25.0, threads: int = 0) -> None:
        self.path, self.threads = Path(path), threads
        self.read, self.lost = 0, 0
        self.images: list[Path] = []
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
            stream = _video_stream(container, self.path)
            self.rate = float(stream.average_rate or rate)
            self.expected = stream.frames

    def frames(self, *, every: int = 1, fps: float | None = None) -> Iterator[Frame]:
        """The frames, or one in `every`, at no more than `fps` a second.

        What is damaged is left out, counted in `lost` and logged as one warning at the end.
        Raises PasserbyError when no frame at all can be decoded.
        """
        if every < 1:
            raise PasserbyError(f"every is {every}; it must be 1 (all frames) or more")
        if fps is not None and not fps > 0:
            raise PasserbyError(f"fps is {fps}; it must be more than 0")
        self.read, self.lost = 0, 0
        due = 0.0
        for number, time, picture in self._pictures() if self.images else self._decoded():
            self.read += 1
            # Half a frame of grace: times are rounded to the container's clock.
            if number % every == 0 and (fps is None or time >= due - 0.5 / self.rate):
                if fps is not None:
                    due = max(due + 1 / fps, time)
                yield Frame(number, time, _pixels(picture))
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

    def _pictures(self) -> Iterator[tuple[int, float, Any]]:
        for number, image in enumerate(self.images):
            try:
                pixels = read_image(image)
            except PasserbyError as error:
                self.lost += 1
                log.warning("%s", error)
                continue
            yield number, number / self.rate, pixels

    def _decoded(self) -> Iterator[tuple[int, float, Any]]:
        import av

        number = 0
        began: float | None = None
        with _open(self.path) as container:
            stream = _video_stream(container, self.path)
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = self.threads
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
                    began = time if began is None else began
                    if frame.is_corrupt:  # half of it is guessed from its neighbours
                        self.lost += 1
                    else:
                        yield number, time - began, frame
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


def _pixels(picture: Any) -> np.ndarray:
    if isinstance(picture, np.ndarray):
        return picture
    pixels = picture.to_ndarray(format="rgb24")
    return upright(pixels, picture.rotation) if picture.rotation else pixels


def _open(path: Path) -> Any:
    try:
        import av
    except ImportError as error:
        raise PasserbyError("reading video needs PyAV; pip install 'passerby[video]'") from error
    try:
        return av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise PasserbyError(
            f"{path} cannot be read as a video ({error.strerror or error}). If it is one, its end "
            "(which may hold the index) is missing: copy or record it again"
        ) from error


def _video_stream(container: Any, path: Path) -> Any:
    if not container.streams.video:
        raise PasserbyError(
            f"{path} holds no pictures that can be read: it is only sound, or what describes them "
            "is missing; copy or record it again"
        )
    return container.streams.video[0]
