"""People, and what humans said about who is who."""

from typing import Literal

from pydantic import Field

from passerby.gallery.people import Consent
from passerby.server.schemas.base import MOST_IDS, Answer, Body, Name, PersonId, Text, TrackletId
from passerby.server.schemas.seen import TrackletOut


class PersonOut(Answer):
    """Somebody whom tracklets are said to show."""

    id: str = Field(description="random, says nothing", examples=["b41f6f0c9ae34d52"])
    name: str = Field(examples=["Ann"])
    consent: Consent = Field(description="to being searched for", examples=["given"])
    note: str = Field(examples=["works at the reception"])
    tracklets: int = Field(examples=[12])
    cameras: list[str] = Field(examples=[["door", "yard"]])
    cover: str | None = Field(
        description="address of a picture; null where there is none",
        examples=["/api/v1/tracklets/3f2a9c0d11e8b7aa/4/crops/0"],
    )


class PersonIn(Body):
    """Somebody new."""

    name: Name = Field(default="", examples=["Ann"])
    consent: Consent = "unknown"
    note: Text = Field(default="", examples=["works at the reception"])
    tracklets: list[TrackletId] = Field(
        default=[], max_length=MOST_IDS, description="what shows him or her"
    )


class PersonPatch(Body):
    """What is to change; the rest stays."""

    name: Name | None = Field(default=None, examples=["Ann"])
    consent: Consent | None = None
    note: Text | None = None


class MergeIn(Body):
    """Who is the same person."""

    others: list[PersonId] = Field(min_length=1, max_length=100)


class TrackletsIn(Body):
    """Some tracklets."""

    tracklets: list[TrackletId] = Field(min_length=1, max_length=MOST_IDS)


class MoveOut(Answer):
    """From one camera to the next."""

    start: str = Field(description="camera that was left", examples=["door"])
    end: str = Field(description="camera that was reached", examples=["yard"])
    left: float = Field(description="seconds since 1970", examples=[1780237812.4])
    reached: float = Field(examples=[1780237840.0])
    seconds: float = Field(
        description="below 0 where both cameras saw the person at once", examples=[27.6]
    )


class TimelineOut(Answer):
    """Where a person was, and when."""

    person: PersonOut
    visits: list[TrackletOut] = Field(
        description="by time; those whose time of day is unknown come last"
    )
    moves: list[MoveOut] = Field(description="between visits whose time of day is known")


class SuggestionOut(Answer):
    """Something to look at and decide."""

    kind: Literal["merge", "add", "split"] = Field(
        description="merge: the two people are one; add: the tracklet, which is nobody's yet, "
        "shows the person; split: these tracklets of the person show somebody else"
    )
    people: list[PersonOut]
    tracklets: list[TrackletOut]
    distance: float = Field(examples=[0.22])
    probability: float = Field(description="that the suggestion is right", examples=[0.97])


class SuggestionsOut(Answer):
    """Who may be one person, or two, the likeliest first."""

    items: list[SuggestionOut]


class VerdictIn(Body):
    """Whether a tracklet shows a person."""

    tracklet: TrackletId
    person: PersonId
    same: bool


class VerdictsIn(Body):
    """What a human said."""

    verdicts: list[VerdictIn] = Field(min_length=1, max_length=MOST_IDS)


class KeptOut(Answer):
    """How many were kept."""

    kept: int = Field(examples=[3])


class VerdictOut(Answer):
    """The last word on a tracklet and a person."""

    tracklet: str = Field(examples=["3f2a9c0d11e8b7aa/4"])
    person: str = Field(examples=["b41f6f0c9ae34d52"])
    same: bool = Field(examples=[True])
    by: str = Field(description="name of the key that said so", examples=["reception"])
    time: float = Field(description="seconds since 1970", examples=[1780241400.0])


class PassageOut(Answer):
    """How people go from one camera to another."""

    start: str = Field(examples=["door"])
    end: str = Field(examples=["yard"])
    count: int = Field(examples=[17])
    seconds: dict[str, float] = Field(
        description="how long they take: quantiles",
        examples=[{"p10": 12.0, "p25": 18.5, "p50": 27.6, "p75": 40.0, "p90": 66.0}],
    )


class CameraNode(Answer):
    """A camera in the graph."""

    name: str = Field(examples=["door"])
    zone: str = Field(examples=["inside"])
    tracklets: int = Field(examples=[80])


class CameraGraphOut(Answer):
    """Cameras, and the ways that known people took between them."""

    cameras: list[CameraNode]
    passages: list[PassageOut]


class ProofOut(Answer):
    """What was forgotten, and what is left of it: nothing."""

    forgotten: dict[str, int] = Field(
        examples=[{"people": 1, "recordings": 0, "tracklets": 12, "searches": 3}]
    )
    left: dict[str, int] = Field(
        description="counted afterwards: rows of each table that hold or name what was forgotten, "
        "remembered searches, and, with `rewrite`, pieces of its bytes in the database's files",
        examples=[{"tracklet": 0, "crop": 0, "searches": 0, "bytes of vectors": 0}],
    )
    looked_for: int = Field(
        description="pieces of vectors and pictures that were looked for in the files",
        examples=[96],
    )
    clean: bool = Field(description="whether nothing is left", examples=[True])
    undone: list[str] = Field(description="what could not be done, in words", examples=[[]])
