"""`Guard`: nobody gets in without the key, and no other page can speak for who has it."""

import secrets
from collections.abc import Collection
from urllib.parse import parse_qs, urlsplit

from passerby.server.asgi import (
    LOOPBACK,
    App,
    Message,
    Receive,
    Scope,
    Send,
    cookies,
    header_values,
    without_port,
)

COOKIE_AGE = 30 * 24 * 3600

_HEADERS = (
    (b"cache-control", b"no-store"),
    (
        b"content-security-policy",
        b"default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)


class Guard:
    """ASGI middleware that lets through what carries the key, comes from here and is asked here.

    The key is in the address (`?key=...`) the first time, and from then on in a cookie that
    scripts and other sites cannot use. A request is refused with status 403 and a sentence when

    - its Host is none of `hosts`: a foreign name that was made to point here (DNS rebinding),
    - it has no key, or a wrong one,
    - it would change something, and another site's page sent it.

    Answers are never stored by the browser, and their pages load nothing from elsewhere.

    app:    what is guarded
    key:    the access key
    cookie: name of the cookie; studies on one machine need different ones
    hosts:  names of this machine, lower case, without a port; IPv6 addresses in brackets
    """

    def __init__(self, app: App, key: str, cookie: str, hosts: Collection[str] = LOOPBACK) -> None:
        self.app, self.key, self.cookie, self.hosts = app, key, cookie, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        by_address = self._is_key(_in_address(scope))
        refusal = self._refusal(scope, by_address)
        extra = list(_HEADERS)
        if by_address and not refusal:
            cookie = (
                f"{self.cookie}={self.key}; Max-Age={COOKIE_AGE}; Path=/; HttpOnly; SameSite=Strict"
            )
            extra.append((b"set-cookie", cookie.encode()))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        if refusal:
            await _plain(guarded, refusal)
        else:
            await self.app(scope, receive, guarded)

    def _refusal(self, scope: Scope, by_address: bool) -> str:
        """Why this request is refused, in words; "" if it is not."""
        hosts = header_values(scope, b"host")
        if len(hosts) != 1 or without_port(hosts[0]) not in self.hosts:
            return (
                "This page is served under another address. Open the address that was printed "
                "when it was started."
            )
        if not by_address and not any(map(self._is_key, cookies(scope, self.cookie))):
            return (
                "This page needs its key. Open the whole address that you were given, with the "
                "key at its end. If the page was started again since, ask for the new address."
            )
        if scope["method"] not in ("GET", "HEAD"):
            origins = header_values(scope, b"origin")
            if any(urlsplit(origin).netloc.lower() != hosts[0].lower() for origin in origins):
                return "Another site's page sent this. Nothing was changed."
        return ""

    def _is_key(self, given: str) -> bool:
        # compare_digest takes as long for a good guess as for a bad one; str must be ASCII for it
        return secrets.compare_digest(given.encode(), self.key.encode())


def _in_address(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    try:
        return parse_qs(query, max_num_fields=8).get("key", [""])[0]
    except ValueError:
        return ""


async def _plain(send: Send, text: str) -> None:
    body = f"{text}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
