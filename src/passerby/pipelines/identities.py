"""Association: the tracklets of a gallery that are nobody's yet -> people, known ones or new."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from passerby.core.distances import pairwise_distances
from passerby.core.errors import PasserbyError
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.gallery.seen import Entry
from passerby.metrics.calibration import Calibration
from passerby.pipelines.identity_apart import SLACK, apart
from passerby.pipelines.identity_features import as_query, by_time, entry_features
from passerby.pipelines.identity_times import CameraTimes
from passerby.ranking.association import Evidence, in_order, together

WINDOW = 500
"""Tracklets that are decided together at most."""
CANDIDATES = 50
"""Tracklets of known people that each new one is compared with, whose people are then looked at."""
REMEMBERED = 30
"""Tracklets of a known person that count, the last ones before what is new."""


@dataclass(frozen=True)
class Association:
    """Who each of the tracklets was said to be.

    people:    tracklet -> person, both ids, in the order of time; where nothing was written, new
               people are called "new 1", "new 2", ...
    new:       people who were not known before
    """

    people: Mapping[str, str] = field(default_factory=dict)
    new: tuple[str, ...] = ()

    @property
    def recognised(self) -> int:
        """How many of the tracklets are of people who were known before."""
        return sum(person not in self.new for person in self.people.values())


@dataclass(frozen=True)
class Rules:
    """How tracklets are told apart, besides by the threshold.

    nearest:     how many of the nearest pairs between two groups of tracklets count; None: all
    one_by_one:  decide in the order of time, each by what came before, and not all together
    overlapping: pairs of cameras whose views overlap: there, somebody may be in both at once
    slack:       seconds that clocks of different cameras may differ by
    most:        how many times likelier or unlikelier a time may make somebody at most
    """

    nearest: int | None = None
    one_by_one: bool = False
    overlapping: Collection[tuple[str, str]] = ()
    slack: float = SLACK
    most: float = 20.0

    def __post_init__(self) -> None:
        if self.nearest is not None and self.nearest < 1:
            raise PasserbyError(f"nearest is {self.nearest}; count 1 pair at least, or all (null)")
        if not 0 <= self.slack < float("inf"):
            raise PasserbyError(f"slack is {self.slack}; give 0 seconds or more")
        if not 1 <= self.most < float("inf"):
            raise PasserbyError(f"most is {self.most}; give 1, which ignores times, or more")


def associate(
    gallery: Gallery,
    calibration: Calibration,
    times: CameraTimes | None = None,
    *,
    threshold: float | None = None,
    rules: Rules | None = None,
    dry: bool = False,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Association:
    """Say of every tracklet that is nobody's yet whom it shows: somebody known, or somebody new.

    Two are taken for one person up to the calibration's threshold. Where times between cameras are
    known, and both have a clock, a likely wait moves them nearer and an unlikely one apart, by as
    much as the calibration's curve makes of the odds. Nobody is in two places at once, and
    no tracklet becomes somebody who was rejected for it; what has been said already stays.
    People who refused consent are recognised as well, so that what is new of them is hidden too.

    threshold: another one than the calibration's
    dry:       write nothing
    progress:  called with tracklets done and in all

    Tracklets are taken by time, `WINDOW` at once. Each window is written when it is decided:
    after an interruption, the rest is done by the next call. Do not run two at once.

    Raises PasserbyError when the calibration is of another model.
    """
    calibration.require_model(gallery.model.name, gallery.model.hash)
    limit = calibration.threshold if threshold is None else threshold
    if limit != limit:
        raise PasserbyError("the threshold is NaN; give a distance")
    rules = rules or Rules()
    reach = limit + (0.0 if times is None else math.log(rules.most) / calibration.curve.slope)
    fresh = sorted(gallery.entries(Filter(known=False)), key=by_time)
    rejected = {(v.tracklet, v.person) for v in gallery.verdicts() if not v.same}
    hidden = [person.id for person in gallery.people() if person.consent == "refused"]
    done: dict[str, str] = {}
    unwritten: list[tuple[str, Entry]] = []  # what a dry run would have written
    names: list[str] = []
    for window in _windows(fresh):
        people = _candidates(gallery, window, hidden, reach)
        members = [(e.person, e) for e in gallery.entries(Filter(people=people))] if people else []
        members += unwritten
        people = tuple(sorted({person for person, _ in members}))
        evidence = _evidence(gallery, window, people, members, rejected, calibration, times, rules)
        decide = in_order if rules.one_by_one else together
        groups = decide(evidence, limit, rules.nearest)
        whom = [*people, *[None] * (int(groups.max()) + 1 - len(people))]
        parts = {n: [window[at] for at in np.flatnonzero(groups == n)] for n in np.unique(groups)}
        if dry:
            said = [whom[n] or f"new {len(names) + 1 + n - len(people)}" for n in parts]
            unwritten += [
                (who, e) for who, part in zip(said, parts.values(), strict=True) for e in part
            ]
        else:
            said = gallery.assign_all(
                [([e.id for e in part], whom[n]) for n, part in parts.items()]
            )
        names += [who for n, who in zip(parts, said, strict=True) if n >= len(people)]
        told = dict(zip(parts, said, strict=True))
        done |= {e.id: told[group] for e, group in zip(window, groups.tolist(), strict=True)}
        progress(len(done), len(fresh))
    return Association(done, tuple(names))


def corrected(
    rows: Sequence[Entry],
    columns: Sequence[Entry],
    distances: np.ndarray,
    calibration: Calibration,
    times: CameraTimes | None,
    most: float,
) -> np.ndarray:
    """Distances (N, M) moved by what times between cameras say, in the unit of distance."""
    if times is None or not len(rows) or not len(columns):
        return distances
    return distances - times.odds(rows, columns, most) / calibration.curve.slope


def _evidence(
    gallery: Gallery,
    window: Sequence[Entry],
    people: Sequence[str],
    members: Sequence[tuple[str, Entry]],
    rejected: Collection[tuple[str, str]],
    calibration: Calibration,
    times: CameraTimes | None,
    rules: Rules,
) -> Evidence:
    """What is known of the tracklets of a window and of all `members` of these people."""
    number = {person: at for at, person in enumerate(people)}
    barred = np.array([[(e.id, p) in rejected for p in people] for e in window], bool)
    barred = barred.reshape(len(window), len(people))
    everything = [entry for _, entry in members]
    clash = apart(window, everything, rules.overlapping, rules.slack)
    at, of = np.nonzero(clash)
    barred[at, [number[members[place][0]] for place in of.tolist()]] = True

    counted = list(_last(members))
    both = [entry for _, entry in counted] + list(window)
    features = entry_features(gallery, both)
    ways = pairwise_distances(features[len(counted) :], features, gallery.model.metric)
    distances = corrected(window, both, ways.double().numpy(), calibration, times, rules.most)
    return Evidence(
        distances,
        np.array([number[person] for person, _ in counted], np.int64),
        apart(window, both, rules.overlapping, rules.slack),
        barred,
    )


def _candidates(
    gallery: Gallery, window: Sequence[Entry], hidden: Sequence[str], reach: float
) -> tuple[str, ...]:
    """Ids of the known people whom the tracklets of a window may show.

    reach: distance from which no time could bring two below the threshold. The mean of a group's
           distances is no smaller than the smallest, so that whoever is farther cannot be meant
           (where each tracklet has one feature, as `passerby ingest` stores them)
    """
    query = as_query(gallery, window)
    hits = gallery.search(query, CANDIDATES, Filter(known=True))
    near = {hit.entry.person for found in hits for hit in found if hit.distance <= reach}
    return tuple(sorted(near | set(hidden)))


def _last(members: Sequence[tuple[str, Entry]]) -> Iterator[tuple[str, Entry]]:
    """Of each person's entries the last `REMEMBERED`."""
    behind: dict[str, int] = {}
    for person, entry in sorted(members, key=lambda one: by_time(one[1]), reverse=True):
        behind[person] = behind.get(person, 0) + 1
        if behind[person] <= REMEMBERED:
            yield person, entry


def _windows(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    for start in range(0, len(entries), WINDOW):
        yield list(entries[start : start + WINDOW])
