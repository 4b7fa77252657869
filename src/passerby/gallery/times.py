"""Wall-clock times as people write them."""

from datetime import UTC, datetime

from passerby.core.errors import PasserbyError


def parse_time(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 date and time; UTC where no offset is given.

    Raises PasserbyError when `text` is no date and time, or says a date alone.

    >>> parse_time("2001-09-09T01:46:40Z"), parse_time("2001-09-09 03:46:40+02:00")
    (1000000000.0, 1000000000.0)
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if not any(mark in text for mark in ":T"):
            raise ValueError("only a date")
    except ValueError as error:
        raise PasserbyError(
            f"{text!r} is no date and time ({error}); write it as 2026-05-31T14:30:00, taken as "
            "UTC, or with an offset as 2026-05-31T14:30:00+02:00"
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def format_time(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC, to a tenth of a second.

    >>> format_time(1e9 + 0.25)
    '2001-09-09T01:46:40.2Z'
    """
    moment = datetime.fromtimestamp(round(seconds, 1), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 100_000}Z"
