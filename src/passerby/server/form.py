"""What a page's form sent, read strictly."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from passerby.server.extras import require

if TYPE_CHECKING:
    from fastapi import Request

LARGEST = 4096
"""Bytes of a form; ours need a few hundred."""


async def read_form(request: "Request") -> dict[str, str]:
    """The fields of a form by their names.

    Raises fastapi.HTTPException: 415 when it is no URL-encoded form, 413 when it is larger than
    4 kB, 400 when it cannot be read or a field comes twice.
    """
    refuse = require("fastapi").HTTPException
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise refuse(415, "Only the forms of these pages are taken.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise refuse(413, "That was far more than the forms of these pages send.")
    try:
        fields = parse_qs(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body),
            errors="strict", max_num_fields=8,
        )  # fmt: skip
    except ValueError:
        raise refuse(400, "That form cannot be read. Go back and try again.") from None
    twice = sorted(name for name, values in fields.items() if len(values) > 1)
    if twice:
        raise refuse(400, f"The field {twice[0]!r} came more than once.")
    return {name: values[0] for name, values in fields.items()}


def field(fields: dict[str, str], name: str) -> str:
    """One field, without which the form makes no sense; else fastapi.HTTPException 400."""
    if not fields.get(name):
        raise require("fastapi").HTTPException(400, f"The field {name!r} is missing.")
    return fields[name]
