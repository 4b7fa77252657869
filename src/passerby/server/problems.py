"""`Problem`: a refusal, in words, for people and for programs (RFC 9457)."""

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from passerby.server.extras import require

if TYPE_CHECKING:
    from fastapi import HTTPException
    from starlette.responses import JSONResponse

KIND = "application/problem+json"


def refusal(status: int, words: str, retry: float | None = None) -> "HTTPException":
    """The exception that answers with `status`, the words, and after how many seconds to retry.

    >>> refusal(429, "Too often.", retry=1.2).headers
    {'Retry-After': '2'}
    """
    headers = None
    if retry is not None:
        headers = {"Retry-After": str(max(1, math.ceil(min(retry, 3600))))}
    return require("fastapi").HTTPException(status, words, headers)


def problem(
    status: int,
    words: str,
    request_id: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> "JSONResponse":
    """The answer that says what is wrong.

    errors: where in the request something is wrong, and what
    """
    body: dict[str, Any] = {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence(words),
        "request_id": request_id,
    }
    if errors:
        body["errors"] = [dict(error) for error in errors]
    response = require("starlette.responses").JSONResponse
    return response(body, status, headers=dict(headers or {}), media_type=KIND)


def sentence(words: str) -> str:
    """Words that begin and end like a sentence.

    >>> sentence("there is no such person")
    'There is no such person.'
    """
    words = words.strip()
    return words[:1].upper() + words[1:] + ("" if words[-1:] in (".", "?", "!", "") else ".")
