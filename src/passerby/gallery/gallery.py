"""`Gallery`: the store of people seen, whatever keeps it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from passerby.core.embeddings import Embeddings
from passerby.gallery.filter import EVERYTHING, Filter
from passerby.gallery.people import Consent, Person, Verdict
from passerby.gallery.seen import Camera, Entry, Model, Recording


@dataclass(frozen=True, eq=False)
class Hit:
    """An entry that was found, and its distance to the query."""

    entry: Entry
    distance: float


@dataclass(frozen=True)
class Stats:
    """What a gallery holds.

    cameras: name -> tracklets, sorted by name
    """

    model: Model
    recordings: int
    tracklets: int
    features: int
    people: int
    cameras: dict[str, int]


class Gallery(Protocol):
    """People seen, to be searched; any number of processes may read and write at once.

    Every call is one transaction: it is done as a whole, on disk when it returns, or not at all.
    Every method raises PasserbyError when an id, a camera or a person that it is given is unknown,
    and then changes nothing.
    """

    @property
    def model(self) -> Model:
        """The model whose features are searched and added now."""
        ...

    def models(self) -> tuple[Model, ...]:
        """All models that there are features of, the oldest first."""
        ...

    def renew(self, model: Model, features: Embeddings) -> None:
        """Make `model` the one that is searched, with features of every tracklet in here.

        features: `keys` are the ids of the tracklets, one row or more each. Those of the model
        before stay until `drop_model`.
        Raises PasserbyError when a tracklet has none; the message names it.
        """
        ...

    def drop_model(self, hash: str) -> int:
        """Remove the features of a model that is no longer searched; how many rows went."""
        ...

    def cameras(self) -> tuple[Camera, ...]:
        """All cameras, by name."""
        ...

    def set_camera(self, camera: Camera) -> None:
        """Add a camera, or change what is known of it."""
        ...

    def recordings(self) -> tuple[Recording, ...]:
        """All recordings, by id."""
        ...

    def entries(
        self, where: Filter = EVERYTHING, *, after: str = "", limit: int | None = None
    ) -> tuple[Entry, ...]:
        """Entries that `where` admits, by recording and number.

        after: the id of an entry: only those behind it, so that pages follow one another
        limit: at most so many
        """
        ...

    def entry(self, tracklet: str) -> Entry:
        """One entry, by its id. Its crops are read from the store when they are looked at."""
        ...

    def features(self, tracklets: Sequence[str]) -> Embeddings:
        """The features of tracklets by the model that is searched; `keys` are the ids."""
        ...

    def add(self, recording: Recording, entries: Sequence[Entry], features: Embeddings) -> bool:
        """Add a recording with its entries; False if it is there already, and nothing changes.

        A camera that is new is added too. What was forgotten is left out for good.
        features: one row or more for each entry; `features.tracklets` is the entry's number.
        Raises PasserbyError when the features are another model's or do not fit the entries.
        """
        ...

    def search(
        self, query: Embeddings, k: int, where: Filter = EVERYTHING
    ) -> tuple[tuple[Hit, ...], ...]:
        """For every row of `query` the nearest `k` entries that `where` admits, nearest first.

        An entry is as near as its nearest feature, at its exact distance by the model's metric.
        Nobody who refused consent is found.
        Raises PasserbyError when there are no features of the query's model.
        """
        ...

    def people(self, *, after: str = "", limit: int | None = None) -> tuple[Person, ...]:
        """All people, by id; `after` and `limit` as in `entries`."""
        ...

    def person(self, person: str) -> Person:
        """One person, by id."""
        ...

    def add_person(self, name: str = "", consent: Consent = "unknown", note: str = "") -> Person:
        """Somebody new, with a random id."""
        ...

    def change_person(self, person: Person) -> None:
        """Set name, consent and note of the person with that id."""
        ...

    def assign(self, tracklets: Collection[str], person: str | None) -> None:
        """Say that tracklets show a person; None takes back what was said."""
        ...

    def assign_all(self, groups: Sequence[tuple[Collection[str], str | None]]) -> tuple[str, ...]:
        """`assign` for groups of tracklets, all of them or none; here None is somebody new.

        Returns the id of each group's person. No tracklet may be in two groups.
        """
        ...

    def merge_people(self, into: str, others: Collection[str]) -> None:
        """Two or more people are one: tracklets and verdicts of `others` become those of `into`."""
        ...

    def split_person(self, tracklets: Collection[str]) -> Person:
        """Tracklets of one person are somebody else, who is new."""
        ...

    def judge(self, verdicts: Sequence[Verdict]) -> None:
        """Keep what a human said: who is confirmed is assigned, who is rejected no longer is."""
        ...

    def verdicts(self) -> tuple[Verdict, ...]:
        """The last word on each pair of tracklet and person, in the order of time."""
        ...

    def forget(
        self,
        recordings: Collection[str] = (),
        tracklets: Collection[str] = (),
        people: Collection[str] = (),
    ) -> int:
        """Remove these and all that belongs to them: features, pictures, verdicts. For good.

        A person goes with every tracklet that is said to show him or her. What is forgotten cannot
        be added again, not even from an older backup.
        Returns how many tracklets went.
        """
        ...

    def expire(self, now: float) -> int:
        """Remove what is older than its camera keeps (`Camera.retention_days`); tracklets gone.

        now: seconds since the epoch
        """
        ...

    def maintain(self) -> bool:
        """Make searches fast again after much was added; whether there was anything to do.

        It may take minutes, in which others read and write as ever. Without it every answer is
        right, but slow.
        """
        ...

    def stats(self) -> Stats:
        """What is in here."""
        ...

    def close(self) -> None:
        """Let go of the store; nothing else may be called afterwards."""
        ...
