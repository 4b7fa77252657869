"""Places: what a camera sees when nobody is there."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from passerby.data.synthetic.bare import draw_bare
from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.canvas import COLUMNS, ROWS, Canvas
from passerby.data.synthetic.furniture import draw_thing
from passerby.data.synthetic.grounds import draw_ground
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.things import shown
from passerby.data.synthetic.walls import draw_walls

__all__ = ["COLUMNS", "ROWS", "Backdrop", "backdrop"]


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """colour (3, ROWS, COLUMNS) float32 linear light; nearness (ROWS, COLUMNS): 1 / depth."""

    colour: Tensor
    nearness: Tensor


@lru_cache(maxsize=24)
def backdrop(camera: Camera, seed: int) -> Backdrop:
    """The empty place, lit but not yet developed into a photograph.

    >>> from passerby.data.synthetic.camera import describe_camera
    >>> backdrop(describe_camera(0, 1), 0).colour.shape
    torch.Size([3, 720, 1280])
    """
    rng = stream(seed, "place", camera.style, camera.number)
    canvas = Canvas(camera, rng)
    around = shown(camera, seed)
    if camera.bare:
        draw_bare(canvas)
    else:
        draw_ground(canvas, rng, around)
        draw_walls(canvas, rng)
    for thing in around:
        draw_thing(canvas, thing)
    haze = (1 - torch.exp(-canvas.depth / 160))[None]
    colour = canvas.colour
    if not camera.bare:
        colour = torch.lerp(colour, torch.tensor(camera.sky)[:, None, None] * 0.9, haze)
    return Backdrop(colour.contiguous(), (1 / canvas.depth).contiguous())
