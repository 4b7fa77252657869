"""Two pictures side by side, and where the model looks in them."""

import base64
from typing import Annotated

import numpy as np
from fastapi import FastAPI, Query, Request
from starlette.concurrency import run_in_threadpool

from passerby.core.distances import pairwise_distances
from passerby.core.errors import PasserbyError
from passerby.data.images import read_image
from passerby.gallery.jpeg import Jpeg
from passerby.pipelines.response_maps import feature_maps
from passerby.reports.response_map import overlaid, response_maps
from passerby.server.finding import tracklet_features
from passerby.server.handlers import parsed
from passerby.server.openapi import picture_body
from passerby.server.receive import person_in, receive_picture
from passerby.server.roles import API
from passerby.server.schemas.base import TrackletId
from passerby.server.schemas.search import ComparedOut, PictureCompare, SideOut
from passerby.server.service import Service, or_else

Place = Annotated[int, Query(ge=0, le=1000, description="which of its pictures; 0 is the best")]


def add_compare(app: FastAPI, service: Service) -> None:
    """Endpoints that compare."""
    gallery = service.gallery

    @app.get(f"{API}/compare", tags=["search"])
    def tracklets(
        request: Request,
        left: Annotated[TrackletId, Query()],
        right: Annotated[TrackletId, Query()],
        left_crop: Place = 0,
        right_crop: Place = 0,
    ) -> ComparedOut:
        """Two tracklets side by side."""
        with or_else(422):
            pictures = [pixels_of(left, left_crop), pixels_of(right, right_crop)]
            parts = [tracklet_features(gallery, [one]).features for one in (left, right)]
        distance = pairwise_distances(parts[0], parts[1], gallery.model.metric).min().item()
        service.note(request, "compare", tracklets=[left, right])
        return side_by_side(pictures, [left, right], distance)

    @app.post(f"{API}/compare", tags=["search"], openapi_extra=picture_body(PictureCompare))
    async def picture(request: Request) -> ComparedOut:
        """An uploaded picture beside a tracklet. The picture is not kept."""
        pixels, options = await receive_picture(service, request)
        sent = parsed(PictureCompare, options, "options")
        crop, _ = await person_in(service, pixels, sent)
        query = await service.sight.embed(crop)

        def compared() -> ComparedOut:
            with or_else(422):
                other = pixels_of(sent.tracklet, sent.crop)
                features = tracklet_features(gallery, [sent.tracklet]).features
            distance = pairwise_distances(query[None], features, gallery.model.metric).min().item()
            service.note(request, "compare", tracklets=[sent.tracklet])
            return side_by_side([crop, other], [None, sent.tracklet], distance)

        return await run_in_threadpool(compared)

    def pixels_of(tracklet: str, place: int) -> np.ndarray:
        crops = gallery.entry(tracklet).crops
        if place >= len(crops):
            raise PasserbyError(f"tracklet {tracklet} has {len(crops)} pictures, counted from 0")
        return read_image(crops[place])

    def side_by_side(
        pictures: list[np.ndarray], ids: list[str | None], distance: float
    ) -> ComparedOut:
        maps, note = looked_at(pictures)
        sides = [
            SideOut(
                tracklet=id,
                picture=data_url(pixels),
                response=None if maps is None else data_url(overlaid(pixels, maps[at])),
            )
            for at, (id, pixels) in enumerate(zip(ids, pictures, strict=True))
        ]
        return ComparedOut(
            left=sides[0],
            right=sides[1],
            distance=distance,
            probability=service.probability(distance),
            note=note,
        )

    def looked_at(pictures: list[np.ndarray]) -> tuple[np.ndarray | None, str]:
        """Response maps (2, h, w), or why there are none."""
        embedder = service.sight.embedder
        if embedder is None:
            return None, f"the embedder {service.sight.why['embedder']}"
        try:
            return response_maps(feature_maps(embedder, pictures, "cpu")), ""
        except PasserbyError as error:
            return None, str(error)


def data_url(pixels: np.ndarray) -> str:
    """A picture (H, W, 3) uint8 RGB as an address that holds it."""
    encoded = base64.b64encode(Jpeg.of("side", pixels).encoded).decode()
    return f"data:image/jpeg;base64,{encoded}"
