"""The part of the check that reads every picture: broken ones, copies, leaks by content."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.finding import Finding, findings
from passerby.data.images import read_image
from passerby.data.splits import Splits

_LEARN, _TEST = ("train", "val"), ("query", "gallery")


def check_pictures(
    splits: Splits, examples: int, workers: int, progress: Callable[[int, int], object]
) -> Iterator[Finding]:
    """What is wrong with the pictures themselves; each is read once, by `workers` threads."""
    placed = [(part, s) for part in (*_LEARN, *_TEST) for s in getattr(splits, part)]
    unique = {sample.key: sample for _, sample in placed}
    broken: list[str] = []
    alike: dict[str, set[str]] = {}
    pool = ThreadPoolExecutor(max(workers, 1))
    try:
        digests = pool.map(_digest, unique.values())
        for done, (key, (digest, error)) in enumerate(zip(unique, digests, strict=True), start=1):
            if error:
                broken.append(error)
            else:
                alike.setdefault(digest, set()).add(key)
            progress(done, len(unique))
    finally:
        # When interrupted, don't read the remaining pictures first.
        pool.shutdown(cancel_futures=True)
    yield from findings(
        "error",
        f"pictures that cannot be read: {{n}} of {len(unique)}",
        broken,
        examples,
        "Copy or unpack them again, or take them out of the data set.",
    )
    where: dict[str, list[tuple[str, Sample]]] = {}
    for part, sample in placed:
        where.setdefault(sample.key, []).append((part, sample))
    broken_keys = set(unique) - {key for keys in alike.values() for key in keys}
    groups = [sorted(keys) for keys in alike.values()] + [[key] for key in sorted(broken_keys)]
    yield from _repeats(groups, where, examples)


def _repeats(
    groups: Iterable[list[str]], where: dict[str, list[tuple[str, Sample]]], examples: int
) -> Iterator[Finding]:
    """Findings about pictures with the same content; each group is reported once, at its worst."""
    leaks, disputed, copies = [], [], []
    for keys in groups:
        uses = [use for key in keys for use in where[key]]
        parts = [part for part, _ in uses]
        shown = " = ".join(f"'{key}' ({'+'.join(_parts(where[key]))})" for key in keys)
        persons = sorted({sample.person for _, sample in uses})
        if set(parts) & set(_LEARN) and set(parts) & set(_TEST):
            leaks.append(shown)
        elif len(persons) > 1:
            disputed.append(f"{shown}: persons {', '.join(map(str, persons))}")
        elif len(keys) > 1 or len(parts) > len(set(parts)):
            copies.append(shown)
    yield from findings(
        "error",
        "pictures both in training and in test: {n}",
        leaks,
        examples,
        "Scores would be too good: take them out of training or out of the test.",
    )
    yield from findings(
        "error",
        "pictures with the same content under different people: {n}",
        disputed,
        examples,
        "At most one can be right: correct the person or take the picture out.",
    )
    yield from findings(
        "warning",
        "pictures that are there more than once: {n}",
        copies,
        examples,
        "Repeats weigh twice in learning and in scores: keep one of each.",
    )


def _parts(uses: Sequence[tuple[str, Sample]]) -> list[str]:
    return list(dict.fromkeys(part for part, _ in uses))


def _digest(sample: Sample) -> tuple[str, str]:
    """A digest of the pixels and "", or "" and what is wrong."""
    try:
        image = read_image(sample.pixels)
    except PasserbyError as error:
        return "", str(error)
    # Pixels, not bytes: a copy saved anew without loss is a copy.
    content = hashlib.blake2b(image.tobytes(), digest_size=16, key=repr(image.shape).encode())
    return content.hexdigest(), ""
