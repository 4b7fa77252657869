"""`StoredCrop`: a picture that waits in the database until it is looked at."""

from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import select

from passerby.core.errors import PasserbyError
from passerby.data.images import decode_image
from passerby.gallery.database import Database
from passerby.gallery.tables import crop


@dataclass(frozen=True, eq=False)
class StoredCrop:
    """A `Picture` of a tracklet in a gallery.

    name:     the tracklet's id and its place among the best, such as 5f0c/12/0
    tracklet: the tracklet's key in the database
    """

    name: str
    database: Database = field(repr=False)
    tracklet: int = field(repr=False)
    place: int = field(repr=False)

    def read(self) -> np.ndarray:
        """The pixels: (H, W, 3) uint8 RGB. Raises as `encoded`."""
        return decode_image(self.encoded, self.name)

    @property
    def encoded(self) -> bytes:
        """The picture as JPEG. Raises PasserbyError when it was forgotten in the meantime."""
        wanted = select(crop.c.jpeg).where(
            crop.c.tracklet == self.tracklet, crop.c.place == self.place
        )
        found = self.database.read(lambda connection: connection.execute(wanted).scalar())
        if found is None:
            raise PasserbyError(
                f"the picture {self.name} is not in the gallery {self.database.place} any more: "
                "it was forgotten"
            )
        return bytes(found)

    def __str__(self) -> str:
        return self.name
