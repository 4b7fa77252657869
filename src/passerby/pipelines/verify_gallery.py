"""Whether a gallery is whole: looks at everything, changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from passerby.core.distances import pairwise_distances
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Picture
from passerby.data.images import read_image
from passerby.gallery.audit import Audit
from passerby.gallery.forgotten import gone_from, identity, list_of, read_list
from passerby.gallery.integrity import forgotten_but_there, orphans, unfinished_indexes
from passerby.gallery.opening import open_gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Entry

RECALL = 0.95
"""Of the ten truly nearest, the share that search must find on average."""

_PAGE = 200
_TOP = 10
_MOST = 20  # faults of one kind that are told one by one


@dataclass(frozen=True)
class Verified:
    """What was looked at, and what is wrong with it.

    faults: in words; none where the gallery is whole
    recall: share of the ten nearest, by an exact scan, that search found; None where nobody is
    """

    tracklets: int
    crops: int
    features: int
    records: int
    recall: float | None
    faults: tuple[str, ...]


@dataclass
class _Look:
    """What one walk through all tracklets has seen."""

    tracklets: int = 0
    crops: int = 0
    features: int = 0
    faults: dict[str, list[str]] = field(default_factory=dict)
    nearest: list[dict[str, float]] = field(default_factory=list)

    def blame(self, what: str, id: str) -> None:
        self.faults.setdefault(what, []).append(id)


def verify_gallery(
    gallery: Path | str,
    queries: int = 50,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Verified:
    """Look at every tracklet, picture and vector, and at what stands around them.

    Args:
        gallery: folder of the gallery, or postgresql://USER:PASSWORD@HOST/NAME
        queries: tracklets that are searched for, once by index and once by an exact scan
        progress: called with the tracklets seen and all of them

    Raises:
        PasserbyError: there is no gallery.
    """
    with open_gallery(gallery) as store:
        return verify_store(store, gallery, queries, progress)


def verify_store(
    store: PostgresGallery,
    place: Path | str,
    queries: int = 50,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Verified:
    """`verify_gallery` of one that is open already; `place` is where its list lies."""
    stats = store.stats()
    asked = _queries(store, queries)
    look = _walk(store, asked, lambda done: progress(done, max(done, stats.tracklets)))
    after = store.stats()
    faults = [
        f"{len(ids)} {what}: {', '.join(ids[:_MOST])}{' ...' if len(ids) > _MOST else ''}"
        for what, ids in sorted(look.faults.items())
    ]
    # Only where nobody added or removed anything meanwhile do the numbers have to agree.
    seen, told = (look.tracklets, look.features), (stats.tracklets, stats.features)
    if stats == after and seen != told:
        faults.append(
            f"the gallery counts {told[0]} tracklets and {told[1]} features, and holds {seen[0]} "
            f"and {seen[1]}"
        )
    database = store.database
    lost = orphans(database)
    faults += lost
    recall = None if lost else _recall(store, asked, look)  # a search would stumble over them
    if recall is not None and recall < RECALL:
        faults.append(
            f"search found {recall:.3f} of the truly nearest, and should find {RECALL}: the index "
            "is damaged or too coarse; rebuild it"
        )
    faults += [f"the index {name} was not finished" for name in unfinished_indexes(database)]
    faults += _returned(store, list_of(place))
    audit = Audit(database)
    faults += audit.check()
    return Verified(
        look.tracklets, look.crops, look.features, audit.head()[0], recall, tuple(faults)
    )


def _queries(store: PostgresGallery, count: int) -> Embeddings | None:
    """One feature each of some tracklets, spread over all of them."""
    total = store.stats().tracklets
    if not total or count < 1:
        return None
    ids, after, step = [], "", max(1, total // count)
    seen = 0
    while found := store.entries(after=after, limit=_PAGE):
        ids += [entry.id for place, entry in enumerate(found, start=seen) if place % step == 0]
        seen, after = seen + len(found), found[-1].id
    held = _features(store, ids[:count])
    first = {key: row for row, key in reversed(list(enumerate(held.keys)))}
    return held[torch.tensor(sorted(first.values()), dtype=torch.int64)] if len(held) else None


def _walk(
    store: PostgresGallery, asked: Embeddings | None, progress: Callable[[int], object]
) -> _Look:
    look, after = _Look(), ""
    refused = {person.id for person in store.people() if person.consent == "refused"}
    metric = store.model.metric
    if asked is not None:
        look.nearest = [{} for _ in range(len(asked))]
    while found := store.entries(after=after, limit=_PAGE):
        after = found[-1].id
        for entry in found:
            _look_at_pictures(entry, look)
        held = _features(store, [entry.id for entry in found])
        look.features += len(held)
        finite = held.features.isfinite().all(dim=1) if len(held) else torch.zeros(0).bool()
        for row in (~finite).nonzero().flatten().tolist():
            look.blame("tracklets have features that are no numbers", held.keys[row])
        for id in sorted({entry.id for entry in found} - set(held.keys)):
            look.blame("tracklets have no features", id)
        if asked is not None and len(held):
            far = pairwise_distances(asked.features, held.features, metric)
            shown = {entry.id for entry in found if entry.person not in refused}
            for row, nearest in enumerate(look.nearest):
                _keep_nearest(nearest, held.keys, far[row].tolist(), shown)
        look.tracklets += len(found)
        progress(look.tracklets)
    return look


def _look_at_pictures(entry: Entry, look: _Look) -> None:
    if not entry.crops:
        look.blame("tracklets have no pictures", entry.id)
    for crop in entry.crops:
        look.crops += 1
        try:
            read_image(crop)
        except PasserbyError:
            name = str(crop) if isinstance(crop, Picture) else crop.name
            look.blame("pictures cannot be decoded", name)


def _keep_nearest(
    nearest: dict[str, float], ids: Sequence[str], distances: Sequence[float], shown: set[str]
) -> None:
    """The exact scan, a page at a time: the nearest of all pages so far."""
    for id, distance in zip(ids, distances, strict=True):
        if id in shown:
            nearest[id] = min(distance, nearest.get(id, float("inf")))
    for id in sorted(nearest, key=lambda id: (nearest[id], id))[_TOP:]:
        del nearest[id]


def _recall(store: PostgresGallery, asked: Embeddings | None, look: _Look) -> float | None:
    """Share of the nearest by the exact scan that search finds; as near as the last is as good."""
    if asked is None or not any(look.nearest):
        return None
    found = wanted = 0
    for hits, nearest in zip(store.search(asked, _TOP), look.nearest, strict=True):
        limit = max(nearest.values(), default=0.0) * (1 + 1e-5) + 1e-6
        found += min(sum(hit.distance <= limit for hit in hits), len(nearest))
        wanted += len(nearest)
    return found / wanted


def _features(store: PostgresGallery, ids: Sequence[str]) -> Embeddings:
    """Features of those of the tracklets that are still there."""
    try:
        return store.features(ids)
    except PasserbyError:  # one was forgotten since its page was read
        held = [id for id in ids if _is_there(store, id)]
        return store.features(held)


def _is_there(store: PostgresGallery, id: str) -> bool:
    try:
        store.entry(id)
    except PasserbyError:
        return False
    return True


def _returned(store: PostgresGallery, file: Path) -> Iterator[str]:
    """Who was forgotten and is there all the same, and what is wrong with the list of them."""
    gone = gone_from(store.database)
    if file.exists():
        try:
            whose, listed = read_list(file)
        except PasserbyError as error:
            yield str(error)
        else:
            if whose != identity(store.database):
                yield f"{file} lists who was forgotten in another gallery ({whose[:8]})"
            else:
                gone |= listed
    back = [f"{kind} {id}" for kind, id in forgotten_but_there(store.database, gone)]
    if back:
        more = " ..." if len(back) > _MOST else ""
        yield f"{len(back)} were forgotten and are there: {', '.join(back[:_MOST])}{more}"
