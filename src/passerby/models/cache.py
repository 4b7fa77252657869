"""Where model files are kept on this machine, and whether more may be fetched."""

import os
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def models_folder() -> Path:
    """The folder of model files: PASSERBY_MODELS, or ~/.cache/passerby/models."""
    named = os.environ.get("PASSERBY_MODELS")
    return Path(named).expanduser() if named else Path.home() / ".cache" / "passerby" / "models"


def is_offline() -> bool:
    """Whether PASSERBY_OFFLINE forbids the network: set, and neither 0 nor empty."""
    return os.environ.get("PASSERBY_OFFLINE", "0") not in ("", "0")


@contextmanager
def hub_offline() -> Iterator[None]:
    """Keep the Hugging Face hub's client to its cache where the hub is forbidden or out of reach.

    Left to itself, the client tries for most of a minute before it sees that there is no network.
    """
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = before or is_offline() or not _is_found(constants.ENDPOINT)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _is_found(url: str) -> bool:
    """Whether the name of the server has an address here; a proxy is trusted to find it."""
    if urllib.request.getproxies():
        return True
    try:
        socket.getaddrinfo(urllib.parse.urlsplit(url).hostname, None)
    except OSError:
        return False
    return True
