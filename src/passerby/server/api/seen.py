"""What the gallery holds: cameras, recordings, tracklets and their pictures."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import FastAPI, Path, Query, Request, Response

from passerby.core.errors import PasserbyError
from passerby.gallery.filter import Filter
from passerby.gallery.jpeg import jpeg_bytes
from passerby.gallery.seen import Camera, Recording
from passerby.server import cursors
from passerby.server.present import Presenter
from passerby.server.roles import API
from passerby.server.schemas.base import MOST_ON_A_PAGE, Given, Page
from passerby.server.schemas.filters import TrackletList
from passerby.server.schemas.seen import (
    CameraIn,
    CameraOut,
    CamerasOut,
    ModelOut,
    RecordingHeldOut,
    RecordingOut,
    StatsOut,
    TrackletOut,
)
from passerby.server.service import Service, or_else

RecordingPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["3f2a9c0d11e8b7aa"])
]
NumberPath = Annotated[int, Path(ge=0, lt=10**9, examples=[4])]
Limit = Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE, description="how many on a page")]
Cursor = Annotated[
    str | None, Query(max_length=600, description="`next` of the page before", examples=[None])
]


def add_seen(app: FastAPI, service: Service) -> None:
    """Endpoints to look at what was seen."""
    gallery = service.gallery

    @app.get(f"{API}/stats", tags=["gallery"])
    def stats() -> StatsOut:
        """How much the gallery holds, and the model whose features are searched."""
        held = gallery.stats()
        model = ModelOut(name=held.model.name, hash=held.model.hash, metric=held.model.metric)
        return StatsOut(**{**asdict(held), "model": model})

    @app.get(f"{API}/cameras", tags=["gallery"])
    def cameras() -> CamerasOut:
        """All cameras."""
        counts = gallery.stats().cameras
        return CamerasOut(items=[_camera(one, counts) for one in gallery.cameras()])

    @app.put(f"{API}/cameras/{{name:path}}", tags=["gallery"])
    def set_camera(
        request: Request, name: Annotated[Given, Path(examples=["yard"])], sent: CameraIn
    ) -> CameraOut:
        """Add a camera, or say what holds for it: its zone, and after how many days what it saw
        is removed."""
        camera = Camera(name, sent.zone, sent.retention_days)
        with or_else(422):
            gallery.set_camera(camera)
        service.note(request, "set camera", cameras=[name], retention_days=sent.retention_days)
        return _camera(camera, gallery.stats().cameras)

    @app.get(f"{API}/recordings", tags=["gallery"])
    def recordings(limit: Limit = 50, cursor: Cursor = None) -> Page[RecordingOut]:
        """The videos that were taken in, by id."""
        after = cursors.after(cursor)
        rest = [one for one in gallery.recordings() if one.id > after]
        last = rest[limit - 1].id if len(rest) > limit else None
        return Page[RecordingOut](
            items=[_recording(one) for one in rest[:limit]],
            next=cursors.cursor(last) if last else None,
        )

    @app.get(f"{API}/recordings/{{recording}}", tags=["gallery"])
    def recording(request: Request, recording: RecordingPath) -> RecordingHeldOut:
        """A recording, and how many tracklets and people are held of it: all tracklets go when it
        is forgotten."""
        with or_else(404):
            held = gallery.entries(Filter(recordings=(recording,)))
            one = next(film for film in gallery.recordings() if film.id == recording)
        people = tuple(sorted({entry.person for entry in held} - {""}))
        seen = gallery.entries(Filter(people=people)) if people else ()
        elsewhere = {entry.person for entry in seen if entry.recording != recording}
        service.note(request, "view recording", recordings=[recording], people=people)
        return RecordingHeldOut(
            **_recording(one).model_dump(),
            tracklets=len(held),
            people=len(people),
            nowhere_else=len(set(people) - elsewhere),
        )

    @app.get(f"{API}/tracklets", tags=["gallery"])
    def tracklets(
        request: Request,
        asked: Annotated[TrackletList, Query()],
    ) -> Page[TrackletOut]:
        """Tracklets that pass all conditions, by recording and number."""
        behind = cursors.after(asked.cursor)
        if behind:
            cursors.require_tracklet(behind)
        where, limit = asked.where(), asked.limit
        found = gallery.entries(where, after=behind, limit=limit + 1)
        shown = found[:limit]
        named = {*where.people, *where.not_people, *(e.person for e in shown if e.person)}
        service.note(
            request,
            "list tracklets",
            tracklets=[entry.id for entry in shown],
            people=sorted(named),
            cameras=sorted({*where.cameras, *where.not_cameras}),
        )
        return Page[TrackletOut](
            items=Presenter(gallery).tracklets(shown),
            next=cursors.cursor(shown[-1].id) if len(found) > limit else None,
        )

    @app.get(f"{API}/tracklets/{{recording}}/{{number}}", tags=["gallery"])
    def tracklet(request: Request, recording: RecordingPath, number: NumberPath) -> TrackletOut:
        """One tracklet."""
        with or_else(404):
            entry = gallery.entry(f"{recording}/{number}")
        people = [entry.person] if entry.person else []
        service.note(request, "view tracklet", tracklets=[entry.id], people=people)
        return Presenter(gallery).tracklet(entry)

    @app.get(
        f"{API}/tracklets/{{recording}}/{{number}}/crops/{{place}}",
        tags=["gallery"],
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}}, "description": "A JPEG"}},
    )
    def crop(
        request: Request,
        recording: RecordingPath,
        number: NumberPath,
        place: Annotated[int, Path(ge=0, le=1000, examples=[0])],
    ) -> Response:
        """One of a tracklet's pictures; 0 is the best."""
        with or_else(404):
            entry = gallery.entry(f"{recording}/{number}")
            if place >= len(entry.crops):
                raise PasserbyError(f"tracklet {entry.id} has {len(entry.crops)} pictures")
            picture = jpeg_bytes(entry.crops[place])
        service.note(request, "view crop", tracklets=[entry.id], crop=place)
        return Response(picture, media_type="image/jpeg")


def _camera(camera: Camera, counts: dict[str, int]) -> CameraOut:
    return CameraOut(
        name=camera.name,
        zone=camera.zone,
        retention_days=camera.retention_days,
        tracklets=counts.get(camera.name, 0),
    )


def _recording(one: Recording) -> RecordingOut:
    return RecordingOut(
        id=one.id,
        camera=one.camera,
        source=one.source,
        start=None if one.start is None else datetime.fromtimestamp(one.start, UTC),
        duration=one.duration,
        frames=one.frames,
        lost=one.lost,
    )
