"""Signing in on the page."""

from datetime import UTC, datetime

from fastapi import FastAPI, Request, Response

from passerby.gallery.keys import Key
from passerby.server.asgi import cookies
from passerby.server.roles import API
from passerby.server.schemas.work import SessionIn, SessionOut
from passerby.server.service import Service, key_of


def add_session(app: FastAPI, service: Service) -> None:
    """Endpoints of a browser's session."""
    access = service.access

    @app.post(f"{API}/session", tags=["session"])
    async def sign_in(request: Request, response: Response, sent: SessionIn) -> SessionOut:
        """Sign in with a key: the answer sets a cookie that no script can read."""
        access.require_own_page(request, strictly=False)
        key = await access.key_of(sent.key, request)
        _close(request)
        response.set_cookie(
            access.cookie,
            access.sessions.open(sent.key),
            max_age=int(service.limits.session_seconds),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return _session(key)

    @app.get(f"{API}/session", tags=["session"])
    def who_am_i(request: Request) -> SessionOut:
        """Whose key this is."""
        return _session(key_of(request))

    @app.delete(f"{API}/session", status_code=204, tags=["session"])
    def sign_out(request: Request, response: Response) -> None:
        """Sign out."""
        access.require_own_page(request, strictly=False)
        _close(request)
        response.delete_cookie(access.cookie, httponly=True, samesite="strict")

    def _close(request: Request) -> None:
        for token in cookies(request.scope, access.cookie):
            access.sessions.close(token)


def _session(key: Key) -> SessionOut:
    expires = None if key.expires is None else datetime.fromtimestamp(key.expires, UTC)
    return SessionOut(name=key.name, role=key.role, expires=expires)
