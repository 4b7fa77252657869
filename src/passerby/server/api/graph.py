"""The camera graph: how people go from camera to camera, and how long they take."""

from fastapi import FastAPI, Request

from passerby.pipelines.identity_times import gallery_graph
from passerby.ranking.camera_graph import QUANTILES
from passerby.server.roles import API
from passerby.server.schemas.people import CameraGraphOut, CameraNode, PassageOut
from passerby.server.service import Service


def add_graph(app: FastAPI, service: Service) -> None:
    """The endpoint of the camera graph."""
    gallery = service.gallery

    @app.get(f"{API}/camera-graph", tags=["people"])
    def camera_graph(request: Request, confirmed: bool = False) -> CameraGraphOut:
        """Cameras, and the ways that known people took between them, with their times; with
        `confirmed`, only what a human has confirmed counts."""
        counts = gallery.stats().cameras
        passages = gallery_graph(gallery, confirmed)
        service.note(request, "view camera graph", cameras=sorted(counts))
        return CameraGraphOut(
            cameras=[
                CameraNode(name=one.name, zone=one.zone, tracklets=counts.get(one.name, 0))
                for one in gallery.cameras()
            ],
            passages=[
                PassageOut(
                    start=passage.start,
                    end=passage.end,
                    count=passage.count,
                    seconds={
                        f"p{round(100 * share)}": seconds
                        for share, seconds in zip(QUANTILES, passage.seconds, strict=True)
                    },
                )
                for passage in passages
            ],
        )
