"""The table of counts."""

from pathlib import Path

from passerby.core.sample import Sample
from passerby.data.splits import Splits
from passerby.data.stats import SplitStats, stats


def crops(*places: tuple[int, int]) -> tuple[Sample, ...]:
    return tuple(Sample(Path(f"{p}-{c}-{n}"), p, c) for n, (p, c) in enumerate(places))


def test_counts_by_hand():
    splits = Splits(
        "tiny",
        train=crops((1, 1), (1, 2), (2, 1)),
        query=crops((7, 1)),
        gallery=crops((7, 2), (0, 3), (0, 3), (-1, 1)),
        val=crops((2, 5)),
    )
    assert stats(splits) == (
        SplitStats("train", 2, 3, 2, 0, 0),
        SplitStats("val", 1, 1, 1, 0, 0),
        SplitStats("trainval", 2, 4, 3, 0, 0),
        SplitStats("query", 1, 1, 1, 0, 0),
        SplitStats("gallery", 1, 4, 3, 1, 2),
    )
