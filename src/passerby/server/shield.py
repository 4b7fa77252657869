"""`Shield`: what every request must pass before the app sees it, and what every answer carries."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection

from passerby.server.asgi import (
    App,
    Message,
    Receive,
    Scope,
    Send,
    header_value,
    header_values,
    without_port,
)
from passerby.server.limits import Limits
from passerby.server.metrics import Metrics
from passerby.server.problems import problem, refusal
from passerby.server.rate_limit import RateLimit

_FIELDS = 1 << 16  # bytes of a multipart body beside its picture

_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": (
        b"default-src 'none'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; "
        b"connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
        b"base-uri 'none'; frame-ancestors 'none'"
    ),
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
_TLS = (b"strict-transport-security", b"max-age=31536000")


class Shield:
    """ASGI middleware: names, rates, sizes and times of requests; security headers of answers.

    A request is refused, in words, when its Host is none of `hosts` (403: a foreign name that was
    made to point here), when too many come from its address (429), when its body is larger than
    anything that the service takes (413, while it is read) or takes too long to come (408).

    hosts: names of this machine, lower case, without a port; IPv6 addresses in brackets
    """

    def __init__(self, app: App, hosts: Collection[str], limits: Limits, metrics: Metrics) -> None:
        self.app, self.hosts, self.limits, self.metrics = app, frozenset(hosts), limits, metrics
        self.by_address = RateLimit(limits.address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", ())
                held = {name.lower() for name, _ in given}
                added = [(name, value) for name, value in _HEADERS.items() if name not in held]
                if scope.get("scheme") == "https":
                    added.append(_TLS)
                message["headers"] = [*given, *added]
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, shielded)
        else:
            await self.app(scope, self._measured(scope, receive), shielded)

    def _refusal(self, scope: Scope) -> Callable[..., Awaitable[None]] | None:
        hosts, request = header_values(scope, b"host"), scope["state"].get("request_id", "")
        if len(hosts) != 1 or without_port(hosts[0]) not in self.hosts:
            self.metrics.refused.labels("host").inc()
            words = (
                "This service is not served under that name. Open the address that was printed "
                "when it was started, or start it with --allowed-host NAME"
            )
            return problem(403, words, request)
        client = scope.get("client")
        if wait := self.by_address.take(client[0] if client else "unknown"):
            self.metrics.refused.labels("rate").inc()
            error = refusal(429, "Too many requests from this address", wait)
            return problem(429, error.detail, request, headers=error.headers)
        said = header_value(scope, b"content-length")
        if said.isdigit() and int(said[:20]) > self._most(scope):
            return problem(413, self._too_large(scope), request, headers={"Connection": "close"})
        return None

    def _measured(self, scope: Scope, receive: Receive) -> Receive:
        """`receive`, which raises HTTPException when a body is too large, or takes too long."""
        most, until = self._most(scope), time.monotonic() + self.limits.body_seconds
        taken, whole = 0, False

        async def measured() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    message = await receive()
            except TimeoutError:
                whole = True
                raise refusal(408, "The request took too long to arrive") from None
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if taken > most:
                    raise refusal(413, self._too_large(scope))
            return message

        return measured

    def _most(self, scope: Scope) -> int:
        multipart = header_value(scope, b"content-type").lower().startswith("multipart/")
        return self.limits.upload_bytes + _FIELDS if multipart else self.limits.json_bytes

    def _too_large(self, scope: Scope) -> str:
        return f"The request is larger than the {self._most(scope) >> 10:,} KiB that are taken"
