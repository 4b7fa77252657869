"""`View`: one picture to be rendered, described by numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.figure import Figure, Window


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Figures before the place of a camera, `window` of its picture scaled to (height, width).

    A view is light, belongs to no device and can be sent to another process; `render` makes light
    of it, of many at once.

    seed: of the world whose place it is
    """

    figures: Sequence[Figure]
    camera: Camera
    seed: int
    height: int
    width: int
    window: Window = field(default_factory=Window)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width)"""
        return self.height, self.width
