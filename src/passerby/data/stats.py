"""How many people, images and cameras each split holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from passerby.core.sample import DISTRACTOR, JUNK, Sample, people
from passerby.data.splits import Splits


@dataclass(frozen=True)
class SplitStats:
    """Counts of one split.

    split:       train, val, trainval, query or gallery
    people:      real identities; junk and distractors are none
    images:      all crops, with junk and distractors
    cameras:     distinct cameras
    junk:        crops that never count
    distractors: crops of people who are in no query
    """

    split: str
    people: int
    images: int
    cameras: int
    junk: int
    distractors: int


def stats(splits: Splits) -> tuple[SplitStats, ...]:
    """The counts of train, val, trainval, query and gallery, in this order.

    >>> from pathlib import Path
    >>> one = Sample(Path("a.jpg"), person=4, camera=2)
    >>> stats(Splits("tiny", train=(one,), query=(), gallery=()))[0]
    SplitStats(split='train', people=1, images=1, cameras=1, junk=0, distractors=0)
    """
    parts = ("train", "val", "trainval", "query", "gallery")
    return tuple(_count(part, getattr(splits, part)) for part in parts)


def _count(split: str, samples: Sequence[Sample]) -> SplitStats:
    return SplitStats(
        split=split,
        people=len(people(samples)),
        images=len(samples),
        cameras=len({sample.camera for sample in samples}),
        junk=sum(sample.person == JUNK for sample in samples),
        distractors=sum(sample.person == DISTRACTOR for sample in samples),
    )
