"""Frames -> a video file."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically


def write_mp4(path: Path, frames: Iterable[np.ndarray], fps: float = 25.0) -> Path:
    """Write frames (H, W, 3) uint8 RGB, all of one even size, as H.264; mp4, mkv, by the suffix.

    The index of an mp4 stands at its beginning, so that even a part of it can be played.
    Raises PasserbyError when there is no frame, or a height or width is odd.
    """
    try:
        import av
    except ImportError as error:
        raise PasserbyError("writing video needs PyAV; pip install 'passerby[video]'") from error

    def write(to: Path) -> None:
        options = {"movflags": "+faststart"} if path.suffix == ".mp4" else {}
        with av.open(str(to), "w", options=options) as container:
            stream = None
            for pixels in frames:
                if stream is None:
                    height, width = pixels.shape[:2]
                    if height % 2 or width % 2:
                        raise PasserbyError(
                            f"frames are {width} x {height}; H.264 needs even sizes, cut one row "
                            "or column off"
                        )
                    rate = Fraction(fps).limit_denominator(1001)
                    quality = {"crf": "20", "preset": "veryfast"}
                    stream = container.add_stream("libx264", rate=rate, options=quality)
                    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                    container.mux(packet)
            if stream is None:
                raise PasserbyError(f"there are no frames to write to {path}")
            for packet in stream.encode():
                container.mux(packet)

    path = Path(path)
    return write_atomically(path, write)
