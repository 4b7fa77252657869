"""What an ASGI request says of itself."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names by which a browser on this machine calls it."""


def header_values(scope: Scope, name: bytes) -> list[str]:
    """Every value of a header; `name` in lower case.

    >>> header_values({"headers": [(b"host", b"a"), (b"accept", b"*/*")]}, b"host")
    ['a']
    """
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def header_value(scope: Scope, name: bytes) -> str:
    """The one value of a header; "" where there is none, or more than one."""
    values = header_values(scope, name)
    return values[0] if len(values) == 1 else ""


def without_port(host: str) -> str:
    """A Host header's name: what stands before the port.

    >>> without_port("Localhost:8765"), without_port("[::1]:80"), without_port("[::1]")
    ('localhost', '[::1]', '[::1]')
    """
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()


def cookies(scope: Scope, name: str) -> list[str]:
    """Values of a cookie. Cut by hand: a stranger's odd cookie must not hide ours.

    >>> cookies({"headers": [(b"cookie", b'odd="; mine=1')]}, "mine")
    ['1']
    """
    parts = [part for header in header_values(scope, b"cookie") for part in header.split(";")]
    pairs = [part.strip().partition("=") for part in parts]
    return [value for key, _, value in pairs if key == name]
