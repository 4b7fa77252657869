"""Serving a gallery to the people who have a key."""

import logging
import signal
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passerby.core.errors import PasserbyError
from passerby.gallery.extras import require as require_gallery
from passerby.server.asgi import LOOPBACK
from passerby.server.extras import require
from passerby.server.serve import EVERYWHERE, listen

if TYPE_CHECKING:
    from passerby.gallery.keys import Keys

FIRST = "first admin"
"""Name of the key that is made where there is none."""

DETECTOR = "person-detection-retail-0013"

_GRACE = 10  # seconds that answers may still take once the service is to end
_CONNECTIONS = 512
_ENDS = (signal.SIGTERM, signal.SIGINT)


def serve_gallery(
    gallery: str,
    host: str = "127.0.0.1",
    port: int = 8000,
    allowed_hosts: Sequence[str] = (),
    certificate: Path | None = None,
    key_file: Path | None = None,
    proxy: str | None = None,
    embedder: str | None = None,
    detector: str = DETECTOR,
    device: str = "cpu",
    videos: Path | None = None,
    streams: Sequence[str] = (),
    calibration: Path | None = None,
    times: Path | None = None,
    ingest: bool = True,
    tell: Callable[[str], object] = print,
) -> None:
    """Serve a gallery, its page and its interface, until interrupted.

    Where the gallery has no access key yet, one for an admin is made, and told with the address.

    Raises PasserbyError when there is no such gallery, the address cannot be used, a file or model
    does not fit, or an extra is not installed.

    Args:
        gallery: the gallery's folder, or the URL of a database that holds one
        host: address to serve at; by default nobody but this machine can reach it
        port: port to serve at; 0 takes any free one
        allowed_hosts: further names under which the service is reached, such as find.example.org
        certificate: file with the TLS certificate and its chain, in PEM
        key_file: file with the certificate's private key, in PEM
        proxy: address of a reverse proxy whose X-Forwarded-For and -Proto are believed
        embedder: what pictures are searched with; by default the gallery's own model
        detector: what finds people in uploaded pictures
        device: where models run, such as cpu or cuda
        videos: folder out of which videos may be taken in by the page
        streams: live cameras that may be taken in by the page, each as NAME=ADDRESS
        calibration: file of `passerby identities calibrate`, for probabilities and suggestions;
            by default calibration.json in the gallery's folder, if there is one
        times: file of `passerby identities times`, for better suggestions
        ingest: run the worker that takes videos in
        tell: called with the address, then with what to know of it
    """
    for module in ("fastapi", "uvicorn", "python_multipart", "prometheus_client"):
        require(module)
    require_gallery("sqlalchemy")
    from passerby.gallery.database import Database
    from passerby.gallery.postgres import PostgresGallery
    from passerby.pipelines.identity_times import CameraTimes
    from passerby.server.app import service_app
    from passerby.server.ingest_process import IngestProcess
    from passerby.server.ingest_worker import Sources
    from passerby.server.logs import log_as_json
    from passerby.server.opening import calibration_of, embedder_of, models_of, service_of

    live = streams_of(streams)
    if videos is not None and not Path(videos).is_dir():
        raise PasserbyError(f"there is no folder of videos at {videos}; check the path")
    _require_certificate(certificate, key_file)
    names = hosts_of(host, allowed_hosts)
    with Database.open(gallery) as database:
        model = PostgresGallery(database).model
        which = embedder_of(model, embedder)
        service = service_of(
            database,
            *models_of(which, detector, device),
            hosts=names,
            videos=None if videos is None else Path(videos).resolve(),
            streams=live,
            ingest=ingest,
            calibration=calibration_of(gallery, calibration, model),
            times=CameraTimes.load(times) if times else None,
        )
        sock = listen(host, port, anywhere=bool(allowed_hosts))
        worker = IngestProcess(Sources(gallery, which, service.videos, live)) if ingest else None
        app = service_app(service, background=[worker.keep] if worker else [])
        name = next(iter(allowed_hosts), "localhost") if host in EVERYWHERE else _bracketed(host)
        scheme = "https" if certificate else "http"
        address = f"{scheme}://{name}:{sock.getsockname()[1]}/"
        secret = first_key(service.keys)
        tell(f"{address}#key={secret}" if secret else address)
        for line in _advice(secret, host, certificate is not None, proxy is not None):
            tell(line)
        log_as_json()
        config: dict[str, Any] = {"ssl_certfile": certificate, "ssl_keyfile": key_file}
        server = _server(app, proxy, config)
        service.stopping = lambda: server.should_exit
        # Uvicorn ends in order at these signals, and then raises them again for whoever was there
        # before it: without us, they would end the process before the worker is told.
        main = threading.current_thread() is threading.main_thread()
        before = {one: signal.signal(one, lambda *_: None) for one in _ENDS if main}
        try:
            server.run(sockets=[sock])
        finally:
            if worker:
                worker.stop()
            for one, handler in before.items():
                signal.signal(one, handler)


def first_key(keys: "Keys") -> str:
    """The secret of a first admin's key, where there was no key at all; else ""."""
    if keys.all():
        return ""
    return keys.make(FIRST, "admin")[1]


def hosts_of(host: str, allowed: Sequence[str]) -> tuple[str, ...]:
    """Names under which the service answers.

    Raises PasserbyError when every address is to be served, and no name was given.

    >>> hosts_of("192.168.1.20", ["find.example.org"])
    ('127.0.0.1', 'localhost', '[::1]', '192.168.1.20', 'find.example.org')
    """
    if host in EVERYWHERE and not allowed:
        raise PasserbyError(
            "every address of this machine would be served; name the one that people will open, "
            "such as --host 192.168.1.20, or the names with --allowed-host find.example.org"
        )
    own = () if host in EVERYWHERE else (_bracketed(host),)
    return tuple(dict.fromkeys((*LOOPBACK, *own, *(name.lower() for name in allowed))))


def streams_of(given: Sequence[str]) -> Mapping[str, str]:
    """NAME=ADDRESS -> the address of each name. Raises PasserbyError when one is written otherwise.

    >>> streams_of(["entrance=rtsp://10.0.0.7/live"])
    {'entrance': 'rtsp://10.0.0.7/live'}
    """
    found: dict[str, str] = {}
    for number, one in enumerate(given, start=1):
        name, equals, address = one.partition("=")
        if not (name.strip() and equals and address.strip()) or name.strip() in found:
            # It may hold a password, so it is not repeated.
            raise PasserbyError(
                f"live camera {number} is not written as NAME=ADDRESS, or its name comes twice"
            )
        found[name.strip()] = address.strip()
    return found


def _server(app: Any, proxy: str | None, tls: Mapping[str, Any]) -> Any:
    uvicorn = require("uvicorn")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        ws="none",
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE,
        **{name: str(path) for name, path in tls.items() if path is not None},
    )
    return uvicorn.Server(config)


def _require_certificate(certificate: Path | None, key_file: Path | None) -> None:
    if (certificate is None) != (key_file is None):
        raise PasserbyError("TLS needs both --certificate and --key_file; give both, or neither")
    if certificate is None or key_file is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key_file, "")
    except (OSError, ssl.SSLError, ValueError) as error:
        raise PasserbyError(
            f"the certificate {certificate} and the key {key_file} cannot be used: {error}; give "
            "PEM files that belong together, the key without a passphrase"
        ) from error


def _advice(secret: str, host: str, tls: bool, proxied: bool) -> list[str]:
    lines = ["Ctrl+C stops; work in progress goes on with the next start."]
    if secret:
        lines.insert(
            0,
            "The key at the end of this address is an admin's, and is shown this once: keep it. "
            "`passerby keys` makes more.",
        )
    if _bracketed(host) not in LOOPBACK and not tls and not proxied:
        lines.append(
            "This address can be reached from the network, and what goes over it is not encrypted: "
            "pictures of people and keys can be read on the way. Give --certificate and "
            "--key_file, put a reverse proxy with TLS in front (--proxy), or use an SSH tunnel."
        )
    return lines


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()
