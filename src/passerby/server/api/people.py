"""People: who is who, where they were, and what humans said."""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Annotated

from fastapi import FastAPI, Path, Query, Request

from passerby.gallery.filter import Filter
from passerby.gallery.people import Person, Verdict
from passerby.gallery.seen import Entry
from passerby.server import cursors
from passerby.server.api.seen import Cursor, Limit
from passerby.server.present import Presenter
from passerby.server.roles import API
from passerby.server.schemas.base import Name, Page
from passerby.server.schemas.people import (
    KeptOut,
    MergeIn,
    MoveOut,
    PersonIn,
    PersonOut,
    PersonPatch,
    TimelineOut,
    TrackletsIn,
    VerdictOut,
    VerdictsIn,
)
from passerby.server.service import Service, key_of, or_else

PersonPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["b41f6f0c9ae34d52"])]
_AT_ONCE = 500


def add_people(app: FastAPI, service: Service) -> None:
    """Endpoints about people."""
    gallery = service.gallery

    @app.get(f"{API}/people", tags=["people"])
    def people(
        request: Request,
        name: Annotated[Name, Query(description="only those whose name holds this")] = "",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Page[PersonOut]:
        """All people, by id."""
        found: list[Person] = []
        for person in behind(cursors.after(cursor)):
            if name.lower() in person.name.lower():
                found.append(person)
            if len(found) > limit:
                break
        shown = found[:limit]
        service.note(request, "list people", people=[person.id for person in shown])
        return Page[PersonOut](
            items=Presenter(gallery).people(shown),
            next=cursors.cursor(shown[-1].id) if len(found) > limit else None,
        )

    @app.post(f"{API}/people", status_code=201, tags=["people"])
    def add(request: Request, sent: PersonIn) -> PersonOut:
        """Somebody new, and the tracklets that show him or her."""
        with or_else(422):
            for id in sent.tracklets:
                gallery.entry(id)
            person = gallery.add_person(sent.name, sent.consent, sent.note)
            if sent.tracklets:
                gallery.assign(sent.tracklets, person.id)
        service.note(request, "add person", people=[person.id], tracklets=sent.tracklets)
        return one(person.id)

    @app.post(f"{API}/people/split", status_code=201, tags=["people"])
    def split(request: Request, sent: TrackletsIn) -> PersonOut:
        """Tracklets of one person are somebody else, who is new."""
        with or_else(422):
            person = gallery.split_person(sent.tracklets)
        service.note(request, "split person", people=[person.id], tracklets=sent.tracklets)
        return one(person.id)

    @app.post(f"{API}/people/unassign", tags=["people"])
    def unassign(request: Request, sent: TrackletsIn) -> KeptOut:
        """Take back whom tracklets are said to show."""
        with or_else(422):
            gallery.assign(sent.tracklets, None)
        service.note(request, "unassign", tracklets=sent.tracklets)
        return KeptOut(kept=len(set(sent.tracklets)))

    @app.get(f"{API}/people/{{person}}", tags=["people"])
    def view(request: Request, person: PersonPath) -> PersonOut:
        """One person."""
        with or_else(404):
            found = one(person)
        service.note(request, "view person", people=[person])
        return found

    @app.patch(f"{API}/people/{{person}}", tags=["people"])
    def change(request: Request, person: PersonPath, sent: PersonPatch) -> PersonOut:
        """Change a name, a consent or a note. Who refuses is in no answer any more."""
        with or_else(404):
            held = gallery.person(person)
        changes = sent.model_dump(exclude_none=True)
        with or_else(422):
            gallery.change_person(replace(held, **changes))
        if sent.consent == "refused":
            service.searches.clear()
        service.note(request, "change person", people=[person], changed=sorted(changes))
        return one(person)

    @app.post(f"{API}/people/{{person}}/merge", tags=["people"])
    def merge(request: Request, person: PersonPath, sent: MergeIn) -> PersonOut:
        """Two or more people are one: the others become this one."""
        with or_else(404):
            gallery.person(person)
        service.note(request, "merge people", people=[person, *sent.others])
        with or_else(422):
            gallery.merge_people(person, sent.others)
        return one(person)

    @app.post(f"{API}/people/{{person}}/assign", tags=["people"])
    def assign(request: Request, person: PersonPath, sent: TrackletsIn) -> PersonOut:
        """Say that tracklets show a person."""
        with or_else(404):
            gallery.person(person)
        with or_else(422):
            gallery.assign(sent.tracklets, person)
        service.note(request, "assign", people=[person], tracklets=sent.tracklets)
        return one(person)

    @app.get(f"{API}/people/{{person}}/timeline", tags=["people"])
    def timeline(request: Request, person: PersonPath) -> TimelineOut:
        """Where a person was, and when, over all cameras."""
        with or_else(404):
            seen = gallery.entries(Filter(people=(person,)))
            shown = one(person)
        visits = sorted(seen, key=lambda e: (not e.clocked, e.start, e.end, e.id))
        ids = [entry.id for entry in visits]
        service.note(request, "view timeline", people=[person], tracklets=ids)
        present = Presenter(gallery)
        return TimelineOut(person=shown, visits=present.tracklets(visits), moves=moves(visits))

    @app.get(f"{API}/verdicts", tags=["people"])
    def verdicts(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Page[VerdictOut]:
        """What humans said, the last word on each pair, in the order of time."""
        held, begin = gallery.verdicts(), cursors.place(cursor)
        shown = held[begin : begin + limit]
        service.note(
            request,
            "list verdicts",
            tracklets=[verdict.tracklet for verdict in shown],
            people=sorted({verdict.person for verdict in shown}),
        )
        more = begin + limit < len(held)
        return Page[VerdictOut](
            items=[VerdictOut(**vars(verdict)) for verdict in shown],
            next=cursors.cursor(str(begin + limit)) if more else None,
        )

    @app.post(f"{API}/verdicts", status_code=201, tags=["people"])
    def judge(request: Request, sent: VerdictsIn) -> KeptOut:
        """Keep what a human said: who is confirmed is assigned, who is rejected no longer is.

        `passerby train` can learn from it."""
        by, now = key_of(request).name, time.time()
        said = [Verdict(one.tracklet, one.person, one.same, by, now) for one in sent.verdicts]
        with or_else(422):
            gallery.judge(said)
        service.note(
            request,
            "judge",
            tracklets=[verdict.tracklet for verdict in said],
            people=sorted({verdict.person for verdict in said}),
            confirmed=sum(verdict.same for verdict in said),
        )
        return KeptOut(kept=len(said))

    def one(person: str) -> PersonOut:
        return Presenter(gallery).people([gallery.person(person)])[0]

    def behind(after: str) -> Iterator[Person]:
        """People by id, read in parts."""
        while part := gallery.people(after=after, limit=_AT_ONCE):
            yield from part
            after = part[-1].id


def moves(visits: list[Entry]) -> list[MoveOut]:
    """From camera to camera, between visits by time whose time of day is known."""
    clocked = [entry for entry in visits if entry.clocked]
    return [
        MoveOut(
            start=before.camera,
            end=after.camera,
            left=before.end,
            reached=after.start,
            seconds=after.start - before.end,
        )
        for before, after in pairwise(clocked)
        if before.camera != after.camera
    ]
