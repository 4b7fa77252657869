"""The service as one ASGI app."""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any

from fastapi import FastAPI

import passerby
from passerby.server.access import GuardedRoute
from passerby.server.api.admin import add_admin
from passerby.server.api.compare import add_compare
from passerby.server.api.graph import add_graph
from passerby.server.api.health import add_health
from passerby.server.api.jobs import add_jobs
from passerby.server.api.people import add_people
from passerby.server.api.search import add_search
from passerby.server.api.seen import add_seen
from passerby.server.api.session import add_session
from passerby.server.api.suggestions import add_suggestions
from passerby.server.api.web import add_web
from passerby.server.chores import keep_in_order
from passerby.server.handlers import add_handlers
from passerby.server.openapi import describe
from passerby.server.service import Service
from passerby.server.shield import Shield
from passerby.server.watch import Watch


def service_app(
    service: Service, background: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()
) -> FastAPI:
    """The interface and the page of a gallery.

    background: what else runs for as long as it does

    Models are loaded, and retention is obeyed, while it runs; its server must therefore tell it
    when it starts and ends (ASGI lifespan).
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.sight.start()
        chores = [asyncio.create_task(keep_in_order(service))]
        chores += [asyncio.create_task(work()) for work in background]
        try:
            yield
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            await asyncio.to_thread(service.sight.close)

    # Newer versions of FastAPI trace requests, addresses with ids of people included, into whatever
    # OpenTelemetry finds in the environment.
    quiet: dict[str, Any] = {}
    if "telemetry" in inspect.signature(FastAPI.__init__).parameters:
        off = ("tracing", "metrics", "logs", "operation_spans", "auto_configure")
        quiet = {"telemetry": dict.fromkeys(off, False)}
    app = FastAPI(
        version=passerby.__version__,
        docs_url=None,  # what they show comes from elsewhere
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        **quiet,
    )
    app.state.service = service
    app.router.route_class = GuardedRoute
    app.openapi = describe(app)  # pyright: ignore[reportAttributeAccessIssue]
    for add in (
        add_session, add_search, add_compare, add_seen, add_suggestions, add_people, add_graph,
        add_jobs, add_admin, add_health,
    ):  # fmt: skip
        add(app, service)
    add_web(app)
    add_handlers(app)
    # The last that is added is the first that is asked.
    app.add_middleware(Shield, hosts=service.hosts, limits=service.limits, metrics=service.metrics)
    app.add_middleware(Watch, metrics=service.metrics)
    return app
