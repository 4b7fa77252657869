"""What only admins may: forget, retention, keys, and the audit log."""

import time
from typing import Annotated

from fastapi import FastAPI, Path, Query, Request

from passerby.core.errors import PasserbyError
from passerby.gallery.keys import Key
from passerby.pipelines.forget import Wanted, find
from passerby.server import cursors
from passerby.server.api.people import PersonPath
from passerby.server.api.seen import Cursor, Limit, NumberPath, RecordingPath
from passerby.server.chores import obey_retention
from passerby.server.forgetting import forget
from passerby.server.openapi import told
from passerby.server.problems import refusal
from passerby.server.roles import API
from passerby.server.schemas.base import Given, Page
from passerby.server.schemas.people import ProofOut
from passerby.server.schemas.work import (
    KeyIn,
    KeyOut,
    KeysOut,
    NewKeyOut,
    RecordOut,
    RemovedOut,
    SubjectOut,
)
from passerby.server.service import Service, key_of, or_else

Rewrite = Annotated[
    bool,
    Query(
        description="also rewrite the database's files without the bytes, and look for them; "
        "the gallery stands still meanwhile, for minutes where it is large"
    ),
]


def add_admin(app: FastAPI, service: Service) -> None:
    """Endpoints of admins."""
    gallery, keys = service.gallery, service.keys

    @app.delete(f"{API}/people/{{person}}", tags=["admin"], responses=told(409))
    def forget_person(request: Request, person: PersonPath, rewrite: Rewrite = True) -> ProofOut:
        """Forget a person, for good: every tracklet that is said to show him or her, their
        vectors, pictures and verdicts. The answer counts what is left."""
        return forgotten(request, Wanted(people=(person,)), rewrite)

    @app.delete(f"{API}/tracklets/{{recording}}/{{number}}", tags=["admin"], responses=told(409))
    def forget_tracklet(
        request: Request, recording: RecordingPath, number: NumberPath, rewrite: Rewrite = True
    ) -> ProofOut:
        """Forget a tracklet, for good."""
        return forgotten(request, Wanted(tracklets=(f"{recording}/{number}",)), rewrite)

    @app.delete(f"{API}/recordings/{{recording}}", tags=["admin"], responses=told(409))
    def forget_recording(
        request: Request, recording: RecordingPath, rewrite: Rewrite = True
    ) -> ProofOut:
        """Forget a recording with all its tracklets, for good."""
        return forgotten(request, Wanted(recordings=(recording,)), rewrite)

    def forgotten(request: Request, wanted: Wanted, rewrite: bool) -> ProofOut:
        with or_else(404):
            find(gallery, [*wanted.people, *wanted.tracklets, *wanted.recordings])
        with or_else(409):
            return forget(service, wanted, key_of(request).name, rewrite)

    @app.post(f"{API}/retention", tags=["admin"])
    def retention(request: Request) -> RemovedOut:
        """Remove now what is older than its camera keeps; the service does so daily by itself."""
        return RemovedOut(removed=obey_retention(service, key_of(request).name))

    @app.get(f"{API}/audit", tags=["admin"])
    def audit(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Page[RecordOut]:
        """Who looked at whom and who changed what, the newest first. Reading it is in it too."""
        before = cursors.place(cursor) or None
        service.note(request, "read audit log", limit=limit)
        found = service.audit.read(limit=limit + 1, before=before, newest_first=True)
        return Page[RecordOut](
            items=[
                RecordOut(
                    number=record.id,
                    time=record.time,
                    actor=record.actor,
                    action=record.action,
                    subjects=[
                        SubjectOut(kind=one.kind, alias=one.alias, id=one.id)
                        for one in record.subjects
                    ],
                    detail=record.detail,
                )
                for record in found[:limit]
            ],
            next=cursors.cursor(str(found[limit - 1].id)) if len(found) > limit else None,
        )

    @app.get(f"{API}/keys", tags=["admin"])
    def all_keys() -> KeysOut:
        """All keys, also those that no longer hold; never a secret."""
        return KeysOut(items=[_key(key) for key in keys.all()])

    @app.post(f"{API}/keys", status_code=201, tags=["admin"], responses=told(409))
    def make_key(request: Request, sent: KeyIn) -> NewKeyOut:
        """Make a key. Its secret is in this answer and nowhere else."""
        if any(key.name == sent.name for key in keys.all()):
            raise refusal(409, "there is, or was, a key of this name; choose another one")
        key, secret = keys.make(sent.name, sent.role, sent.days)
        service.note(request, "make key", role=sent.role)
        return NewKeyOut(key=_key(key), secret=secret)

    @app.delete(f"{API}/keys/{{name}}", status_code=204, tags=["admin"], responses=told(409))
    def revoke_key(request: Request, name: Annotated[Given, Path(examples=["reception"])]) -> None:
        """Revoke a key, from its next use on; not the last admin's: who would make another?"""
        now = time.time()
        held = [key for key in keys.all() if key.holds(now)]
        admins = [key.name for key in held if key.role == "admin"]
        if admins == [name]:
            raise refusal(409, "this is the last admin's key; make another one first")
        if name not in {key.name for key in held}:
            raise refusal(404, "there is no such key that holds")
        try:
            keys.revoke(name)
        except PasserbyError as error:  # somebody else was faster
            raise refusal(409, str(error)) from error
        service.note(request, "revoke key", own=name == key_of(request).name)


def _key(key: Key) -> KeyOut:
    return KeyOut(**vars(key))
