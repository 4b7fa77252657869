"""How the parts of two pictures were aligned: lines between them, and the path that they follow."""

from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from passerby.core.errors import PasserbyError
from passerby.losses.aligned import part_distances, path_cells, shortest_path
from passerby.reports.extras import require
from passerby.reports.figure_style import COLOURS, Figure, grid
from passerby.reports.heat import HIGH, LOW

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_THICKEST = 0.5
"""Height of the band between two equal parts, where the gradient is at its greatest, 1/2, as a
share of a part's height."""

_HAIR = 0.003
"""Height of a band without a gradient, in picture heights: a path is whole."""

_BETWEEN = 0.45
"""Width of the gap between the pictures, in picture heights."""

_NUMBERED = 10
"""So many parts have their distances written into the matrix."""


def slopes(distances: Tensor) -> Tensor:
    """The gradient of d = tanh(x / 2) by x, in terms of d: (1 - d^2) / 2, in [0, 1/2].

    >>> import torch
    >>> slopes(torch.tensor([0.0, 0.5, 1.0]))
    tensor([0.5000, 0.3750, 0.0000])
    """
    return (1 - distances.square()) / 2


def alignment_figure(
    left: np.ndarray,
    right: np.ndarray,
    left_parts: Tensor,
    right_parts: Tensor,
    *,
    name: str = "alignment",
) -> Figure:
    """Two pictures with lines between the parts of their shortest path, and the matrix of d_ij.

    The picture of "AlignedReID" (Zhang et al. 2017): a line is as thick as the gradient of d_ij by
    the distance of the two parts. Parts that are far apart have a large d_ij and little gradient:
    they are on the path, but learning hardly moves them.

    left, right:             (height, width, 3) uint8 RGB, of any two sizes; shown at one height
    left_parts, right_parts: (H, c) and (W, c), from head to foot, see `AlignedReID.parts`

    Raises PasserbyError when the parts are of different lengths, or there are none.

    >>> import torch
    >>> grey = np.full((64, 32, 3), 128, np.uint8)
    >>> alignment_figure(grey, grey, torch.zeros(2, 3), torch.zeros(2, 3)).description
    'Two pictures with 2 and 2 parts: local distance 0.00; the path is 1-1, 2-1, 2-2.'
    """
    if left_parts.ndim != 2 or right_parts.ndim != 2 or not len(left_parts) * len(right_parts):
        raise PasserbyError(
            f"parts of the shapes {tuple(left_parts.shape)} and {tuple(right_parts.shape)} cannot "
            "be aligned; give (parts, channels) of one picture each"
        )
    if left_parts.shape[1] != right_parts.shape[1]:
        raise PasserbyError(
            f"parts of {left_parts.shape[1]} and {right_parts.shape[1]} values cannot be compared; "
            "embed both pictures with the same model"
        )
    distances = part_distances(left_parts.detach(), right_parts.detach()).cpu()
    path, thickness = path_cells(distances), slopes(distances)
    length = float(shortest_path(distances))
    told = ", ".join(f"{i + 1}-{j + 1}" for i, j in path)

    def draw(axes: "Axes") -> None:
        axes.set_axis_off()
        _pictures(axes.inset_axes((0, 0, 0.54, 1)), left, right, distances, path, thickness)
        _matrix(axes.inset_axes((0.63, 0.08, 0.37, 0.84)), distances, path)

    return Figure(
        name,
        f"Two pictures with {len(left_parts)} and {len(right_parts)} parts: local distance "
        f"{length:.2f}; the path is {told}.",
        draw,
        size=(9.0, 4.2),
    )


def _pictures(
    axes: "Axes",
    left: np.ndarray,
    right: np.ndarray,
    distances: Tensor,
    path: list[tuple[int, int]],
    thickness: Tensor,
) -> None:
    """Both at height 1, and the lines in between."""
    widths = [picture.shape[1] / picture.shape[0] for picture in (left, right)]
    starts = (0.0, widths[0] + _BETWEEN)
    axes.set_axis_off()
    for picture, start, width in zip((left, right), starts, widths, strict=True):
        axes.imshow(picture, extent=(start, start + width, 0, 1), aspect="equal")
    rows, columns = distances.shape
    for count, start, width in zip((rows, columns), starts, widths, strict=True):
        axes.hlines([k / count for k in range(1, count)], start, start + width, "#ffffff", lw=0.6)
    for i, j in path:
        half = max(_THICKEST * 2 * float(thickness[i, j]) / max(rows, columns), _HAIR) / 2
        ends = np.array([1 - (i + 0.5) / rows, 1 - (j + 0.5) / columns])
        # Not a line: its ends would reach into the pictures. Where bands meet, both are seen.
        axes.fill_between(
            [widths[0], starts[1]], ends - half, ends + half, color=COLOURS[1], alpha=0.7, lw=0
        )
    axes.set_xlim(0, starts[1] + widths[1])
    axes.set_ylim(0, 1)


def _matrix(axes: "Axes", distances: Tensor, path: list[tuple[int, int]]) -> None:
    """d_ij as colours, the path through them, and for few parts the numbers."""
    rows, columns = distances.shape
    palette = require("matplotlib.colors").LinearSegmentedColormap.from_list("teal", [LOW, HIGH])
    axes.grid(visible=False)
    axes.pcolormesh(
        distances.numpy(), cmap=palette, vmin=0, vmax=1, edgecolor=grid(axes), linewidth=1
    )
    axes.plot([j + 0.5 for _, j in path], [i + 0.5 for i, _ in path], color=COLOURS[1], lw=3)
    if max(rows, columns) <= _NUMBERED:
        for (i, j), value in np.ndenumerate(distances.numpy()):
            colour = "#ffffff" if value > 0.5 else "#131a24"
            axes.text(j + 0.05, i + 0.2, f"{value:.2f}", va="center", color=colour, size=6)
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.set_xticks([j + 0.5 for j in range(columns)], [str(j + 1) for j in range(columns)])
    axes.set_yticks([i + 0.5 for i in range(rows)], [str(i + 1) for i in range(rows)])
    axes.set_xlabel("part of the right picture")
    axes.set_ylabel("part of the left picture")
    axes.set_title("distances of parts, and the path")
