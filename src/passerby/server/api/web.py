"""The page: files of this package, and nothing from elsewhere."""

import hashlib
from pathlib import Path

from fastapi import FastAPI, Request, Response

from passerby.server.problems import refusal

WEB = Path(__file__).parents[1] / "web"

_KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def add_web(app: FastAPI, folder: Path = WEB) -> None:
    """The page at `/`, and its files below `/static/`; they say nothing of anybody, and need no
    key."""

    @app.get("/", include_in_schema=False)
    def page(request: Request) -> Response:
        return _file(request, folder / "index.html")

    @app.get("/static/{name:path}", include_in_schema=False)
    def static(request: Request, name: str) -> Response:
        # Only what is there can be asked for, by its own name: no path is made of what was sent.
        held = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
        if name not in held:
            raise refusal(404, "there is no such file")
        return _file(request, held[name])


def _file(request: Request, path: Path) -> Response:
    if path.suffix not in _KINDS or not path.is_file():
        raise refusal(404, "there is no such file")
    content = path.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_KINDS[path.suffix], headers=headers)
