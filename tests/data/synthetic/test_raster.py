"""Rasteriser against an oracle that asks every pixel of every triangle."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.data.synthetic import raster
from passerby.data.synthetic.raster import Fragments
from passerby.data.synthetic.sizes import Sizes


def rasterise(corners: torch.Tensor, near: torch.Tensor, height: int, width: int) -> Fragments:
    """Triangles (T, 3, 2) and nearness (T, 3) in one picture."""
    x, y = corners.permute(2, 1, 0)
    first = torch.zeros(len(corners), dtype=torch.int64)
    return raster.rasterise(x, y, near.T, first, Sizes([(height, width)], "cpu"))


def covered(corners: torch.Tensor, height: int, width: int) -> torch.Tensor:
    x, y = corners.permute(2, 1, 0)
    first = torch.zeros(len(corners), dtype=torch.int64)
    return raster.covered(x, y, first, Sizes([(height, width)], "cpu"))[0]


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
    drawn[(seen.rows * 20 + seen.columns).numpy()] = seen.triangles.numpy()
    wanted = by_brute_force(corners, near, 16, 20)
    # Pixel centres on an edge, within float32's error, may fall either way.
    assert (drawn.reshape(16, 20) != wanted).sum() <= 2
    mask = covered(torch.tensor(corners).float(), 16, 20).numpy()
    assert (mask != (wanted >= 0)).sum() <= 2


def test_values_are_linear_across_a_triangle() -> None:
    corners = torch.tensor([[[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]]])
    seen = rasterise(corners, torch.ones(1, 3), 8, 8)
    x = seen.between(torch.tensor(0.0), torch.tensor(8.0), torch.tensor(0.0))
    torch.testing.assert_close(x, seen.columns + 0.5)


def test_backs_and_absent_triangles_show_nothing() -> None:
    back = torch.tensor([[[0.0, 0.0], [0.0, 8.0], [8.0, 0.0]]])
    assert len(rasterise(back, torch.ones(1, 3), 8, 8).rows) == 0
    assert not covered(back, 8, 8).any()
    assert not covered(back + 100, 8, 8).any()


def test_neighbouring_triangles_leave_no_gap_and_do_not_overlap() -> None:
    square = torch.tensor([[[1.0, 1], [9, 1], [9, 9]], [[1, 1], [9, 9], [1, 9]]])
    assert rasterise(square, torch.ones(2, 3), 10, 10).rows.numel() == 64


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_batch_shows_to_the_last_bit_what_each_picture_shows_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = [(16, 20), (9, 24), (20, 7)]
    corners = torch.tensor(rng.uniform(-4, 28, (36, 3, 2))).float()
    near = torch.tensor(rng.uniform(0.1, 1, (36, 3))).float()
    pictures = torch.tensor(rng.integers(0, 3, 36))
    x, y = corners.permute(2, 1, 0)
    both = raster.rasterise(x, y, near.T, pictures, Sizes(sizes, "cpu"))
    masks = raster.covered(x, y, pictures, Sizes(sizes, "cpu"))
    for number, (height, width) in enumerate(sizes):
        mine = (pictures == number).nonzero()[:, 0]
        alone = rasterise(corners[mine], near[mine], height, width)
        here = both.pictures == number
        assert torch.equal(both.rows[here], alone.rows)
        assert torch.equal(both.columns[here], alone.columns)
        assert torch.equal(both.triangles[here], mine[alone.triangles])
        assert torch.equal(both.second[here], alone.second)
        mask = covered(corners[mine], height, width)
        assert torch.equal(masks[number, :height, :width], mask)
        assert masks[number].sum() == mask.sum()  # and nothing beyond the picture
