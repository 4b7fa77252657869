"""Noise from a tile."""

import torch

from passerby.data.synthetic.grain import TILE, Offsets, grain
from passerby.data.synthetic.sizes import Sizes


def test_it_is_standard_normal() -> None:
    noise = grain([((3, 7), (500, 90), (20, 600))], Sizes([(256, 128)], "cpu"))
    assert abs(float(noise.mean())) < 0.02
    assert abs(float(noise.std()) - 1) < 0.02
    red, green, blue = noise[0].flatten(1)
    for one, other in ((red, green), (green, blue)):
        assert abs(float((one * other).mean())) < 0.02


def test_it_does_not_depend_on_the_canvas_or_the_company() -> None:
    near: Offsets = ((1, 2), (3, 4), (5, 6))
    edge: Offsets = ((TILE - 1, 0), (0, TILE - 2), (9, 9))
    small, large = Sizes([(4, 3)], "cpu"), Sizes([(4, 3), (8, 9)], "cpu")
    for one in (near, edge):
        alone, together = grain([one], small), grain([one, near], large)
        assert torch.equal(together[:1, :, :4, :3], alone)
    # Beyond the last row comes the first.
    first = grain([((0, 0), (0, 0), (0, 0))], small)
    assert torch.equal(grain([edge], small)[0, 0, 1:], first[0, 0, :-1])
