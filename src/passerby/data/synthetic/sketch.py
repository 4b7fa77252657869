"""Drawings of people: outlines of bodies and clothes, and hatching where it is dark."""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample, interpolate

from passerby.data.synthetic.pigment import grey
from passerby.data.synthetic.render import Rendered


def sketch(seen: Rendered, noise: Tensor) -> Tensor:
    """Pencil drawings of the people in pictures: (B, 3, H, W), grey levels 0 to 255.

    seen:  rendered with `truth`
    noise: (B, 3, H, W) standard normal; the hand's and the paper's

    Lines stand where one part, person or depth ends, and where a pattern does; tone is hatched.
    Pictures of different sizes are drawn one after the other.
    """
    if seen.parts is None or seen.nearness is None:
        raise ValueError("a sketch is drawn from the maps that render(truth=True) makes")
    drawn = torch.zeros_like(seen.colour)
    for number, (high, wide) in enumerate(seen.sizes.each):
        own, twice = (
            (number, ..., slice(high), slice(wide)),
            (number, slice(2 * high), slice(2 * wide)),
        )
        drawn[own] = _drawn(
            seen.colour[own],
            seen.parts[twice],
            seen.owners[twice],
            seen.nearness[twice],
            noise[own],
        )
    return drawn


def _drawn(
    colour: Tensor, parts: Tensor, owners: Tensor, nearness: Tensor, noise: Tensor
) -> Tensor:
    """One drawing (H, W) from its colour (3, H, W) and maps (2 H, 2 W)."""
    height, width = colour.shape[1:]
    people = parts > 0
    groups = parts.long() + 32 * (owners + 1)
    lines = (_steps(groups.float(), 0.5) | _steps(1 / nearness, 0.07)) & _near(people)
    lines = avg_pool2d(lines.float()[None, None], 2)[0, 0]
    body = avg_pool2d(people.float()[None, None], 2)[0, 0]
    tones = grey(colour.movedim(0, -1)).clamp(0, 1).sqrt()
    inner = _slope(tones)
    inner = ((inner - 0.07) / 0.12).clamp(0, 1) * (body > 0.9)
    tone = ((0.62 - tones) / 0.5).clamp(0, 1) * body
    y = torch.arange(height, device=colour.device)[:, None]
    x = torch.arange(width, device=colour.device)
    stroke = ((x + y + 0.6 * noise[1]) / 3.0 * torch.pi).sin() * 0.5 + 0.5
    ink = (1.5 * lines).clamp(0, 1) * 0.9 + 0.5 * inner + tone * (0.10 + 0.35 * stroke)
    ink = _shaken(ink, noise[0]) * (0.92 + 0.10 * noise[2]).clamp(0.6, 1.1)
    return (247 + 1.5 * noise[1] - 225 * ink.clamp(0, 1)).clamp(0, 255)


def _steps(values: Tensor, least: float) -> Tensor:
    """Where `values` (H, W) differ from the next to the right or below by more than `least`."""
    found = torch.zeros(values.shape, dtype=torch.bool, device=values.device)
    found[:, :-1] |= (values[:, 1:] - values[:, :-1]).abs() > least
    found[:-1] |= (values[1:] - values[:-1]).abs() > least
    return found


def _near(mask: Tensor) -> Tensor:
    """`mask` (H, W) and the pixels around it."""
    return avg_pool2d(mask.float()[None, None], 3, 1, 1)[0, 0] > 0


def _slope(grey: Tensor) -> Tensor:
    across, down = torch.zeros_like(grey), torch.zeros_like(grey)
    across[:, 1:-1] = (grey[:, 2:] - grey[:, :-2]) / 2
    down[1:-1] = (grey[2:] - grey[:-2]) / 2
    return (across.square() + down.square()).sqrt()


def _shaken(ink: Tensor, noise: Tensor) -> Tensor:
    """Every line a little off, as a hand draws it."""
    height, width = ink.shape
    coarse = noise[: max(2, height // 16), : max(2, width // 8)]
    halves = torch.stack([coarse, coarse.flip(1)])[None]
    off = interpolate(halves, size=(height, width), mode="bicubic", align_corners=False)[0]
    y, x = torch.meshgrid(
        (torch.arange(height, device=ink.device) + 0.5) * (2 / height) - 1,
        (torch.arange(width, device=ink.device) + 0.5) * (2 / width) - 1,
        indexing="ij",
    )
    grid = torch.stack([x + off[0] * 1.2 / width, y + off[1] * 1.2 / height], -1)
    return grid_sample(ink[None, None], grid[None], padding_mode="border", align_corners=False)[
        0, 0
    ]
