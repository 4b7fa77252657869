"""Serving a human study to the people who have its address."""

from collections.abc import Callable
from pathlib import Path

from passerby.server.extras import require
from passerby.server.guard import LOOPBACK
from passerby.server.human_study import human_study_app
from passerby.server.serve import access_key, listen, serve


def serve_human_study(
    study: Path,
    host: str = "127.0.0.1",
    port: int = 8765,
    key_file: Path | None = None,
    tell: Callable[[str], object] = print,
) -> None:
    """Serve a study's page until interrupted; every answer is on the disk before the next question.

    Raises PasserbyError when there is no study, the address cannot be used, or the extra `server`
    is not installed.

    Args:
        study: the folder that `passerby human-study build` made
        host: address to serve at; by default nobody but this machine can reach it
        port: port to serve at; 0 takes any free one
        key_file: where the access key is kept, so that the address stays the same the next time;
            when left out, each start makes a new key
        tell: called with the address, then with what to know of it
    """
    require("uvicorn")  # before an address is told that nobody answers at
    study = Path(study)
    key = access_key(Path(key_file) if key_file else None)
    name = f"[{host}]" if ":" in host else host
    app = human_study_app(study, key, {*LOOPBACK, name.lower()})
    sock = listen(host, port)
    tell(f"http://{name}:{sock.getsockname()[1]}/?key={key}")
    tell("Give this address to the annotators. Ctrl+C stops; no answer is lost.")
    if name not in LOOPBACK:
        tell(
            "This address can be reached from the network, and what goes over it is not encrypted: "
            "use it on a network that you trust, or through an SSH tunnel."
        )
    serve(app, sock)
