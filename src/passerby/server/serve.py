"""Serving an app to the people who have its address."""

import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.server.extras import require

SHORTEST_KEY = 16
EVERYWHERE = ("", "0.0.0.0", "::")
"""Hosts that stand for every address of this machine."""


def access_key(key_file: Path | None = None) -> str:
    """A new random key; with a file the key in it, which is made if there is none.

    Raises PasserbyError when the file holds something that is no key.
    """
    if key_file is None:
        return secrets.token_urlsafe(24)
    if not key_file.exists():
        key = secrets.token_urlsafe(24)
        write_atomically(key_file, lambda to: (to.touch(0o600), to.write_text(f"{key}\n")))
        return key
    try:
        key = key_file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise PasserbyError(f"the key file {key_file} cannot be read ({error})") from error
    if len(key) < SHORTEST_KEY or not all(c.isascii() and (c.isalnum() or c in "-_") for c in key):
        raise PasserbyError(
            f"{key_file} holds no key: {SHORTEST_KEY} or more letters, digits, - and _ on one "
            "line; name a file that is not there yet, and one is made"
        )
    return key


def listen(host: str, port: int, *, anywhere: bool = False) -> socket.socket:
    """A socket that accepts connections at an address; port 0 takes any free one.

    anywhere: let `host` stand for every address of this machine, as 0.0.0.0 does
    Raises PasserbyError when that is not this machine's address, or the port is in use.
    """
    if host in EVERYWHERE and not anywhere:
        raise PasserbyError(
            "every address of this machine would be served; name the one that people will open, "
            "such as --host 192.168.1.20"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen()
    except (OSError, OverflowError) as error:
        sock.close()
        raise PasserbyError(
            f"nothing can be served at {host}, port {port}: {error}; choose another --port, or "
            "another --host"
        ) from error
    return sock


def serve(app: Callable[..., Any], sock: socket.socket) -> None:
    """Serve an ASGI app until it is interrupted. Nothing of a request is logged: addresses hold
    the key."""
    uvicorn = require("uvicorn")
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[sock])
