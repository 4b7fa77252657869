"""Reader of Market-1501, and of the many sets that were converted to its layout."""

import re
from pathlib import Path

from passerby.core.sample import Sample
from passerby.data.folders import named_images, require_layout
from passerby.data.splits import Splits

_NAME = re.compile(r"(-1|\d+)_c(\d+)(?:s(\d+)_(\d+))?")
_EXAMPLE = "0002_c1s1_000451_03.jpg"
_FRAMES_PER_SECOND = 25.0
_SECONDS_PER_DAY = 86_400.0


def market1501(root: Path) -> Splits:
    """Market-1501: 1,501 people, 6 cameras, 12,936 training images.

    Source: "Scalable person re-identification: a benchmark" (Zheng et al., 2015).

    `root` holds bounding_box_train, query and bounding_box_test, with images named as
    0002_c1s1_000451_03.jpg: person 2, camera 1, sequence 1, frame 451. In the gallery, person -1
    is junk and person 0 a distractor, as the benchmark has it.

    `time` is in seconds by the frame number at 25 frames per second. The data set does not say
    when each sequence began, so that sequence s begins at (s - 1) days: times of one
    sequence compare, and times of different sequences are never mistaken for close.
    Names without sequence and frame (0002_c1_17.jpg, as in CUHK03-NP) are read with `time` None.

    Raises PasserbyError when `root` has another layout or an image another name.
    """
    require_layout(root, "Market-1501", [["bounding_box_train", "query", "bounding_box_test"]])
    return Splits(
        name="market1501",
        train=_samples(root / "bounding_box_train"),
        query=_samples(root / "query"),
        gallery=_samples(root / "bounding_box_test"),
    )


def _samples(folder: Path) -> tuple[Sample, ...]:
    return tuple(
        Sample(
            path,
            person=int(name[1]),
            camera=int(name[2]),
            time=_time(name[3], name[4]),
            dataset="market1501",
        )
        for path, name in named_images(folder, _NAME, _EXAMPLE)
    )


def _time(sequence: str | None, frame: str | None) -> float | None:
    if sequence is None or frame is None:
        return None
    return (int(sequence) - 1) * _SECONDS_PER_DAY + int(frame) / _FRAMES_PER_SECOND
