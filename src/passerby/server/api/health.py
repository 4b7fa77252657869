"""Whether the service lives, whether it can work, and how much it does."""

import json

from fastapi import FastAPI, Response
from sqlalchemy.exc import SQLAlchemyError

from passerby.core.errors import PasserbyError
from passerby.server.roles import API
from passerby.server.schemas.work import LiveOut, ReadyOut
from passerby.server.service import Service


def add_health(app: FastAPI, service: Service) -> None:
    """Endpoints for those who watch over the service."""

    @app.get("/health/live", tags=["service"])
    async def live() -> LiveOut:
        """The process answers."""
        return LiveOut()

    @app.get("/health/ready", tags=["service"], responses={503: {"model": ReadyOut}})
    def ready(response: Response) -> ReadyOut:
        """Whether the database answers and the model is loaded; 503 while not."""
        checks = {"database": _database(service), "model": _model(service)}
        if service.stopping():
            checks["service"] = "stopping"
        fine = set(checks.values()) == {"ok"}
        if not fine:
            response.status_code = 503
            response.headers["Retry-After"] = "5"
        return ReadyOut(ready=fine, checks=checks)

    @app.get(
        "/metrics",
        tags=["service"],
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}, "description": "Prometheus' text format"}},
    )
    def metrics() -> Response:
        """Counters for Prometheus; nothing in them is about anybody."""
        return Response(service.metrics.text(), media_type="text/plain; version=0.0.4")

    @app.get(
        f"{API}/openapi.json",
        tags=["service"],
        response_class=Response,
        responses={200: {"content": {"application/json": {}}, "description": "OpenAPI 3.1"}},
    )
    def openapi() -> Response:
        """This interface, described."""
        return Response(json.dumps(app.openapi()), media_type="application/json")


def _database(service: Service) -> str:
    try:
        service.gallery.models()
    except (PasserbyError, SQLAlchemyError):
        return "unreachable"
    return "ok"


def _model(service: Service) -> str:
    why = service.sight.why["embedder"]
    return "ok" if not why else "loading" if why.startswith("is being") else "failed"
