"""Searching: by picture, by tracklet, by person; pages of answers; refining."""

import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from starlette.concurrency import run_in_threadpool
from torch import Tensor

from passerby.gallery.filter import Filter
from passerby.server import cursors
from passerby.server.api.seen import Cursor, Limit
from passerby.server.finding import Asked, centre, find, page, refine, tracklet_features
from passerby.server.handlers import parsed
from passerby.server.openapi import picture_body, told
from passerby.server.present import Presenter
from passerby.server.problems import refusal
from passerby.server.receive import person_in, receive_picture
from passerby.server.roles import API
from passerby.server.schemas.search import (
    BoxOut,
    DetectedOut,
    FoundOut,
    HitOut,
    PersonSearch,
    PictureSearch,
    Refine,
    TrackletSearch,
)
from passerby.server.searches import Search
from passerby.server.service import Service, key_of, or_else

_OVER = "This search is over, or was never yours; search again."


def add_search(app: FastAPI, service: Service) -> None:
    """Endpoints that find people."""
    gallery = service.gallery

    @app.post(f"{API}/detect", tags=["search"], openapi_extra=picture_body(None))
    async def detect(request: Request) -> DetectedOut:
        """The people in a picture, so that one of them can be chosen to search for."""
        pixels, _ = await receive_picture(service, request)
        found = await service.sight.detect(pixels)
        await service.noted(request, "detect", found=len(found))
        boxes = [
            BoxOut(box=tuple(box), score=min(max(score, 0.0), 1.0))
            for box, score in zip(found.boxes.tolist(), found.scores.tolist(), strict=True)
        ]
        return DetectedOut(width=pixels.shape[1], height=pixels.shape[0], boxes=boxes)

    @app.post(f"{API}/search/picture", tags=["search"], openapi_extra=picture_body(PictureSearch))
    async def by_picture(request: Request) -> FoundOut:
        """Find the person in a picture. Without a box or a point, the whole picture is the person.

        The picture is not kept; what the model makes of it is kept in memory for as long as the
        search can be refined."""
        begun = time.perf_counter()
        pixels, options = await receive_picture(service, request)
        sent = parsed(PictureSearch, options, "options")
        crop, box = await person_in(service, pixels, sent)
        query = await service.sight.embed(crop)

        def ask() -> FoundOut:
            asked = Asked("picture", query, sent.filter.where(), sent.top, box=box)
            return answer(request, begun, asked, sent.limit)

        return await run_in_threadpool(ask)

    @app.post(f"{API}/search/tracklet", tags=["search"])
    def by_tracklet(request: Request, sent: TrackletSearch) -> FoundOut:
        """Find whoever a tracklet shows. The tracklet itself is no answer."""
        begun = time.perf_counter()
        with or_else(422):
            query = centred([sent.tracklet])
        left_out = frozenset([sent.tracklet])
        asked = Asked("tracklet", query, sent.filter.where(), sent.top, left_out)
        return answer(request, begun, asked, sent.limit, tracklets=[sent.tracklet])

    @app.post(f"{API}/search/person", tags=["search"], responses=told(409))
    def by_person(request: Request, sent: PersonSearch) -> FoundOut:
        """Find more tracklets of a person. Those that are his or hers already are no answer."""
        begun = time.perf_counter()
        with or_else(422):
            person = gallery.person(sent.person)
            seen = gallery.entries(Filter(people=(person.id,)))
        if person.consent == "refused":
            raise refusal(409, "this person has refused to be searched for")
        if not seen:
            raise refusal(409, "no tracklet is said to show this person yet, so none is like them")
        own = frozenset(entry.id for entry in seen)
        asked = Asked("person", centred(sorted(own)), sent.filter.where(), sent.top, own)
        return answer(request, begun, asked, sent.limit, people=[person.id])

    @app.post(f"{API}/search/refine", tags=["search"], responses=told(404, 409))
    def refined(request: Request, sent: Refine) -> FoundOut:
        """Rank again with what a human said: confirmed tracklets come first, rejected ones not at
        all, and the query moves towards the first and away from the second (Rocchio)."""
        begun = time.perf_counter()
        search = held(sent.search, request)
        if search.model != gallery.model.hash:
            raise refusal(409, "the gallery has another model since this search; search again")
        with or_else(422):
            search = refine(gallery, search, sent.confirmed, sent.rejected)
        service.searches.keep(search)
        return shown(request, begun, search, 0, sent.limit, "refine search")

    @app.get(f"{API}/search/{{search}}", tags=["search"])
    def next_page(
        request: Request,
        search: Annotated[
            str, Path(pattern=r"^[0-9a-f]{24}$", examples=["0b7e5d9c3a1f482e96d0c4b1"])
        ],
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> FoundOut:
        """A page of a search's answers. Searches are remembered for half an hour."""
        begun = time.perf_counter()
        begin = cursors.place(cursor)
        return shown(request, begun, held(search, request), begin, limit, "page of search")

    def centred(tracklets: list[str]) -> Tensor:
        return centre(tracklet_features(gallery, tracklets).features, gallery.model.metric)

    def held(id: str, request: Request) -> Search:
        search = service.searches.get(id, key_of(request).name)
        if search is None:
            raise refusal(404, _OVER)
        return search

    def answer(
        request: Request,
        begun: float,
        asked: Asked,
        limit: int,
        tracklets: Sequence[str] = (),
        people: Sequence[str] = (),
    ) -> FoundOut:
        search = find(gallery, asked, key_of(request).name)
        service.searches.keep(search)
        service.metrics.searches.labels(asked.kind).inc()
        where = asked.where
        return shown(
            request, begun, search, 0, limit, "search",
            tracklets=tracklets,
            people=sorted({*people, *where.people, *where.not_people}),
            cameras=sorted({*where.cameras, *where.not_cameras}),
        )  # fmt: skip

    def shown(
        request: Request,
        begun: float,
        search: Search,
        begin: int,
        limit: int,
        action: str,
        tracklets: Sequence[str] = (),
        people: Sequence[str] = (),
        cameras: Sequence[str] = (),
    ) -> FoundOut:
        """A page of answers, which is in the audit log before it leaves."""
        ranked = page(gallery, search, begin, limit)
        named = {*people, *(entry.person for _, _, entry in ranked if entry.person)}
        service.note(
            request,
            action,
            tracklets=[*tracklets, *(entry.id for _, _, entry in ranked)],
            people=sorted(named),
            cameras=cameras,
            kind=search.kind,
            begin=begin,
            confirmed=len(search.confirmed),
            rejected=len(search.rejected),
        )
        return found_out(service, search, begin, limit, ranked, begun)


def found_out(
    service: Service, search: Search, begin: int, limit: int, ranked: list[Any], begun: float
) -> FoundOut:
    """A page of answers."""
    present = Presenter(service.gallery)
    verdicts: Mapping[str, Any] = dict.fromkeys(search.confirmed, "confirmed")
    total, behind = len(search.hits), begin + limit
    return FoundOut(
        search=search.id,
        kind=search.kind,
        total=total,
        items=[
            HitOut(
                rank=rank,
                distance=distance,
                probability=service.probability(distance),
                verdict=verdicts.get(entry.id),
                tracklet=present.tracklet(entry),
            )
            for rank, distance, entry in ranked
        ],
        next=cursors.cursor(str(behind)) if behind < total else None,
        model=service.gallery.model.name,
        took_ms=round(1000 * (time.perf_counter() - begun), 1),
        box=search.box,
        note="" if total else _nobody(service, search),
    )


def _nobody(service: Service, search: Search) -> str:
    """Why nothing was found."""
    held = service.gallery.stats().tracklets
    if not held:
        return "the gallery is empty"
    timed = search.where.after is not None or search.where.before is not None
    left_out = "; times leave out recordings without a start time" if timed else ""
    return f"of {held} tracklets in the gallery none passes the filters{left_out}"
