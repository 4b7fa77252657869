"""`PostgresGallery`: a gallery in PostgreSQL, whose vectors pgvector searches."""

import time
from collections.abc import Callable, Collection, Sequence

import numpy as np
from sqlalchemy import Connection

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.gallery import adding, assigning, cameras, forgetting, identities, models
from passerby.gallery.conditions import conditions, findable
from passerby.gallery.database import Database
from passerby.gallery.entries import keys_by_id, one_of, read_entries
from passerby.gallery.extents import may_hold
from passerby.gallery.features import read_features
from passerby.gallery.filter import EVERYTHING, Filter
from passerby.gallery.gallery import Hit, Stats
from passerby.gallery.nearest import search
from passerby.gallery.people import Consent, Person, Verdict
from passerby.gallery.purge import purge
from passerby.gallery.seen import Camera, Entry, Model, Recording
from passerby.gallery.segments import maintain
from passerby.gallery.stats import read_stats
from passerby.gallery.tables import tracklet as tracklets


class PostgresGallery:
    """A `Gallery` in a database. Use `open_gallery` or `create_gallery`.

    clock: gives the seconds since the epoch

    Methods without a word of their own are described in `Gallery`.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self.database = database
        self._clock = clock

    @property
    def model(self) -> Model:
        """See `Gallery.model`."""
        return self.database.read(lambda c: models.searched_model(c).model)

    def models(self) -> tuple[Model, ...]:
        """See `Gallery.models`."""
        return tuple(held.model for held in self.database.read(models.held_models))

    def renew(self, model: Model, features: Embeddings) -> None:
        """See `Gallery.renew`."""
        if features.model_hash != model.hash:
            raise PasserbyError(
                f"the features are by {features.model!r} ({features.model_hash[:12]}), not by "
                f"{model.name!r} ({model.hash[:12]}); the gallery is as it was"
            )
        self.database.write(lambda c: models.renew(c, model, features))

    def drop_model(self, hash: str) -> int:
        """See `Gallery.drop_model`."""
        return self.database.write(lambda c: models.drop_model(c, hash))

    def cameras(self) -> tuple[Camera, ...]:
        """See `Gallery.cameras`."""
        return self.database.read(cameras.all_cameras)

    def set_camera(self, camera: Camera) -> None:
        """See `Gallery.set_camera`."""
        self.database.write(lambda c: cameras.set_camera(c, camera))

    def recordings(self) -> tuple[Recording, ...]:
        """See `Gallery.recordings`."""
        return self.database.read(cameras.all_recordings)

    def entries(
        self, where: Filter = EVERYTHING, *, after: str = "", limit: int | None = None
    ) -> tuple[Entry, ...]:
        """See `Gallery.entries`."""
        return self.database.read(
            lambda c: tuple(
                read_entries(
                    c, self.database, conditions(c, where), after=after, limit=limit
                ).values()
            )
        )

    def entry(self, tracklet: str) -> Entry:
        """See `Gallery.entry`."""

        def one(connection: Connection) -> Entry:
            key = keys_by_id(connection, [tracklet])[tracklet]
            return read_entries(connection, self.database, [tracklets.c.key == key])[key]

        return self.database.read(one)

    def features(self, tracklets: Sequence[str]) -> Embeddings:
        """See `Gallery.features`."""
        return self.database.read(
            lambda c: read_features(c, models.searched_model(c).model, tracklets)
        )

    def add(self, recording: Recording, entries: Sequence[Entry], features: Embeddings) -> bool:
        """See `Gallery.add`."""
        new = adding.prepare(recording, entries, features, self._clock())
        return self.database.write(lambda c: adding.add(c, new, self.database.place))

    def search(
        self, query: Embeddings, k: int, where: Filter = EVERYTHING
    ) -> tuple[tuple[Hit, ...], ...]:
        """See `Gallery.search`."""
        queries = query.features.detach().cpu().numpy().astype(np.float32, copy=False)

        def nearest(connection: Connection) -> tuple[tuple[Hit, ...], ...]:
            held = models.held_model(connection, query.model, query.model_hash, self.database.place)
            admitted = [*conditions(connection, where), *findable(connection)]
            within = may_hold(connection, where)
            found = search(connection, held, queries, k, admitted, within)
            keys = sorted({key for row in found for key, _ in row})
            seen = read_entries(connection, self.database, [tracklets.c.key == one_of(keys)])
            return tuple(tuple(Hit(seen[key], far) for key, far in row) for row in found)

        return self.database.read(nearest)

    def people(self, *, after: str = "", limit: int | None = None) -> tuple[Person, ...]:
        """See `Gallery.people`."""
        return self.database.read(lambda c: identities.people(c, after, limit))

    def person(self, person: str) -> Person:
        """See `Gallery.person`."""
        return self.database.read(lambda c: identities.one_person(c, person))

    def add_person(self, name: str = "", consent: Consent = "unknown", note: str = "") -> Person:
        """See `Gallery.add_person`."""
        return self.database.write(lambda c: identities.add_person(c, name, consent, note))

    def change_person(self, person: Person) -> None:
        """See `Gallery.change_person`."""
        self.database.write(lambda c: identities.change_person(c, person))

    def assign(self, tracklets: Collection[str], person: str | None) -> None:
        """See `Gallery.assign`."""
        self.database.write(lambda c: assigning.assign(c, tracklets, person))

    def assign_all(self, groups: Sequence[tuple[Collection[str], str | None]]) -> tuple[str, ...]:
        """See `Gallery.assign_all`."""
        return self.database.write(lambda c: assigning.assign_all(c, groups))

    def merge_people(self, into: str, others: Collection[str]) -> None:
        """See `Gallery.merge_people`. Who refused consent under one name has under all."""
        self.database.write(lambda c: identities.merge(c, into, others))

    def split_person(self, tracklets: Collection[str]) -> Person:
        """See `Gallery.split_person`. Who is split off from who refused consent has, too."""
        return self.database.write(lambda c: identities.split(c, tracklets))

    def judge(self, verdicts: Sequence[Verdict]) -> None:
        """See `Gallery.judge`."""
        self.database.write(lambda c: identities.judge(c, verdicts))

    def verdicts(self) -> tuple[Verdict, ...]:
        """See `Gallery.verdicts`."""
        return self.database.read(identities.verdicts)

    def forget(
        self,
        recordings: Collection[str] = (),
        tracklets: Collection[str] = (),
        people: Collection[str] = (),
    ) -> int:
        """See `Gallery.forget`. What the bytes on the disk become is told in `purge`."""
        gone = self.database.write(lambda c: forgetting.forget(c, recordings, tracklets, people))
        purge(self.database)
        return gone

    def expire(self, now: float) -> int:
        """See `Gallery.expire`."""
        gone = self.database.write(lambda c: forgetting.expire(c, now))
        if gone:
            purge(self.database)
        return gone

    def maintain(self) -> bool:
        """See `Gallery.maintain`."""
        held = self.database.read(models.held_models)
        built = [maintain(self.database, one.key) for one in held]
        return any(built)

    def stats(self) -> Stats:
        """See `Gallery.stats`."""
        return self.database.read(read_stats)

    def close(self) -> None:
        """See `Gallery.close`."""
        self.database.close()

    def __enter__(self) -> "PostgresGallery":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
