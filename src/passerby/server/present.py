"""What is in the gallery, as answers show it."""

from collections.abc import Iterable, Mapping, Sequence

from passerby.core.errors import PasserbyError
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.gallery.people import Person
from passerby.gallery.seen import Entry
from passerby.server.roles import API
from passerby.server.schemas.people import PersonOut
from passerby.server.schemas.seen import CropOut, TrackletOut


class Presenter:
    """Entries and people for one answer; zones and names are looked up once."""

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery
        self.zones = {camera.name: camera.zone for camera in gallery.cameras()}
        self._people: dict[str, Person | None] = {}

    def tracklet(self, entry: Entry) -> TrackletOut:
        """An entry."""
        person = self._person(entry.person)
        return TrackletOut(
            id=entry.id,
            recording=entry.recording,
            number=entry.number,
            camera=entry.camera,
            zone=self.zones.get(entry.camera, ""),
            start=entry.start,
            end=entry.end,
            clocked=entry.clocked,
            when=entry.when,
            person=entry.person or None,
            person_name=person.name if person else "",
            crops=[_crop(entry, place) for place in range(len(entry.crops))],
        )

    def tracklets(self, entries: Iterable[Entry]) -> list[TrackletOut]:
        """Entries, in their order."""
        return [self.tracklet(entry) for entry in entries]

    def people(self, people: Sequence[Person]) -> list[PersonOut]:
        """People with what they were seen in, looked up at once."""
        if not people:
            return []
        seen: dict[str, list[Entry]] = {person.id: [] for person in people}
        for entry in self.gallery.entries(Filter(people=tuple(seen))):
            seen[entry.person].append(entry)
        return [person_out(person, seen) for person in people]

    def _person(self, id: str) -> Person | None:
        if not id:
            return None
        if id not in self._people:
            try:
                self._people[id] = self.gallery.person(id)
            except PasserbyError:  # forgotten in the meantime
                self._people[id] = None
        return self._people[id]


def crop_url(tracklet: str, place: int) -> str:
    """Where a picture of a tracklet is.

    >>> crop_url("3f2a/4", 0)
    '/api/v1/tracklets/3f2a/4/crops/0'
    """
    return f"{API}/tracklets/{tracklet}/crops/{place}"


def person_out(person: Person, seen: Mapping[str, Sequence[Entry]]) -> PersonOut:
    """A person; `seen` holds the entries of each by their id."""
    entries = seen[person.id]
    pictured = next((entry for entry in entries if entry.crops), None)
    return PersonOut(
        id=person.id,
        name=person.name,
        consent=person.consent,
        note=person.note,
        tracklets=len(entries),
        cameras=sorted({entry.camera for entry in entries}),
        cover=crop_url(pictured.id, 0) if pictured else None,
    )


def _crop(entry: Entry, place: int) -> CropOut:
    sighting = entry.sightings[place] if place < len(entry.sightings) else None
    return CropOut(
        url=crop_url(entry.id, place),
        frame=sighting.frame if sighting else None,
        box=sighting.box if sighting else None,
    )
