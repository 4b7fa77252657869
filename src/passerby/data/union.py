"""Data sets as one: nobody and no camera is in two of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.sample import DISTRACTOR, JUNK, Sample
from passerby.data.splits import Splits

_PARTS = ("train", "query", "gallery", "val")
_EXAMPLE = "cuhk01:DIR?people=871/100,market1501:DIR"


@dataclass(frozen=True)
class NamedSet:
    """One data set of a union, as it was written.

    name:    of its reader
    folder:  as written, "" if none was
    options: of its reader, as text
    """

    name: str
    folder: str = ""
    options: dict[str, str] = field(default_factory=dict)

    def root(self, below: Path | None = None) -> Path | None:
        """The set's folder: relative ones start at `below`; None where no folder is named.

        >>> NamedSet("cuhk01", "one").root(Path("/data")).as_posix()
        '/data/one'
        """
        if not self.folder:
            return None
        return Path(self.folder) if below is None else below / self.folder


def named_sets(text: str) -> list[NamedSet]:
    """The data sets that `text` names: NAME:FOLDER, parted by commas.

    Options of a reader follow a question mark, parted by ampersands:
    NAME:FOLDER?KEY=VALUE&KEY=VALUE. A rendered world has no folder.

    Raises PasserbyError when there is none, or an option has no value.

    >>> named_sets("cuhk01:one?shots=2,rendered?people=20&cameras=3")[1]
    NamedSet(name='rendered', folder='', options={'people': '20', 'cameras': '3'})
    """
    written = [part.strip() for part in text.split(",") if part.strip()]
    if not written:
        raise PasserbyError(f"which data sets? Name them as in {_EXAMPLE}")
    return [_named_set(part) for part in written]


def _named_set(text: str) -> NamedSet:
    where, _, chosen = text.partition("?")
    name, _, folder = where.partition(":")
    options = {}
    for option in filter(None, chosen.split("&")):
        key, is_there, value = option.partition("=")
        if not (key and is_there and value):
            raise PasserbyError(
                f"the option {option!r} of {name!r} has no value; write options as in {_EXAMPLE}"
            )
        options[key] = value
    return NamedSet(name, folder, options)


def joined(parts: Sequence[Splits], test: Sequence[bool] = ()) -> Splits:
    """The data sets `parts` as one, with people, cameras and tracklets numbered anew.

    People, and cameras, are counted from 1, set by set, in the order of their old numbers; junk and
    distractors stay what they are. `Sample.dataset` stays too, but for a set of a name that an
    earlier one has: the second "rendered" is "rendered (2)". Times are left alone: the clocks of
    two sets have nothing to do with each other.

    test: for each part whether its query and gallery are taken; all are when it is empty

    >>> one = Splits("one", (Sample(Path("a"), 7, 3),), (), ())
    >>> [(s.person, s.camera) for s in joined([one, one]).train]
    [(1, 1), (2, 2)]
    """
    found: dict[str, list[Sample]] = {part: [] for part in _PARTS}
    persons = cameras = tracklets = 0
    named: Counter[str] = Counter()
    for splits, tested in zip(parts, test or [True] * len(parts), strict=True):
        named[splits.name] += 1
        again = f" ({named[splits.name]})" if named[splits.name] > 1 else ""
        everything = list(chain(*(getattr(splits, part) for part in _PARTS)))
        person = {JUNK: JUNK, DISTRACTOR: DISTRACTOR}
        real = {sample.person for sample in everything} - set(person)
        person |= _numbered(real, persons)
        camera = _numbered({sample.camera for sample in everything}, cameras)
        tracklet = {-1: -1} | _numbered({s.tracklet for s in everything} - {-1}, tracklets)
        for part in _PARTS:
            if tested or part not in ("query", "gallery"):
                found[part] += [
                    replace(
                        sample,
                        person=person[sample.person],
                        camera=camera[sample.camera],
                        tracklet=tracklet[sample.tracklet],
                        dataset=sample.dataset + again,
                    )
                    for sample in getattr(splits, part)
                ]
        persons += len(real)
        cameras += len(camera)
        tracklets += len(tracklet) - 1
    return Splits("union", **{part: tuple(samples) for part, samples in found.items()})


def _numbered(old: set[int], before: int) -> dict[int, int]:
    """Old number -> new number, from `before` + 1."""
    return {number: new for new, number in enumerate(sorted(old), start=before + 1)}
