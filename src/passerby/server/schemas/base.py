"""What all bodies and answers have in common, and the values in them."""

import math
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

Item = TypeVar("Item")

MOST_ON_A_PAGE = 200
MOST_IDS = 1000


class Body(BaseModel):
    """What a client sends: nothing unknown in it, no NaN and no infinity."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Answer(BaseModel):
    """What the service says."""

    model_config = ConfigDict(frozen=True)


class Page(Answer, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next: str | None = Field(
        description="what to send as `cursor` for the next page; null on the last one",
        examples=["M2YyYTljMGQvNA"],
    )


def _printable(text: str) -> str:
    """Text that a database takes: no control characters, and no halves of characters."""
    if any(not (c.isprintable() or c in "\n\t") for c in text):
        raise ValueError("it holds characters that cannot be printed")
    return text


def _moment(value: object) -> object:
    """ISO 8601 alone: a bare number could be seconds or milliseconds."""
    if isinstance(value, str) and any(mark in value for mark in "T: "):
        return value
    raise ValueError("write it as 2026-05-31T14:30:00Z, in UTC or with an offset")


def _in_range(moment: datetime) -> datetime:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not datetime(1970, 1, 2, tzinfo=UTC) <= moment <= datetime(9000, 1, 1, tzinfo=UTC):
        raise ValueError("it lies before 1970 or after 9000")
    return moment


Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_printable)]
Name = Annotated[
    str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(_printable)
]
Given = Annotated[Name, StringConstraints(min_length=1)]
"""A name that must not be empty."""

RecordingId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
TrackletId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}/[0-9]{1,9}$"),
    Field(examples=["3f2a9c0d11e8b7aa/4"]),
]
PersonId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$"),
    Field(examples=["b41f6f0c9ae34d52"]),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment, json_schema_input_type=str),
    AfterValidator(_in_range),
    Field(examples=["2026-05-31T14:30:00Z"]),
]
"""ISO 8601, in UTC where no offset is given."""


def finite(value: float) -> float | None:
    """A number as JSON can hold it."""
    return value if math.isfinite(value) else None


class Problem(Answer):
    """Why something was refused, in words (RFC 9457)."""

    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no tracklet 3f2a9c0d11e8b7aa/4."])
    request_id: str = Field(examples=["9f1c2b7a55d0e311"])
    errors: list[dict[str, str]] | None = Field(
        default=None, description="for 422: where in the request something is wrong, and what"
    )
