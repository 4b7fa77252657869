"""Suggestions: who in a gallery may be one person, and who may be two."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from passerby.core.distances import pairwise_distances
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.gallery.seen import Entry
from passerby.metrics.calibration import Calibration
from passerby.pipelines.identities import Rules, corrected
from passerby.pipelines.identity_apart import apart
from passerby.pipelines.identity_features import as_query, by_time, entry_features
from passerby.pipelines.identity_times import CameraTimes
from passerby.ranking.association import Evidence, merges

ASKED_WITH = 5
"""Tracklets of a person that others are searched with, the last ones."""
NEIGHBOURS = 10
"""Tracklets that are looked at for each of these."""
COMPARED = 50
"""Tracklets of a person that are compared with each other, the last ones."""

Kind = Literal["merge", "add", "split"]


@dataclass(frozen=True)
class Suggestion:
    """Something for a human to look at and decide.

    kind:        "merge": two people are one; "add": a tracklet that is nobody's shows a person;
                 "split": some tracklets of a person show somebody else
    people:      ids: two to merge, else one
    tracklets:   ids: the one to add, those to split off, or none
    distance:    mean between the two groups of tracklets, corrected by times where they are known
    probability: that the suggestion is right, in [0, 1], from the calibration's curve, were half of
                 all such suggestions right; 1 for a split of who was in two places at once
    """

    kind: Kind
    people: tuple[str, ...]
    tracklets: tuple[str, ...]
    distance: float
    probability: float


def merge_suggestions(
    gallery: Gallery,
    k: int,
    calibration: Calibration,
    times: CameraTimes | None = None,
    *,
    least: float = 0.1,
    rules: Rules | None = None,
) -> tuple[Suggestion, ...]:
    """The `k` likeliest pairs of people, or of a person and a tracklet that is nobody's.

    None that were seen in two places at once, none that a human has rejected, nobody who refused
    consent, and none with a probability below `least`.

    Raises PasserbyError when the calibration is of another model.
    """
    calibration.require_model(gallery.model.name, gallery.model.hash)
    rules = rules or Rules()
    groups = _people(gallery)
    rejected = {(v.tracklet, v.person) for v in gallery.verdicts() if not v.same}
    found: dict[frozenset[str], Suggestion] = {}
    for person, entries in groups.items():
        for others in _near(gallery, person, entries, groups):
            other = others[0].person
            key = frozenset((person, other or others[0].id))
            if key in found or _rejected(rejected, person, entries, other, others):
                continue
            if apart(entries, others, rules.overlapping, rules.slack).any():
                continue
            mine, theirs = entries[-COMPARED:], others[-COMPARED:]
            ways = _distances(gallery, mine, theirs, calibration, times, rules)
            distance = float(ways.mean())
            people = tuple(sorted((person, other))) if other else (person,)
            found[key] = Suggestion(
                "merge" if other else "add",
                people,
                () if other else (others[0].id,),
                distance,
                calibration.curve.probability(distance),
            )
    likely = [one for one in found.values() if one.probability >= least]
    return tuple(sorted(likely, key=_likeliest)[:k])


def split_suggestions(
    gallery: Gallery,
    k: int,
    calibration: Calibration,
    times: CameraTimes | None = None,
    *,
    rules: Rules | None = None,
) -> tuple[Suggestion, ...]:
    """The `k` people who are likeliest two, and which of their tracklets are somebody else's.

    Somebody is when he or she was in two places at once, or when the tracklets fall into two groups
    farther from each other than the calibration's threshold. What a human has confirmed stays; who
    has confirmed tracklets on both sides is not suggested, nor who refused consent.

    Raises PasserbyError when the calibration is of another model.
    """
    calibration.require_model(gallery.model.name, gallery.model.hash)
    rules = rules or Rules()
    confirmed = {(v.tracklet, v.person) for v in gallery.verdicts() if v.same}
    found = []
    for person, every in _people(gallery).items():
        entries = every[-COMPARED:]
        if len(entries) < 2:
            continue
        ways = _distances(gallery, entries, entries, calibration, times, rules)
        clash = apart(entries, entries, rules.overlapping, rules.slack)
        groups, last = _halves(ways, clash)
        if not clash.any() and last <= calibration.threshold:
            continue
        sure = np.array([(entry.id, person) in confirmed for entry in entries])
        away = _leaving(groups, sure)
        if not away.any() or (away & sure).any():
            continue
        distance = float(ways[np.ix_(away, ~away)].mean())
        found.append(
            Suggestion(
                "split",
                (person,),
                tuple(entry.id for entry, goes in zip(entries, away, strict=True) if goes),
                distance,
                1.0 if clash.any() else 1 - calibration.curve.probability(distance),
            )
        )
    return tuple(sorted(found, key=_likeliest)[:k])


def _people(gallery: Gallery) -> dict[str, list[Entry]]:
    """The entries, by time, of each person who has not refused consent, by id."""
    refused = {person.id for person in gallery.people() if person.consent == "refused"}
    groups: dict[str, list[Entry]] = {}
    for entry in sorted(gallery.entries(Filter(known=True)), key=by_time):
        if entry.person not in refused:
            groups.setdefault(entry.person, []).append(entry)
    return dict(sorted(groups.items()))


def _near(
    gallery: Gallery, person: str, entries: Sequence[Entry], groups: Mapping[str, list[Entry]]
) -> list[list[Entry]]:
    """The entries of each other person near this one, and each tracklet that is nobody's."""
    asked = entries[-ASKED_WITH:]
    query = as_query(gallery, asked)
    near: dict[str, list[Entry]] = {}
    for hits in gallery.search(query, NEIGHBOURS, Filter(not_people=(person,))):
        for hit in hits:
            other = hit.entry.person
            if not other:
                near[hit.entry.id] = [hit.entry]
            elif other in groups:
                near[other] = groups[other]
    return [near[name] for name in sorted(near)]


def _distances(
    gallery: Gallery,
    rows: Sequence[Entry],
    columns: Sequence[Entry],
    calibration: Calibration,
    times: CameraTimes | None,
    rules: Rules,
) -> np.ndarray:
    """Distances (N, M) between entries, corrected by times."""
    a, b = entry_features(gallery, rows), entry_features(gallery, columns)
    ways = pairwise_distances(a, b, gallery.model.metric).double().numpy()
    return corrected(rows, columns, ways, calibration, times, rules.most)


def _rejected(
    rejected: Collection[tuple[str, str]],
    person: str,
    entries: Sequence[Entry],
    other: str,
    others: Sequence[Entry],
) -> bool:
    """Whether a human has said of a tracklet on one side that it is not who is on the other."""
    return any((entry.id, person) in rejected for entry in others) or any(
        (entry.id, other) in rejected for entry in entries
    )


def _halves(ways: np.ndarray, clash: np.ndarray) -> tuple[np.ndarray, float]:
    """Groups (N,) just before the last merge, or at the end where more are left; its distance."""
    count = len(ways)
    evidence = Evidence(ways, np.zeros(0, np.int64), clash, np.zeros((count, 0), bool))
    joined = list(merges(evidence))
    groups = np.arange(count)
    whole = len(joined) == count - 1
    for merge in joined[:-1] if whole else joined:
        groups[groups == merge.gone] = merge.kept
    return groups, joined[-1].distance if joined else np.inf


def _leaving(groups: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """(N,) bool, who is to leave: all but the group with the most confirmed, then most, members."""
    names = np.unique(groups)
    sizes = [(int(sure[groups == name].sum()), int((groups == name).sum())) for name in names]
    return groups != names[sizes.index(max(sizes))]


def _likeliest(one: Suggestion) -> tuple[float, float, tuple[str, ...], tuple[str, ...]]:
    return (-one.probability, one.distance, one.people, one.tracklets)
