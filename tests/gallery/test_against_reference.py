"""Random lives of a gallery in PostgreSQL and of the plain one in memory: they must agree."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.gallery.crowd import embeddings, entry, named, query, recording
from tests.gallery.reference import ReferenceGallery
from tests.gallery.servers import fresh_gallery

from passerby.core.errors import PasserbyError
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.gallery.people import Person, Verdict
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Camera, Model

COSINE = Model("toy", "aa" * 32, "cosine")
CAMERAS = ("door", "hall", "yard")
NEW = Model("new", "cc" * 32, "euclidean")

small = st.integers(0, 6)
some = st.lists(small, min_size=1, max_size=3)
steps = st.one_of(
    st.tuples(st.just("add"), small, small, st.integers(0, 4), small, st.booleans()),
    st.tuples(st.just("person"), st.sampled_from(["unknown", "given", "refused"])),
    st.tuples(st.just("assign"), some, st.none() | small),
    st.tuples(st.just("judge"), st.lists(st.tuples(small, small, st.booleans()), max_size=4)),
    st.tuples(st.just("merge"), small, some),
    st.tuples(st.just("split"), some),
    st.tuples(st.just("change"), small, st.sampled_from(["unknown", "refused"])),
    st.tuples(st.just("forget"), st.lists(small, max_size=1), st.lists(small, max_size=2),
              st.lists(small, max_size=1)),
    st.tuples(st.just("camera"), small, st.none() | st.floats(0, 5)),
    st.tuples(st.just("expire"), st.integers(0, 5)),
    st.tuples(st.just("renew"), small),
)  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Iterator[PostgresGallery]:
    with fresh_gallery(COSINE) as made:
        yield made


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives=st.lists(steps, min_size=4, max_size=16))
def test_both_tell_the_same(shared: PostgresGallery, lives: list[tuple]) -> None:
    with shared.database.engine.begin() as connection:
        connection.execute(text("TRUNCATE camera, recording, person, forgotten CASCADE"))
        connection.execute(text("DELETE FROM model WHERE hash <> :hash"), {"hash": COSINE.hash})
        connection.execute(text("UPDATE model SET searched = true"))
    pair = Pair(ReferenceGallery(COSINE), shared)
    for time, (name, *arguments) in enumerate(lives):
        pair.do(name, arguments, 1000.0 + time)
        pair.compare()


class Pair:
    """Two galleries that are told the same; people have other ids in each."""

    def __init__(self, plain: ReferenceGallery, real: PostgresGallery) -> None:
        self.both: tuple[Gallery, Gallery] = (plain, real)
        self.plain = plain
        self.people: list[tuple[str, str]] = []

    def do(self, name: str, arguments: list[Any], time: float) -> None:
        self.time = time
        outcomes = []
        for which, gallery in enumerate(self.both):
            try:
                outcomes.append(getattr(self, f"_{name}")(gallery, which, *arguments))
            except PasserbyError:
                outcomes.append("refused")
        if name in ("person", "split") and "refused" not in outcomes:
            self.people.append((outcomes[0].id, outcomes[1].id))
            outcomes = [outcome.consent for outcome in outcomes]
        assert outcomes[0] == outcomes[1], (name, arguments)

    def compare(self) -> None:
        plain, real = self.both
        assert self._entries(0) == self._entries(1)
        assert self._verdicts(0) == self._verdicts(1)
        assert plain.cameras() == real.cameras()
        assert plain.stats() == real.stats()
        people = [
            {self.people.index(pair): gallery.person(pair[which]).consent for pair in self.people
             if pair[which] in {person.id for person in gallery.people()}}
            for which, gallery in enumerate(self.both)
        ]  # fmt: skip
        assert people[0] == people[1]
        cameras = [camera.name for camera in plain.cameras()]
        for where in (Filter(), Filter(known=False, before=103.0), Filter(cameras=(*cameras[:1],))):
            found = []
            for gallery in self.both:
                (hits,) = gallery.search(query(1.0, 0.25, 0.5, model=plain.model), 50, where)
                found.append({hit.entry.id: hit.distance for hit in hits})
                distances = [hit.distance for hit in hits]
                assert distances == sorted(distances)
            assert found[0].keys() == found[1].keys()
            for id, far in found[0].items():
                assert found[1][id] == pytest.approx(far, abs=1e-5)

    def _entries(self, which: int) -> list[tuple]:
        return [
            (e.id, e.camera, e.start, e.end, e.clocked, self._number(e.person, which))
            for e in self.both[which].entries()
        ]

    def _verdicts(self, which: int) -> list[tuple]:
        return sorted(
            (v.time, v.tracklet, v.same, self._number(v.person, which))
            for v in self.both[which].verdicts()
        )

    def _number(self, person: str, which: int) -> int:
        return [pair[which] for pair in self.people].index(person) if person else -1

    def _whom(self, number: int, which: int) -> str:
        return self.people[number % len(self.people)][which] if self.people else "nobody"

    def _id(self, number: int) -> str:
        held = self.plain.entries()
        return held[number % len(held)].id if held else "none/0"

    def _add(self, gallery, which, id, camera, count, seed, clocked) -> bool:
        seen, name = CAMERAS[camera % 3], f"rec{id}"
        numbers = [seed % 2 + 2 * n for n in range(count)]
        rows = [n for n in numbers for _ in range(1 + n % 2)]
        features = torch.randn(len(rows), 3, generator=torch.Generator().manual_seed(seed))
        made = embeddings(features, rows, self.plain.model) if which == 0 else None
        made = made or embeddings(features, rows, gallery.model)
        return gallery.add(
            recording(name, seen, 100.0 if clocked else None),
            [entry(name, n, seen, clocked=clocked) for n in numbers],
            made,
        )

    def _person(self, gallery, which, consent) -> Person:
        return gallery.add_person("x", consent)

    def _assign(self, gallery, which, tracklets, person) -> None:
        whom = None if person is None else self._whom(person, which)
        gallery.assign([self._id(n) for n in tracklets], whom)

    def _judge(self, gallery, which, said) -> None:
        gallery.judge([
            Verdict(self._id(tracklet), self._whom(person, which), same, "me", self.time + n / 10)
            for n, (tracklet, person, same) in enumerate(said)
        ])  # fmt: skip

    def _merge(self, gallery, which, into, others) -> None:
        gallery.merge_people(self._whom(into, which), [self._whom(n, which) for n in others])

    def _split(self, gallery, which, tracklets) -> Person:
        return gallery.split_person([self._id(n) for n in tracklets])

    def _change(self, gallery, which, person, consent) -> None:
        gallery.change_person(Person(self._whom(person, which), "y", consent))

    def _forget(self, gallery, which, recordings, tracklets, people) -> int:
        if which == 0:  # both are asked for the same, which the first one's answer may change
            self.wanted = (
                [f"rec{n}" for n in recordings], [self._id(n) for n in tracklets],
            )  # fmt: skip
        return gallery.forget(*self.wanted, [self._whom(n, which) for n in people])

    def _camera(self, gallery, which, camera, days) -> None:
        gallery.set_camera(Camera(CAMERAS[camera % 3], f"zone {camera % 2}", days))

    def _expire(self, gallery, which, days) -> int:
        with_times = [entry for entry in gallery.entries() if entry.clocked]
        if len(with_times) < len(gallery.entries()):
            return -1  # these count from when they were added, by clocks of their own
        return gallery.expire(100.0 + days * 86400)

    def _renew(self, gallery, which, seed) -> None:
        ids = [entry.id for entry in gallery.entries()]
        features = torch.randn(len(ids), 3, generator=torch.Generator().manual_seed(seed))
        gallery.renew(NEW, named(features, ids, NEW))
