"""`Watch`: every request gets an id, a line in the log and a place in the metrics."""

import logging
import re
import secrets
import time

from passerby.server.asgi import App, Message, Receive, Scope, Send, header_value
from passerby.server.metrics import Metrics
from passerby.server.problems import problem

log = logging.getLogger(__name__)

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Watch:
    """ASGI middleware, the outermost: it also turns our own defects into a plain answer.

    An X-Request-ID that a client sends is kept if it is plain, and is in the answer. The log holds
    the route's template in place of the address, which may name a person, and no key.
    """

    def __init__(self, app: App, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0
        given = header_value(scope, b"x-request-id")
        id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = id

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            log.exception("a defect", extra={"about": {"request": id, "route": _route(scope)}})
            if not status:
                words = f"Something went wrong here. The log tells more under the id {id}"
                await problem(500, words, id)(scope, receive, watched)
            else:
                raise  # the answer is half way: only a broken connection says that it is not whole
        finally:
            self._note(scope, id, status, time.perf_counter() - begun)

    def _note(self, scope: Scope, id: str, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _route(scope)
        self.metrics.requests.labels(method, route, str(status)).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        key = scope["state"].get("key")
        about = {
            "request": id,
            "method": method,
            "route": route,
            "status": status,
            "ms": round(1000 * seconds, 1),
            "role": key.role if key else None,
        }
        log.info("request", extra={"about": about})


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "none")
