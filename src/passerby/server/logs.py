"""Logs that programs can read: one JSON object a line, without names and secrets."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import IO

_OURS = "passerby"


class JsonLines(logging.Formatter):
    """A record as one JSON object: time, level, logger, message, and what `extra={"about": ...}`
    holds. Of an exception its kind and where it was raised: its message may hold what somebody
    sent, so it stays out."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of one record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            places = traceback.extract_tb(error.__traceback__)
            line["error"] = type(error).__name__
            line["where"] = [f"{place.filename}:{place.lineno} {place.name}" for place in places]
        return json.dumps(line, ensure_ascii=False, default=str)


def log_as_json(stream: IO[str] | None = None, level: int = logging.INFO) -> None:
    """Write our logs, and those of Uvicorn, to `stream` (stderr) as `JsonLines`."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    for name, lowest in ((_OURS, level), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(lowest)
