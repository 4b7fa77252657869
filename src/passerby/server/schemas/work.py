"""Jobs, keys, the audit log, and the service itself."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from passerby.gallery.job import State
from passerby.gallery.keys import Role
from passerby.server.schemas.base import Answer, Body, Given, Moment, Name


class SessionIn(Body):
    """A key, to sign in with."""

    key: str = Field(min_length=1, max_length=200, examples=["passerby_…"])


class SessionOut(Answer):
    """Who is signed in."""

    name: str = Field(description="of the key", examples=["reception"])
    role: Role
    expires: datetime | None = Field(description="null: never", examples=["2026-08-29T12:00:00Z"])


class VideoOut(Answer):
    """A video that may be taken in."""

    name: str = Field(examples=["yard.mp4"])
    bytes: int = Field(description="0 for a folder of images", examples=[10485760])


class VideosOut(Answer):
    """What may be taken in."""

    items: list[VideoOut]
    streams: list[str] = Field(
        description="live cameras that the service was started with", examples=[["entrance"]]
    )


class IngestIn(Body):
    """What is to be taken in: a video of the service's folder, or a live camera."""

    video: Given | None = Field(default=None, examples=["yard.mp4"])
    stream: Given | None = Field(default=None, examples=[None])
    camera: Given = Field(description="what saw it", examples=["yard"])
    start: Moment | None = Field(default=None, description="when the video begins")
    fps: float | None = Field(
        default=None, gt=0, le=1000, description="no more frames a second than this", examples=[5]
    )
    seconds: float | None = Field(
        default=None, gt=0, le=7 * 86400, description="of a live camera: for how long"
    )
    detector: Name | None = Field(default=None, examples=["person-detection-retail-0013"])

    @model_validator(mode="after")
    def one_source(self) -> Self:
        """One of the two."""
        if (self.video is None) == (self.stream is None):
            raise ValueError("name a video or a stream, one of them")
        return self


class JobOut(Answer):
    """Work in the background."""

    id: int = Field(examples=[7])
    kind: str = Field(examples=["ingest"])
    arguments: dict[str, Any] = Field(examples=[{"video": "yard.mp4", "camera": "yard"}])
    by: str = Field(description="name of the key that asked for it", examples=["reception"])
    state: State
    cancelling: bool = Field(examples=[False])
    done: int = Field(description="progress, in units of its own", examples=[900])
    total: int = Field(description="0 while unknown", examples=[1500])
    text: str = Field(description="what is being done", examples=["yard.mp4: 900 of 1500 frames"])
    error: str = Field(description="why it failed", examples=[""])
    result: Any = Field(description="what came of it", examples=[None])
    made: float = Field(description="seconds since 1970", examples=[1780237800.0])
    started: float | None = Field(examples=[1780237801.0])
    ended: float | None = Field(examples=[None])
    revision: int = Field(description="rises with every change", examples=[31])


class RemovedOut(Answer):
    """How many tracklets went."""

    removed: int = Field(examples=[41])


class SubjectOut(Answer):
    """Whom or what an entry of the audit log is about."""

    kind: str = Field(examples=["person"])
    alias: str = Field(description="random, the same in all entries", examples=["9d3f…"])
    id: str | None = Field(
        description="who that is; null once it was forgotten", examples=["b41f6f0c9ae34d52"]
    )


class RecordOut(Answer):
    """An entry of the audit log."""

    number: int = Field(examples=[4012])
    time: float = Field(description="seconds since 1970", examples=[1780241400.0])
    actor: str = Field(examples=["reception"])
    action: str = Field(examples=["search"])
    subjects: list[SubjectOut]
    detail: dict[str, Any] = Field(examples=[{"kind": "picture", "found": 100}])


class KeyOut(Answer):
    """An access key, without its secret."""

    name: str = Field(examples=["reception"])
    role: Role
    hint: str = Field(description="how its secret begins", examples=["passerby_Xk2f"])
    made: float = Field(description="seconds since 1970", examples=[1780237800.0])
    expires: float | None = Field(examples=[1788013800.0])
    revoked: float | None = Field(examples=[None])
    last_used: float | None = Field(examples=[1780241400.0])


class KeysOut(Answer):
    """All keys."""

    items: list[KeyOut]


class KeyIn(Body):
    """A new key."""

    name: Name = Field(min_length=1, max_length=100, examples=["reception"])
    role: Role
    days: float | None = Field(
        default=90, gt=0, le=36500, description="how long it holds; null for ever"
    )


class NewKeyOut(Answer):
    """A new key, and its secret, which is shown this once."""

    key: KeyOut
    secret: str = Field(examples=["passerby_…"])


class LiveOut(Answer):
    """The process answers."""

    status: Literal["ok"] = "ok"


class ReadyOut(Answer):
    """Whether it can do its work."""

    ready: bool
    checks: dict[str, str] = Field(
        description="ok, or what is the matter", examples=[{"database": "ok", "model": "ok"}]
    )
