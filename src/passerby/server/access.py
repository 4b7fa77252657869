"""`Access`: whose key a request carries, and whether that is enough."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from passerby.gallery.keys import Key
from passerby.server.asgi import cookies, header_value, header_values
from passerby.server.limits import Limits
from passerby.server.metrics import Metrics
from passerby.server.problems import refusal
from passerby.server.rate_limit import RateLimit
from passerby.server.roles import ROLES
from passerby.server.sessions import Sessions

_KNOWN = 1000
_UNSIGNED = (
    "This needs an access key: send it as 'Authorization: Bearer KEY', or sign in on the page."
)
_WRONG = "This key is unknown, has expired, or was revoked. Ask an admin for a new one."


class Access:
    """Who may do what.

    check:    secret -> its key; None where there is none, or it has expired or was revoked
    cookie:   name of the page's cookie; services on one machine need different ones
    """

    def __init__(
        self, check: Callable[[str], Key | None], limits: Limits, metrics: Metrics, cookie: str
    ) -> None:
        self.check, self.metrics, self.cookie = check, metrics, cookie
        self.sessions = Sessions(limits.session_seconds)
        self.by_key, self.failures = RateLimit(limits.key), RateLimit(limits.failures)
        self._known: OrderedDict[str, None] = OrderedDict()

    async def admit(self, request: Request, method: str, path: str) -> Key | None:
        """The key of whoever asks for an endpoint; None where the endpoint needs none.

        Raises HTTPException: 401 without a key that holds, 403 when its role is too small or
        another site's page sent the request, 429 when it comes too often.
        """
        needed = ROLES[method, path]
        if needed is None:
            return None
        secret, by_cookie = self.credential(request)
        if not secret:
            raise self.turned_away("no-key", 401, _UNSIGNED)
        key = await self.key_of(secret, request)
        if wait := self.by_key.take(key.name):
            raise self.turned_away("rate", 429, "Too many requests with this key.", wait)
        if not key.may(needed):
            words = f"This needs the role {needed!r}; the key {key.name!r} has {key.role!r}."
            raise self.turned_away("role", 403, words)
        if by_cookie and method not in ("GET", "HEAD"):
            self.require_own_page(request, strictly=True)
        return key

    def credential(self, request: Request) -> tuple[str, bool]:
        """The secret that a request carries, "" for none, and whether the page's cookie does."""
        given = header_values(request.scope, b"authorization")
        if given:
            kind, _, secret = given[0].partition(" ")
            alone = len(given) == 1 and kind.lower() == "bearer"
            return (secret.strip() if alone else "", False)
        for token in cookies(request.scope, self.cookie):
            if secret := self.sessions.secret(token):
                return secret, True
        return "", False

    async def key_of(self, secret: str, request: Request) -> Key:
        """The key of a secret.

        Whoever has sent wrong ones waits before the next is looked at. Those who share an address
        with such a person are let in by keys that were right before.

        Raises HTTPException 401 or 429.
        """
        digest, address = _digest(secret), address_of(request)
        if digest not in self._known and (wait := self.failures.wait(address)):
            raise self.turned_away("wrong-keys", 429, "Too many wrong keys from here.", wait)
        key = await run_in_threadpool(self.check, secret)
        if key is None:
            self._known.pop(digest, None)
            self.failures.take(address)
            raise self.turned_away("wrong-key", 401, _WRONG)
        self._known[digest] = None
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return key

    def require_own_page(self, request: Request, *, strictly: bool) -> None:
        """Raise HTTPException 403 when another site's page sent this.

        strictly: also when the browser does not say which page did
        """
        origins = header_values(request.scope, b"origin")
        host = header_value(request.scope, b"host").lower()
        own = [urlsplit(origin).netloc.lower() == host for origin in origins]
        if not all(own) or (strictly and not own):
            raise self.turned_away("origin", 403, "Another site's page sent this.")

    def turned_away(
        self, reason: str, status: int, words: str, retry: float | None = None
    ) -> Exception:
        """The refusal, counted."""
        self.metrics.refused.labels(reason).inc()
        error = refusal(status, words, retry)
        if status == 401:
            error.headers = {"WWW-Authenticate": "Bearer"}
        return error


class GuardedRoute(APIRoute):
    """A route that asks `Access` before anything of the request's body is read.

    Raises ValueError, when the app is made, for an endpoint that is not in the table of roles.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        super().__init__(path, endpoint, **settings)
        missing = [method for method in self.methods or () if (method, path) not in ROLES]
        if missing:
            raise ValueError(f"{missing} {path} stands in no line of server/roles.py")

    def get_route_handler(self) -> Callable[[Request], Any]:
        """What answers a request."""
        answer, path = super().get_route_handler(), self.path

        async def guarded(request: Request) -> Response:
            access: Access = request.app.state.service.access
            request.state.key = await access.admit(request, request.method, path)
            return await answer(request)

        return guarded


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else "unknown"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
