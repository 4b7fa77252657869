"""A gallery in memory, for tests: as `Gallery` says it, and nothing clever."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import torch
from tests.pipelines.coloured_people import pixels

from passerby.core.distances import pairwise_distances
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.gallery.filter import EVERYTHING, Filter
from passerby.gallery.gallery import Gallery, Hit, Stats
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.people import Consent, Person, Verdict
from passerby.gallery.seen import Camera, Entry, Model, Recording

MODEL = Model("toy", "ab" * 32, "euclidean")
NOON = 1.8e9


class MemoryGallery:
    """People in dictionaries."""

    def __init__(self, model: Model = MODEL) -> None:
        self.model = model
        self._entries: dict[str, Entry] = {}
        self._features: dict[str, torch.Tensor] = {}  # (1 or more, D)
        self._recordings: dict[str, Recording] = {}
        self._people: dict[str, Person] = {}
        self._verdicts: dict[tuple[str, str], Verdict] = {}

    def models(self) -> tuple[Model, ...]:
        return (self.model,)

    def renew(self, model: Model, features: Embeddings) -> None:
        raise NotImplementedError

    def drop_model(self, hash: str) -> int:
        raise NotImplementedError

    def cameras(self) -> tuple[Camera, ...]:
        return tuple(Camera(name) for name in sorted({e.camera for e in self._entries.values()}))

    def set_camera(self, camera: Camera) -> None:
        raise NotImplementedError

    def recordings(self) -> tuple[Recording, ...]:
        return tuple(self._recordings[name] for name in sorted(self._recordings))

    def entries(
        self, where: Filter = EVERYTHING, *, after: str = "", limit: int | None = None
    ) -> tuple[Entry, ...]:
        ordered = sorted(self._entries.values(), key=lambda e: (e.recording, e.number))
        ids = [entry.id for entry in ordered]
        behind = ordered[ids.index(after) + 1 :] if after else ordered
        return tuple(entry for entry in behind if where.admits(entry))[:limit]

    def entry(self, tracklet: str) -> Entry:
        self._require(tracklet)
        return self._entries[tracklet]

    def features(self, tracklets: Sequence[str]) -> Embeddings:
        parts = [self._features[tracklet] for tracklet in tracklets]
        keys = [t for t, part in zip(tracklets, parts, strict=True) for _ in part]
        return rows(torch.cat(parts), keys, self.model)

    def add(self, recording: Recording, entries: Sequence[Entry], features: Embeddings) -> bool:
        if recording.id in self._recordings:
            return False
        self._recordings[recording.id] = recording
        for entry in entries:
            self._entries[entry.id] = entry
            self._features[entry.id] = features.features[features.tracklets == entry.number]
        return True

    def search(
        self, query: Embeddings, k: int, where: Filter = EVERYTHING
    ) -> tuple[tuple[Hit, ...], ...]:
        refused = {p.id for p in self._people.values() if p.consent == "refused"}
        held = [e for e in self.entries(where) if e.person not in refused]
        answers = []
        for row in query.features:
            hits = [
                Hit(e, float(pairwise_distances(row[None], self._features[e.id]).min()))
                for e in held
            ]
            answers.append(tuple(sorted(hits, key=lambda hit: (hit.distance, hit.entry.id))[:k]))
        return tuple(answers)

    def people(self, *, after: str = "", limit: int | None = None) -> tuple[Person, ...]:
        return tuple(self._people[name] for name in sorted(self._people) if name > after)[:limit]

    def person(self, person: str) -> Person:
        return self._people[person]

    def add_person(self, name: str = "", consent: Consent = "unknown", note: str = "") -> Person:
        person = Person(f"p{len(self._people):03d}", name, consent, note)
        self._people[person.id] = person
        return person

    def change_person(self, person: Person) -> None:
        self._people[person.id] = person

    def assign(self, tracklets: Collection[str], person: str | None) -> None:
        self._require(*tracklets)
        for tracklet in tracklets:
            self._entries[tracklet] = replace(self._entries[tracklet], person=person or "")

    def assign_all(self, groups: Sequence[tuple[Collection[str], str | None]]) -> tuple[str, ...]:
        self._require(*[tracklet for part, _ in groups for tracklet in part])
        said = [to or self.add_person().id for _, to in groups]
        for (tracklets, _), person in zip(groups, said, strict=True):
            self.assign(tracklets, person)
        return tuple(said)

    def merge_people(self, into: str, others: Collection[str]) -> None:
        raise NotImplementedError

    def split_person(self, tracklets: Collection[str]) -> Person:
        person = self.add_person()
        self.assign(tracklets, person.id)
        return person

    def judge(self, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            self._verdicts.pop((verdict.tracklet, verdict.person), None)
            self._verdicts[verdict.tracklet, verdict.person] = verdict
            if verdict.same:
                self.assign([verdict.tracklet], verdict.person)
            elif self._entries[verdict.tracklet].person == verdict.person:
                self.assign([verdict.tracklet], None)

    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(sorted(self._verdicts.values(), key=lambda verdict: verdict.time))

    def forget(
        self,
        recordings: Collection[str] = (),
        tracklets: Collection[str] = (),
        people: Collection[str] = (),
    ) -> int:
        raise NotImplementedError

    def expire(self, now: float) -> int:
        raise NotImplementedError

    def maintain(self) -> bool:
        return False

    def stats(self) -> Stats:
        count = len(self._entries)
        return Stats(self.model, len(self._recordings), count, count, len(self._people), {})

    def close(self) -> None:
        pass

    def _require(self, *tracklets: str) -> None:
        for tracklet in tracklets:
            if tracklet not in self._entries:
                raise PasserbyError(f"there is no tracklet {tracklet}")


def rows(features: torch.Tensor, keys: Sequence[str], model: Model = MODEL) -> Embeddings:
    """Features (N, D) of tracklets by their ids."""
    count = len(features)
    numbers = [int(key.rpartition("/")[2]) for key in keys]
    nobody = torch.full((count,), -1)
    return Embeddings(
        features, nobody, nobody, torch.full((count,), torch.nan, dtype=torch.float64),
        torch.tensor(numbers, dtype=torch.int64), ("visible",) * count, tuple(keys), model.name,
        model.hash,
    )  # fmt: skip


def record(
    gallery: Gallery,
    camera: str,
    seen: Sequence[tuple[float, float, Sequence[float]]],
    *,
    clocked: bool = True,
    name: str = "",
    model: Model = MODEL,
) -> list[str]:
    """Add a recording of a camera; each seen is start, end (seconds from noon) and what it looks
    like, its feature. Returns the ids of the tracklets.
    """
    number = len(gallery.recordings())
    recording = f"{number + 1:016x}"
    begins = NOON if clocked else 0.0
    entries = [
        Entry(
            recording, at, camera, begins + start, begins + end, clocked,
            (Jpeg.of(f"frame {at}", pixels(at, number)), Jpeg.of(f"frame 9{at}", pixels(at, 0))),
        )
        for at, (start, end, _) in enumerate(seen)
    ]  # fmt: skip
    ids = [entry.id for entry in entries]
    features = torch.tensor([list(look) for _, _, look in seen], dtype=torch.float32)
    about = Recording(
        recording, camera, name or f"{camera}.mp4", f"{number:064x}",
        begins if clocked else None, 60.0, 600, 0, {},
    )  # fmt: skip
    assert gallery.add(about, entries, rows(features, ids, model))
    return ids


def confirm(gallery: Gallery, person: str, *tracklets: str, same: bool = True) -> None:
    """A human says that these show a person, or do not."""
    start = float(len(gallery.verdicts()))
    gallery.judge(
        [Verdict(t, person, same, "tester", start + at) for at, t in enumerate(tracklets)]
    )
