"""Searches and their answers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from passerby.server.schemas.base import (
    MOST_IDS,
    MOST_ON_A_PAGE,
    Answer,
    Body,
    PersonId,
    TrackletId,
)
from passerby.server.schemas.filters import FilterIn
from passerby.server.schemas.seen import TrackletOut

MOST = 500
"""Answers of one search."""

Pixel = Annotated[float, Field(ge=-1e6, le=1e6)]
Box = Annotated[
    tuple[Pixel, Pixel, Pixel, Pixel],
    Field(
        description="left, top, right, bottom in pixels of the upright picture",
        examples=[[410.0, 96.0, 470.0, 260.0]],
    ),
]


class Asked(Body):
    """What every search may say."""

    filter: FilterIn = FilterIn()
    top: int = Field(default=100, ge=1, le=MOST, description="how many are ranked")
    limit: int = Field(default=50, ge=1, le=MOST_ON_A_PAGE, description="how many on a page")


class Part(Body):
    """Which person of an uploaded picture is meant: a box, a point, or else the whole picture."""

    box: Box | None = None
    point: tuple[Pixel, Pixel] | None = Field(
        default=None,
        description="a place in the picture: the smallest person detected around it is meant",
        examples=[[440.0, 180.0]],
    )

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        """A box has an area, and stands for itself."""
        if self.box and self.point:
            raise ValueError("give a box or a point, not both")
        if self.box and not (self.box[0] < self.box[2] and self.box[1] < self.box[3]):
            raise ValueError("a box is left, top, right, bottom, with left < right, top < bottom")
        return self


class PictureSearch(Asked, Part):
    """The options of a search by picture."""


class TrackletSearch(Asked):
    """A search for whoever a tracklet shows."""

    tracklet: TrackletId


class PersonSearch(Asked):
    """A search for more tracklets of a person."""

    person: PersonId


class Refine(Body):
    """What a human says about answers so far: all of it each time, not what is new."""

    search: str = Field(pattern=r"^[0-9a-f]{24}$", examples=["0b7e5d9c3a1f482e96d0c4b1"])
    confirmed: list[TrackletId] = Field(default=[], max_length=MOST_IDS)
    rejected: list[TrackletId] = Field(default=[], max_length=MOST_IDS)
    limit: int = Field(default=50, ge=1, le=MOST_ON_A_PAGE)

    @model_validator(mode="after")
    def no_contradiction(self) -> Self:
        """Nothing is both."""
        if both := sorted(set(self.confirmed) & set(self.rejected)):
            raise ValueError(f"{both[0]} is both confirmed and rejected")
        return self


class HitOut(Answer):
    """A tracklet that was found."""

    rank: int = Field(examples=[1])
    distance: float = Field(description="to the query; smaller is nearer", examples=[0.31])
    probability: float | None = Field(
        description="that it shows the same person; null while the gallery is not calibrated",
        examples=[0.93],
    )
    verdict: Literal["confirmed", "rejected"] | None = Field(
        description="what was said of it in this search"
    )
    tracklet: TrackletOut


class FoundOut(Answer):
    """The answer to a search, or a page of it."""

    search: str = Field(
        description="for the next page, and to refine it", examples=["0b7e5d9c3a1f482e96d0c4b1"]
    )
    kind: Literal["picture", "tracklet", "person"]
    total: int = Field(description="how many were ranked", examples=[100])
    items: list[HitOut]
    next: str | None = Field(description="cursor of the next page", examples=["NTA"])
    model: str = Field(examples=["person-reidentification-retail-0277"])
    took_ms: float = Field(examples=[35.1])
    box: Box | None = Field(default=None, description="the part of the picture that was searched")
    note: str = Field(default="", description="why nothing was found")


class BoxOut(Answer):
    """A person in a picture."""

    box: Box
    score: float = Field(description="the detector's, from 0 to 1", examples=[0.94])


class DetectedOut(Answer):
    """The people in a picture."""

    width: int = Field(description="pixels of the upright picture", examples=[1920])
    height: int = Field(examples=[1080])
    boxes: list[BoxOut]


class PictureCompare(Part):
    """With which tracklet an uploaded picture is compared."""

    tracklet: TrackletId
    crop: int = Field(default=0, ge=0, le=1000, description="which of its pictures")


class SideOut(Answer):
    """One of two pictures."""

    tracklet: str | None = Field(description="null for an uploaded picture")
    picture: str = Field(description="data URL", examples=["data:image/jpeg;base64,…"])
    response: str | None = Field(
        description="data URL: the picture under its response map; null where there is none",
        examples=["data:image/jpeg;base64,…"],
    )


class ComparedOut(Answer):
    """Two pictures side by side, and where the model looks in them."""

    left: SideOut
    right: SideOut
    distance: float = Field(examples=[0.31])
    probability: float | None = Field(examples=[0.93])
    note: str = Field(description="why there is no response map; empty where there is")
