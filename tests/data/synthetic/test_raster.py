"""Rasteriser against an oracle that asks every pixel of every triangle."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.data.synthetic.raster import covered, rasterise


def by_brute_force(corners: np.ndarray, near: np.ndarray, height: int, width: int) -> np.ndarray:
    """Number of the nearest triangle at each pixel, -1 for none."""
    best = np.full((height, width), -np.inf)
    owner = np.full((height, width), -1)
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    for number, (triangle, depth) in enumerate(zip(corners, near, strict=True)):
        (ax, ay), (bx, by), (cx, cy) = triangle
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area <= 1e-6:
            continue
        u = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
        v = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
        level = depth[0] + u * (depth[1] - depth[0]) + v * (depth[2] - depth[0])
        wins = (u > 0) & (v > 0) & (u + v < 1) & (level > best)
        best[wins], owner[wins] = level[wins], number
    return owner


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_agrees_with_an_oracle(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners, near = rng.uniform(-4, 24, (12, 3, 2)), rng.uniform(0.1, 1, (12, 3))
    seen = rasterise(torch.tensor(corners).float(), torch.tensor(near).float(), 16, 20)
    drawn = np.full(16 * 20, -1)
    drawn[seen.pixels.numpy()] = seen.triangles.numpy()
    wanted = by_brute_force(corners, near, 16, 20)
    # Pixel centres on an edge, within float32's error, may fall either way.
    assert (drawn.reshape(16, 20) != wanted).sum() <= 2
    mask = covered(torch.tensor(corners).float(), 16, 20).numpy()
    assert (mask != (wanted >= 0)).sum() <= 2


def test_values_are_linear_across_a_triangle() -> None:
    corners = torch.tensor([[[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]]])
    seen = rasterise(corners, torch.ones(1, 3), 8, 8)
    x = seen.between(torch.tensor(0.0), torch.tensor(8.0), torch.tensor(0.0))
    torch.testing.assert_close(x, seen.pixels % 8 + 0.5)


def test_backs_and_absent_triangles_show_nothing() -> None:
    back = torch.tensor([[[0.0, 0.0], [0.0, 8.0], [8.0, 0.0]]])
    assert len(rasterise(back, torch.ones(1, 3), 8, 8).pixels) == 0
    assert not covered(back, 8, 8).any()
    assert not covered(back + 100, 8, 8).any()


def test_neighbouring_triangles_leave_no_gap_and_do_not_overlap() -> None:
    square = torch.tensor([[[1.0, 1], [9, 1], [9, 9]], [[1, 1], [9, 9], [1, 9]]])
    assert rasterise(square, torch.ones(2, 3), 10, 10).pixels.numel() == 64
