"""Every error of the interface as a `Problem`."""

import logging
from collections.abc import Iterable
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from starlette.exceptions import HTTPException

from passerby.core.errors import PasserbyError
from passerby.server.problems import problem
from passerby.server.service import status_of

log = logging.getLogger(__name__)

_PLAIN = {404: "there is nothing at this address", 405: "that cannot be done here"}
_MOST = 20
Sent = TypeVar("Sent", bound=BaseModel)


def add_handlers(app: FastAPI) -> None:
    """Have `app` say in words what is wrong. What a client sent is never repeated to it."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        words = error.detail
        if words in ("Not Found", "Method Not Allowed"):  # the framework's own
            words = _PLAIN[error.status_code]
        return problem(error.status_code, words, _id(request), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if any(one["type"] == "json_invalid" for one in found):
            return problem(400, "the body is no JSON", _id(request))
        told = [{"where": _where(one["loc"]), "what": _what(one)} for one in found[:_MOST]]
        words = f"{told[0]['where']}: {told[0]['what']}" if told else "the request makes no sense"
        return problem(422, words, _id(request), told)

    @app.exception_handler(TimeoutError)
    @app.exception_handler(OperationalError)
    @app.exception_handler(InterfaceError)
    async def away(request: Request, error: Exception) -> Response:
        log.warning("the database cannot be used", exc_info=error)
        words = "the database cannot be reached, or has too much to do; try again"
        return problem(503, words, _id(request), headers={"Retry-After": "5"})

    @app.exception_handler(PasserbyError)
    async def mendable(request: Request, error: PasserbyError) -> Response:
        status = status_of(error, 422)
        if status == 503:
            log.warning("the database cannot be used", exc_info=error)
        headers = {"Retry-After": "5"} if status == 503 else {}
        return problem(status, str(error), _id(request), headers=headers)


def parsed(kind: type[Sent], text: str, place: str) -> Sent:
    """JSON text beside an upload, as a body would be; "" is an empty object.

    Raises RequestValidationError when it makes no sense; `place` is what the answer calls it.
    """
    try:
        return kind.model_validate_json(text.strip() or "{}")
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        told = [{**one, "loc": (place, *one["loc"])} for one in found]
        raise RequestValidationError(told) from None


def _where(place: Iterable[Any]) -> str:
    """A place in the request, in which no word is the client's own beyond a plain one."""
    parts = [str(part) for part in place]
    return ".".join(part if part.isidentifier() or part.isdigit() else "?" for part in parts)[:200]


def _what(error: Any) -> str:
    return str(error["msg"]).removeprefix("Value error, ")[:300]


def _id(request: Request) -> str:
    return request.scope.get("state", {}).get("request_id", "")
