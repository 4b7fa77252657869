"""Reader of Market-1501, and of the many sets that were converted to its layout."""

import re
from pathlib import Path
from typing import Literal

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import named_images, require_layout
from passerby.data.splits import Splits

_NAME = re.compile(r"(-1|\d+)_c(\d+)(?:s(\d+)_(\d+))?")
_EXAMPLE = "0002_c1s1_000451_03.jpg"
_FRAMES_PER_SECOND = 25.0
_SECONDS_PER_DAY = 86_400.0


def market1501(root: Path, queries: Literal["single", "multiple"] = "single") -> Splits:
    """Market-1501: 1,501 people, 6 cameras, 12,936 training images.

    Source: "Scalable person re-identification: a benchmark" (Zheng et al., 2015).

    `root` holds bounding_box_train, query and bounding_box_test, with images named as
    0002_c1s1_000451_03.jpg: person 2, camera 1, sequence 1, frame 451. In the gallery, person -1
    is junk and person 0 a distractor, as the benchmark has it.

    `time` is in seconds by the frame number at 25 frames per second. The data set does not say
    when each sequence began, so that sequence s begins at (s - 1) days: times of one
    sequence compare, and times of different sequences are never mistaken for close.
    Names without sequence and frame (0002_c1_17.jpg, as in CUHK03-NP) are read with `time` None.

    Raises PasserbyError when `root` has another layout, an image another name, or an option is off.

    Args:
        root: the folder that holds bounding_box_train, query and bounding_box_test
        queries: the query pictures; or in their stead all that the query's camera saw of the
            person, from the folder gt_bbox, for the protocols market1501-multi-query...
    """
    if queries not in ("single", "multiple"):
        raise PasserbyError(f"market1501 has no queries={queries!r}; it is 'single' or 'multiple'")
    folders = ["bounding_box_train", "query", "bounding_box_test"]
    wanted = [*folders, "gt_bbox"] if queries == "multiple" else folders
    require_layout(root, "Market-1501", [wanted])
    query = _samples(root / "query")
    return Splits(
        name="market1501",
        train=_samples(root / "bounding_box_train"),
        query=_multiple(query, root / "gt_bbox") if queries == "multiple" else query,
        gallery=_samples(root / "bounding_box_test"),
    )


def _multiple(query: tuple[Sample, ...], folder: Path) -> tuple[Sample, ...]:
    """All pictures of `folder` that show the person of a query in the query's camera."""
    asked = {(sample.person, sample.camera) for sample in query}
    found = tuple(s for s in _samples(folder) if (s.person, s.camera) in asked)
    if missing := sorted(asked - {(sample.person, sample.camera) for sample in found}):
        person, camera = missing[0]
        raise PasserbyError(
            f"'{folder}' holds no picture for {len(missing)} of {len(asked)} queries, the first "
            f"is person {person} in camera {camera}; unpack the whole archive again, or pass "
            "queries='single'"
        )
    return found


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
