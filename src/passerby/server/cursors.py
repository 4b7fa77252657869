"""Cursors: where the next page of a list begins."""

import base64
import binascii
import re

from passerby.core.errors import PasserbyError

_LONGEST = 400


def cursor(after: str) -> str:
    """What a client sends to get what comes behind `after`.

    >>> cursor("3f2a9c0d/4")
    'M2YyYTljMGQvNA'
    """
    return base64.urlsafe_b64encode(after.encode()).decode().rstrip("=")


def after(given: str | None) -> str:
    """What a cursor says; "" where there is none.

    Raises PasserbyError when it is no cursor of ours.

    >>> after("M2YyYTljMGQvNA"), after(None)
    ('3f2a9c0d/4', '')
    """
    if not given:
        return ""
    try:
        if len(given) > _LONGEST:
            raise ValueError
        padded = given + "=" * (-len(given) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("utf-8")
        if not text.isprintable():
            raise ValueError
    except (ValueError, binascii.Error) as error:
        raise PasserbyError(
            "the cursor is none that this service gave; begin with the first page again"
        ) from error
    return text


def require_tracklet(after: str) -> None:
    """Raise PasserbyError unless a cursor says a tracklet's id."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}/[0-9]{1,9}", after):
        raise PasserbyError("the cursor is that of another list; begin with the first page again")


def place(given: str | None) -> int:
    """The number that a cursor says; 0 where there is none.

    Raises PasserbyError when it is the cursor of another list.

    >>> place(cursor("50"))
    50
    """
    behind = after(given)
    if behind and not (behind.isascii() and behind.isdecimal() and len(behind) < 16):
        raise PasserbyError("the cursor is that of another list; begin with the first page again")
    return int(behind or 0)
