"""The pre-flight check of a data set: what would spoil learning or measuring, in plain words."""

from collections.abc import Callable, Iterator

from passerby.core.sample import people
from passerby.data.check_pictures import check_pictures
from passerby.data.finding import Finding, findings
from passerby.data.matches import advice_for, queries_without_match
from passerby.data.splits import Splits

_LEARN, _TEST = ("train", "val"), ("query", "gallery")


def check(
    splits: Splits,
    examples: int = 5,
    workers: int = 4,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> tuple[Finding, ...]:
    """Everything that is wrong with the splits, errors first; reads each picture once.

    `progress` is told how many of all pictures are read. Memory: one digest per picture.

    Args:
        splits: what to check
        examples: how many instances of each finding to show
        workers: threads that read pictures
        progress: called with pictures done and pictures in all
    """
    found = [
        *_missing_splits(splits),
        *_unmatched(splits, examples),
        *_single_cameras(splits, examples),
        *_shared_people(splits, examples),
        *check_pictures(splits, examples, workers, progress),
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity))


def _missing_splits(splits: Splits) -> Iterator[Finding]:
    lacking = [split for split in _TEST if not getattr(splits, split)]
    if not splits.trainval and len(lacking) == 2:
        yield Finding("error", "the data set is empty", (), 1, "Check the folder.")
    elif len(lacking) == 2:
        yield Finding(
            "warning",
            "there are neither query nor gallery pictures",
            (),
            1,
            "The set can be learnt from, not measured on: add both, or measure on another set.",
        )
    elif lacking:
        yield Finding(
            "error",
            f"there are no {lacking[0]} pictures",
            (),
            1,
            "Nothing can be measured without: queries are searched for in the gallery.",
        )
    elif not splits.train:
        yield Finding(
            "warning",
            "there are no training pictures",
            (),
            1,
            "The set can be measured on, not learnt from; that may be what you want.",
        )


def _unmatched(splits: Splits, examples: int) -> Iterator[Finding]:
    if not (splits.query and splits.gallery):
        return
    lost = queries_without_match(splits.query, splits.gallery)
    queries = sum(len(one.queries) for one in lost)
    yield from findings(
        "error",
        "queries that have no match from another camera in the gallery, and would be left out of "
        f"the scores: {queries} of {len(splits.query)}",
        lost,
        examples,
        advice_for(lost),
    )
    cameras = {sample.camera for sample in splits.gallery}
    own = [sample.key for sample in splits.query if {sample.camera} == cameras]
    yield from findings(
        "warning",
        f"the gallery is from camera {min(cameras)} alone; queries that are from it too: {{n}}",
        own,
        examples,
        "Add gallery pictures from other cameras, or search from other cameras only.",
    )


def _single_cameras(splits: Splits, examples: int) -> Iterator[Finding]:
    for name, parts, consequence in (
        ("training", _LEARN, "Nothing about crossing cameras is learnt from them; they may stay."),
        ("test", _TEST, "Nobody can find them across cameras: in the gallery they only distract."),
    ):
        cameras: dict[int, set[int]] = {}
        samples = [sample for part in parts for sample in getattr(splits, part)]
        for sample in samples:
            cameras.setdefault(sample.person, set()).add(sample.camera)
        single = [p for p in people(samples) if len(cameras[p]) == 1]
        yield from findings(
            "warning",
            f"{name} people seen by one camera only: {{n}} of {len(people(samples))}",
            [f"person {person}: camera {min(cameras[person])}" for person in single],
            examples,
            consequence + " If that is unexpected, check how cameras are told apart.",
        )


def _shared_people(splits: Splits, examples: int) -> Iterator[Finding]:
    shared = set(people(splits.trainval)) & set(people(splits.query + splits.gallery))
    yield from findings(
        "error",
        "people both in training and in test: {n}",
        [f"person {person}" for person in sorted(shared)],
        examples,
        "Scores would be too good: move each of them to one side. If they are different people "
        "with the same number, give them different numbers.",
    )
