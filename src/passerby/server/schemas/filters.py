"""Which tracklets may be found."""

from pydantic import Field

from passerby.gallery.filter import Filter
from passerby.server.schemas.base import MOST_ON_A_PAGE, Body, Moment, Name, PersonId

MOST = 100


class FilterIn(Body):
    """Conditions that all hold at once; what is left out lets everything through."""

    cameras: list[Name] = Field(default=[], max_length=MOST, examples=[["yard"]])
    not_cameras: list[Name] = Field(default=[], max_length=MOST, examples=[["door"]])
    zones: list[Name] = Field(default=[], max_length=MOST, examples=[[]])
    people: list[PersonId] = Field(default=[], max_length=MOST, examples=[[]])
    not_people: list[PersonId] = Field(default=[], max_length=MOST, examples=[[]])
    known: bool | None = Field(
        default=None, description="true: of people who are known; false: of nobody yet; null: both"
    )
    after: Moment | None = Field(default=None, description="seen at this time or later")
    before: Moment | None = Field(default=None, description="seen at this time or earlier")

    def where(self) -> Filter:
        """The gallery's own filter."""
        return Filter(
            cameras=tuple(self.cameras),
            not_cameras=tuple(self.not_cameras),
            zones=tuple(self.zones),
            people=tuple(self.people),
            not_people=tuple(self.not_people),
            known=self.known,
            after=self.after.timestamp() if self.after else None,
            before=self.before.timestamp() if self.before else None,
        )


class TrackletList(FilterIn):
    """Which tracklets are listed, and which part of the list."""

    limit: int = Field(default=50, ge=1, le=MOST_ON_A_PAGE, description="how many on a page")
    cursor: str | None = Field(
        default=None, max_length=600, description="`next` of the page before"
    )
