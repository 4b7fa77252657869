"""Calibration: labelled tracklets -> from which distance on two of them show one person."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from passerby.core.distances import Metric, pairwise_distances
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import DISTRACTOR, JUNK
from passerby.data.splits import shuffled
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.gallery.seen import Entry
from passerby.metrics.calibration import Aim, Calibration, share_within, threshold_at
from passerby.metrics.logistic import Logistic
from passerby.pipelines.evaluation import evaluations
from passerby.pipelines.identities import Rules
from passerby.pipelines.identity_apart import apart
from passerby.pipelines.identity_features import entry_features, pooled_by
from passerby.pipelines.identity_threshold import best_threshold
from passerby.pipelines.identity_times import CameraTimes, known_stays

MOST = 1000
"""Tracklets that a threshold is learnt from at most."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """N tracklets of which is known whom they show.

    people:   (N,) int64; the same number, the same person
    features: (N, D) float32
    entries:  what a gallery knows of them; None for those of a data set
    more:     (M,) distances of further pairs that are known to be of different people
    """

    people: np.ndarray
    features: Tensor
    entries: tuple[Entry, ...] | None
    more: np.ndarray


def calibrate_gallery(
    gallery: Gallery,
    far: float | None = None,
    times: CameraTimes | None = None,
    rules: Rules | None = None,
) -> Calibration:
    """Learn from what humans have confirmed and rejected in a gallery.

    far:          see `calibrate`
    times, rules: as they will be given to `associate`

    Raises PasserbyError when too little has been confirmed.
    """
    stays = known_stays(gallery)
    if len({person for person, _ in stays}) < 2:
        raise PasserbyError(
            f"{len(stays)} tracklets of {len({p for p, _ in stays})} people are confirmed in the "
            "gallery; a threshold is learnt from two people at least, so confirm some more, or "
            "calibrate on a measured run with --run"
        )
    kept = _some([person for person, _ in stays])
    stays = [stays[place] for place in kept]
    numbers = {person: at for at, person in enumerate(sorted({person for person, _ in stays}))}
    entries = tuple(entry for _, entry in stays)
    labelled = Labelled(
        np.array([numbers[person] for person, _ in stays], np.int64),
        entry_features(gallery, entries),
        entries,
        _rejected(gallery, stays),
    )
    model = gallery.model
    return _calibrate(
        labelled, model.name, model.hash, model.metric, far, times, rules or Rules(),
        "verdicts in a gallery",
    )  # fmt: skip


def calibrate_run(run: Path, name: str = "", far: float | None = None) -> Calibration:
    """Learn from the people of a data set that `passerby evaluate` has embedded.

    run:  the run folder; name: of the evaluation in it, where there are several
    far:  see `calibrate`

    Raises PasserbyError when there is no such evaluation, or its distance is a learned one.
    """
    found = evaluations(Path(run))
    if name not in found and (name or len(found) != 1):
        raise PasserbyError(
            f"{run} holds the evaluations {', '.join(found)}; name one of them with --evaluation"
        )
    evaluation = found[name] if name else next(iter(found.values()))
    metric = evaluation.about.metric
    if metric == "learned":
        raise PasserbyError(
            f"{run} was measured with a learned comparison, and galleries compare features; "
            "calibrate on the gallery's own verdicts"
        )
    every = Embeddings.join([evaluation.query, evaluation.gallery])
    source = f"{evaluation.about.dataset}, people of {Path(run).resolve().name}"
    return calibrate(every, metric, far, source)


def calibrate(
    embeddings: Embeddings, metric: Metric, far: float | None = None, source: str = "embeddings"
) -> Calibration:
    """Learn a threshold and a curve from embeddings of people who are known.

    Pictures of one tracklet, or, without one, of one person and camera, count as one, as in a
    gallery; junk and distractors do not count. Of more than `MOST` tracklets some people's are
    taken.

    far: the threshold accepts at most this share of the pairs of different people. By default it is
         the one by which the tracklets, joined as `passerby.ranking.association.together` joins
         them, have the best identity F1, the middle of the range where several have.

    Raises PasserbyError when nobody has two tracklets, there are no two people, or the distances
    say nothing.
    """
    known = embeddings[(embeddings.persons != JUNK) & (embeddings.persons != DISTRACTOR)]
    labels = zip(
        known.persons.tolist(), known.cameras.tolist(), known.tracklets.tolist(), strict=True
    )
    names = [f"{person} {camera} {tracklet}" for person, camera, tracklet in labels]
    means = pooled_by(known, names, metric)
    people = [name.split()[0] for name in means]
    kept = _some(people)
    if len({people[place] for place in kept}) < 2:
        raise PasserbyError(
            f"the embeddings are of {len(set(people))} people who are known; a threshold is learnt "
            "from two at least, with two tracklets of somebody"
        )
    features = torch.stack(list(means.values()))[kept]
    labelled = Labelled(
        np.array([int(people[place]) for place in kept]), features, None, np.zeros(0)
    )
    return _calibrate(labelled, known.model, known.model_hash, metric, far, None, Rules(), source)


def _calibrate(
    labelled: Labelled,
    model: str,
    model_hash: str,
    metric: Metric,
    far: float | None,
    times: CameraTimes | None,
    rules: Rules,
    source: str,
) -> Calibration:
    people, count = labelled.people, len(labelled.people)
    ways = pairwise_distances(labelled.features, labelled.features, metric).double().numpy()
    above = np.triu(np.ones((count, count), bool), 1)
    one = people[:, None] == people
    same, different = ways[above & one], np.concatenate([ways[above & ~one], labelled.more])
    curve = Logistic.fit(same, different)
    aim: Aim = "far"
    f1 = None
    if far is not None:
        threshold = threshold_at(far, same, different)
    else:
        aim = "identity f1"
        clash = np.zeros((count, count), bool)
        if labelled.entries is not None:
            clash = apart(labelled.entries, labelled.entries, rules.overlapping, rules.slack)
            if times is not None:
                odds = times.odds(labelled.entries, labelled.entries, rules.most)
                ways = ways - odds / curve.slope
        threshold, f1 = best_threshold(ways, people, clash, rules.nearest)
    return Calibration(
        model=model,
        model_hash=model_hash,
        metric=metric,
        threshold=threshold,
        aim=aim,
        curve=curve,
        far=share_within(threshold, different),
        tpr=share_within(threshold, same),
        f1=f1,
        people=len(set(people.tolist())),
        tracklets=count,
        same=len(same),
        different=len(different),
        source=source,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _some(people: Sequence[str]) -> list[int]:
    """Places of the tracklets of as many people as have `MOST` together, in their order."""
    if len(people) <= MOST:
        return list(range(len(people)))
    counts = Counter(people)
    everybody = sorted(counts)
    taken: set[str] = set()
    left = MOST
    for place in shuffled(list(range(len(everybody))), seed=0):
        if counts[everybody[place]] <= left:
            taken.add(everybody[place])
            left -= counts[everybody[place]]
    return [place for place, person in enumerate(people) if person in taken]


def _rejected(gallery: Gallery, stays: Sequence[tuple[str, Entry]]) -> np.ndarray:
    """Distances (M,) from tracklets to those of people whom humans said they do not show.

    Pairs of confirmed people are known anyway; this adds the tracklets that are nobody's yet.
    """
    confirmed = {entry.id for _, entry in stays}
    loose = {entry.id: entry for entry in gallery.entries(Filter(known=False))}
    of: dict[str, list[Entry]] = {}
    for person, entry in stays:
        of.setdefault(person, []).append(entry)
    asked = [
        (loose[verdict.tracklet], of[verdict.person])
        for verdict in gallery.verdicts()
        if not verdict.same and verdict.tracklet in loose and verdict.person in of
        and verdict.tracklet not in confirmed
    ]  # fmt: skip
    if not asked:
        return np.zeros(0)
    metric = gallery.model.metric
    return np.concatenate(
        [
            pairwise_distances(
                entry_features(gallery, [entry]), entry_features(gallery, others), metric
            )
            .double()
            .numpy()
            .ravel()
            for entry, others in asked
        ]
    )
