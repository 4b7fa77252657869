"""Cameras, recordings and tracklets."""

from datetime import datetime

from pydantic import Field

from passerby.server.schemas.base import Answer, Body, Name


class ModelOut(Answer):
    """The model whose features the gallery holds."""

    name: str = Field(examples=["person-reidentification-retail-0277"])
    hash: str = Field(description="SHA-256 of its weights", examples=["5f0c…"])
    metric: str = Field(examples=["cosine"])


class StatsOut(Answer):
    """What the gallery holds."""

    model: ModelOut
    recordings: int = Field(examples=[2])
    tracklets: int = Field(examples=[184])
    features: int = Field(examples=[184])
    people: int = Field(examples=[12])
    cameras: dict[str, int] = Field(
        description="tracklets by camera", examples=[{"door": 80, "yard": 104}]
    )


class CameraOut(Answer):
    """A camera."""

    name: str = Field(examples=["yard"])
    zone: str = Field(description="part of the place that it watches", examples=["outside"])
    retention_days: float | None = Field(
        description="what it saw is removed after so many days; null keeps it", examples=[30]
    )
    tracklets: int = Field(examples=[104])


class CameraIn(Body):
    """What is to hold for a camera; both are set."""

    zone: Name = Field(default="", examples=["outside"])
    retention_days: float | None = Field(default=None, gt=0, le=36500, examples=[30])


class CamerasOut(Answer):
    """All cameras."""

    items: list[CameraOut]


class RecordingOut(Answer):
    """A video of a camera, taken in once."""

    id: str = Field(examples=["3f2a9c0d11e8b7aa"])
    camera: str = Field(examples=["yard"])
    source: str = Field(description="name of the file", examples=["yard.mp4"])
    start: datetime | None = Field(
        description="when it begins; null where unknown", examples=["2026-05-31T14:28:10Z"]
    )
    duration: float = Field(description="seconds", examples=[60.0])
    frames: int = Field(examples=[1500])
    lost: int = Field(description="frames that could not be decoded", examples=[0])


class RecordingHeldOut(RecordingOut):
    """A recording, and how much is held of it."""

    tracklets: int = Field(examples=[84])
    people: int = Field(description="known people whom it shows", examples=[3])
    nowhere_else: int = Field(
        description="how many of these people no other recording shows", examples=[1]
    )


class CropOut(Answer):
    """One of a tracklet's best pictures."""

    url: str = Field(examples=["/api/v1/tracklets/3f2a9c0d11e8b7aa/4/crops/0"])
    frame: int | None = Field(description="number of the frame it was cut from", examples=[312])
    box: tuple[float, float, float, float] | None = Field(
        description="left, top, right, bottom in pixels of the frame",
        examples=[[410.0, 96.0, 470.0, 260.0]],
    )


class TrackletOut(Answer):
    """One person's way through one camera."""

    id: str = Field(examples=["3f2a9c0d11e8b7aa/4"])
    recording: str = Field(examples=["3f2a9c0d11e8b7aa"])
    number: int = Field(examples=[4])
    camera: str = Field(examples=["yard"])
    zone: str = Field(examples=["outside"])
    start: float = Field(
        description="seconds since 1970 if `clocked`, else since the recording began",
        examples=[1780237800.0],
    )
    end: float = Field(examples=[1780237812.4])
    clocked: bool = Field(description="whether the time of day is known", examples=[True])
    when: str = Field(description="the start, to read", examples=["2026-05-31T14:30:00.0Z"])
    person: str | None = Field(
        description="whom it is said to show; null for nobody", examples=["b41f6f0c9ae34d52"]
    )
    person_name: str = Field(examples=["Ann"])
    crops: list[CropOut] = Field(description="best first")
