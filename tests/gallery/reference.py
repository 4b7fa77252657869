"""`ReferenceGallery`: a gallery in memory, written as plainly as can be, to compare others with."""

import itertools
import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import JUNK, Sample
from passerby.gallery.filter import EVERYTHING, Filter
from passerby.gallery.gallery import Hit, Stats
from passerby.gallery.people import Consent, Person, Verdict
from passerby.gallery.seen import Camera, Entry, Model, Recording

DAY = 86400.0


class ReferenceGallery:
    """Everything in dictionaries; every search looks at every row."""

    def __init__(self, model: Model, now: float = 0.0) -> None:
        self._models: dict[str, Model] = {model.hash: model}
        self._searched = model.hash
        self._cameras: dict[str, Camera] = {}
        self._recordings: dict[str, Recording] = {}
        self._added: dict[str, float] = {}
        self._entries: dict[str, Entry] = {}
        self._rows: dict[str, list[tuple[str, np.ndarray]]] = {model.hash: []}
        self._people: dict[str, Person] = {}
        self._verdicts: dict[tuple[str, str], Verdict] = {}
        self._forgotten: set[tuple[str, str]] = set()
        self._numbers = itertools.count()
        self.now = now

    @property
    def model(self) -> Model:
        return self._models[self._searched]

    def models(self) -> tuple[Model, ...]:
        return tuple(self._models.values())

    def renew(self, model: Model, features: Embeddings) -> None:
        self._know(self._entries, features.keys)
        missing = sorted(set(self._entries) - set(features.keys))
        if missing or features.model_hash != model.hash:
            raise PasserbyError(f"no feature of {missing[:1]}")
        self._models.pop(model.hash, None)
        self._models[model.hash] = model
        self._rows[model.hash] = list(zip(features.keys, features.features.numpy(), strict=True))
        self._searched = model.hash

    def drop_model(self, hash: str) -> int:
        if hash not in self._models or hash == self._searched:
            raise PasserbyError("searched, or unknown")
        del self._models[hash]
        return len(self._rows.pop(hash))

    def cameras(self) -> tuple[Camera, ...]:
        return tuple(self._cameras[name] for name in sorted(self._cameras))

    def set_camera(self, camera: Camera) -> None:
        if not camera.name.strip() or (camera.retention_days or 0) < 0:
            raise PasserbyError("no name, or negative days")
        self._cameras[camera.name] = camera

    def recordings(self) -> tuple[Recording, ...]:
        return tuple(self._recordings[id] for id in sorted(self._recordings))

    def entries(
        self, where: Filter = EVERYTHING, *, after: str = "", limit: int | None = None
    ) -> tuple[Entry, ...]:
        behind = _place(after) if after else ("", -1)
        self._check(where)
        found = [
            entry
            for entry in sorted(self._entries.values(), key=lambda entry: _place(entry.id))
            if self._admits(where, entry) and _place(entry.id) > behind
        ]
        return tuple(found[:limit])

    def entry(self, tracklet: str) -> Entry:
        self._know(self._entries, [tracklet])
        return self._entries[tracklet]

    def features(self, tracklets: Sequence[str]) -> Embeddings:
        self._know(self._entries, tracklets)
        rows = [
            (id, row)
            for wanted in tracklets
            for id, row in self._rows[self._searched]
            if id == wanted
        ]
        samples = [
            Sample(Path(id), JUNK, 0, tracklet=_place(id)[1], time=self._entries[id].start)
            for id, _ in rows
        ]
        stacked = np.stack([row for _, row in rows]) if rows else np.zeros((0, 0), np.float32)
        return Embeddings.of(torch.from_numpy(stacked), samples, self.model.name, self.model.hash)

    def add(self, recording: Recording, entries: Sequence[Entry], features: Embeddings) -> bool:
        if features.model_hash != self._searched:
            raise PasserbyError("another model")
        numbers = [entry.number for entry in entries]
        rows = features.tracklets.tolist()
        if len(set(numbers)) < len(numbers) or set(numbers) != set(rows):
            raise PasserbyError("do not fit")
        if any((e.recording, e.camera) != (recording.id, recording.camera) for e in entries):
            raise PasserbyError("not of this recording")
        gone = ("recording", recording.id) in self._forgotten
        if recording.id in self._recordings or gone:
            return False
        self._cameras.setdefault(recording.camera, Camera(recording.camera))
        self._recordings[recording.id] = recording
        self._added[recording.id] = self.now
        kept = {e.number: e for e in entries if ("tracklet", e.id) not in self._forgotten}
        self._entries |= {entry.id: replace(entry, person="") for entry in kept.values()}
        self._rows[self._searched] += [
            (kept[number].id, row)
            for number, row in zip(rows, features.features.numpy(), strict=True)
            if number in kept
        ]
        return True

    def search(
        self, query: Embeddings, k: int, where: Filter = EVERYTHING
    ) -> tuple[tuple[Hit, ...], ...]:
        if query.model_hash not in self._models:
            raise PasserbyError("another model")
        self._check(where)
        answers = []
        for one in query.features.numpy():
            best: dict[str, float] = {}
            for id, row in self._rows[query.model_hash]:
                entry = self._entries[id]
                shown = self._people.get(entry.person)
                if not self._admits(where, entry) or (shown and shown.consent == "refused"):
                    continue
                far = _distance(one, row, self._models[query.model_hash].metric)
                best[id] = min(far, best.get(id, math.inf))
            nearest = sorted(best.items(), key=lambda item: item[1])[: max(k, 0)]
            answers.append(tuple(Hit(self._entries[id], far) for id, far in nearest))
        return tuple(answers)

    def people(self, *, after: str = "", limit: int | None = None) -> tuple[Person, ...]:
        return tuple([self._people[id] for id in sorted(self._people) if id > after][:limit])

    def person(self, person: str) -> Person:
        self._know(self._people, [person])
        return self._people[person]

    def add_person(self, name: str = "", consent: Consent = "unknown", note: str = "") -> Person:
        new = Person(f"{next(self._numbers):016x}", name, consent, note)
        self._people[new.id] = new
        return new

    def change_person(self, person: Person) -> None:
        self._know(self._people, [person.id])
        self._people[person.id] = person

    def assign(self, tracklets: Collection[str], person: str | None) -> None:
        self._know(self._people, [] if person is None else [person])
        self._know(self._entries, tracklets)
        for id in tracklets:
            self._entries[id] = replace(self._entries[id], person=person or "")

    def assign_all(self, groups: Sequence[tuple[Collection[str], str | None]]) -> tuple[str, ...]:
        self._know(self._entries, [t for part, _ in groups for t in part])
        self._know(self._people, [to for _, to in groups if to])
        if len({t for part, _ in groups for t in part}) < sum(len(set(p)) for p, _ in groups):
            raise PasserbyError("in two groups")
        said = [to or self.add_person().id for _, to in groups]
        for (tracklets, _), person in zip(groups, said, strict=True):
            self.assign(tracklets, person)
        return tuple(said)

    def merge_people(self, into: str, others: Collection[str]) -> None:
        self._know(self._people, [into, *others])
        if into in others:
            raise PasserbyError("with himself")
        for id, entry in self._entries.items():
            if entry.person in others:
                self._entries[id] = replace(entry, person=into)
        for other in others:
            if self._people[other].consent == "refused":
                self._people[into] = replace(self._people[into], consent="refused")
        for (tracklet, whom), said in list(self._verdicts.items()):
            if whom in others:
                del self._verdicts[tracklet, whom]
                self._hear(replace(said, person=into))
        for other in set(others):
            del self._people[other]

    def split_person(self, tracklets: Collection[str]) -> Person:
        self._know(self._entries, tracklets)
        owners = {self._entries[id].person for id in tracklets}
        if len(owners) != 1 or owners == {""}:
            raise PasserbyError("not of one person")
        (old,) = owners
        refused = self._people[old].consent == "refused"
        new = self.add_person(consent="refused" if refused else "unknown")
        for id in tracklets:
            self._entries[id] = replace(self._entries[id], person=new.id)
            said = self._verdicts.get((id, old))
            if said is not None and said.same:
                del self._verdicts[id, old]
                self._hear(replace(said, person=new.id))
        return new

    def judge(self, verdicts: Sequence[Verdict]) -> None:
        self._know(self._people, [one.person for one in verdicts])
        self._know(self._entries, [one.tracklet for one in verdicts])
        for one in sorted(verdicts, key=lambda one: one.time):
            if not self._hear(one):
                continue
            entry = self._entries[one.tracklet]
            if one.same:
                self._entries[one.tracklet] = replace(entry, person=one.person)
            elif entry.person == one.person:
                self._entries[one.tracklet] = replace(entry, person="")

    def verdicts(self) -> tuple[Verdict, ...]:
        def order(said: Verdict) -> Any:
            return said.time, _place(said.tracklet), said.person

        return tuple(sorted(self._verdicts.values(), key=order))

    def forget(
        self,
        recordings: Collection[str] = (),
        tracklets: Collection[str] = (),
        people: Collection[str] = (),
    ) -> int:
        self._know(self._recordings, recordings)
        self._know(self._entries, tracklets)
        self._know(self._people, people)
        gone = [
            entry.id
            for entry in self._entries.values()
            if entry.recording in recordings or entry.id in tracklets or entry.person in people
        ]
        self._remove(gone)
        for kind, ids in (("recording", recordings), ("tracklet", gone), ("person", people)):
            self._forgotten |= {(kind, id) for id in ids}
        for id in set(recordings):
            del self._recordings[id]
        for id in set(people):
            del self._people[id]
        self._verdicts = {
            pair: said for pair, said in self._verdicts.items() if pair[1] in self._people
        }
        return len(gone)

    def expire(self, now: float) -> int:
        gone = []
        for entry in self._entries.values():
            days = self._cameras[entry.camera].retention_days
            since = entry.end if entry.clocked else self._added[entry.recording]
            if days is not None and since < now - days * DAY:
                gone.append(entry.id)
        self._remove(gone)
        return len(gone)

    def maintain(self) -> bool:
        return False

    def stats(self) -> Stats:
        cameras = {
            name: sum(entry.camera == name for entry in self._entries.values())
            for name in sorted(self._cameras)
        }
        rows = self._rows[self._searched]
        return Stats(
            self.model, len(self._recordings), len(self._entries), len(rows), len(self._people),
            cameras,
        )  # fmt: skip

    def close(self) -> None:
        pass

    def _know(self, held: dict[str, Any], ids: Collection[str]) -> None:
        for id in ids:
            if id not in held:
                raise PasserbyError(f"unknown {id!r}")

    def _check(self, where: Filter) -> None:
        self._know(self._cameras, [*where.cameras, *where.not_cameras])
        self._know(self._people, [*where.people, *where.not_people])
        self._know(self._recordings, where.recordings)

    def _admits(self, where: Filter, entry: Entry) -> bool:
        return where.admits(entry, self._cameras[entry.camera].zone)

    def _hear(self, said: Verdict) -> bool:
        """Keep a verdict unless a later one is held; whether it was kept."""
        held = self._verdicts.get((said.tracklet, said.person))
        if held is not None and held.time > said.time:
            return False
        self._verdicts[said.tracklet, said.person] = said
        return True

    def _remove(self, gone: Collection[str]) -> None:
        for id in gone:
            del self._entries[id]
        for hash, rows in self._rows.items():
            self._rows[hash] = [(id, row) for id, row in rows if id in self._entries]
        self._verdicts = {
            pair: said for pair, said in self._verdicts.items() if pair[0] in self._entries
        }


def _place(id: str) -> tuple[str, int]:
    name, _, number = id.rpartition("/")
    return name, int(number)


def _distance(a: np.ndarray, b: np.ndarray, metric: str) -> float:
    a, b = a.astype(np.float64), b.astype(np.float64)
    if metric == "euclidean":
        return float(np.linalg.norm(a - b))
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(1 - a @ b / lengths) if lengths else 1.0
