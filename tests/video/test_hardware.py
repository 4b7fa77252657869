import logging
from pathlib import Path

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.data.mp4 import write_mp4
from passerby.video.decode import Video
from passerby.video.hardware import chosen, devices, open_with


def test_what_is_tried() -> None:
    assert chosen("cpu") == ()
    assert chosen("auto", present=["cuda", "qsv"]) == ("cuda", "qsv")
    assert chosen("auto") == devices()
    with pytest.raises(
        PasserbyError, match="cannot be decoded by 'toaster' here; choose auto, cpu"
    ):
        chosen("toaster")


def test_what_does_not_work_falls_back_in_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shades = [np.full((64, 64, 3), 5 * n, np.uint8) for n in range(10)]
    file = write_mp4(tmp_path / "a.mp4", shades, fps=10)
    if "cuda" in devices():
        pytest.skip("CUDA decodes here")
    with caplog.at_level(logging.INFO), open_with(("cuda",), str(file)) as container:
        assert len(list(container.decode(video=0))) == 10
    assert "cuda decode(s) nothing here; the CPU does it" in caplog.text
    plain = [frame.pixels for frame in Video(file).frames()]
    fallen = Video(file)
    fallen._kinds = ("cuda",)
    assert all((a == b.pixels).all() for a, b in zip(plain, fallen.frames(), strict=True))
