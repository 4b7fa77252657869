"""Lofts: closed rings along an axis, of which bodies are made."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

SECTORS = 18
"""Corners of a ring; the first and the last lie on the seam, at the back."""

ANGLES = np.linspace(-np.pi, np.pi, SECTORS + 1)
"""Radians around a loft of a ring's corners: 0 ahead, positive to the left."""

_SIN, _COS = np.sin(ANGLES), np.cos(ANGLES)

Vector = np.ndarray
"""(3,) or (R, 3) float64, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """The R rings of one body, loft after loft; `bodies` makes triangles of them.

    rings:    (R, SECTORS + 1, 3) metres; x to the body's left, y up, z ahead
    parts:    (R,) int64, see `passerby.data.synthetic.parts.Part`
    along:    (R,) metres along the loft, what patterns are drawn by
    openness: (R,) 0 to 1, how much of the sky a ring sees
    hands:    (R,) 1 or -1: whether a ring's corners go round its loft's way on as lateral x depth
    nexts, befores: (R,) int64, the ring that follows or precedes in the loft, at its ends itself
    """

    rings: np.ndarray
    parts: np.ndarray
    along: np.ndarray
    openness: np.ndarray
    hands: np.ndarray
    nexts: np.ndarray
    befores: np.ndarray

    @property
    def points(self) -> np.ndarray:
        """All corners of all rings: (V, 3) metres."""
        return self.rings.reshape(-1, 3)


@dataclass(slots=True)
class Lofts:
    """Rings collected loft by loft; `mesh` places them all at once."""

    _rings: list[np.ndarray] = field(default_factory=list)
    _parts: list[int] = field(default_factory=list)
    _lengths: list[int] = field(default_factory=list)
    _swells: list[np.ndarray] = field(default_factory=list)
    _outlines: list[np.ndarray] = field(default_factory=list)

    def add(
        self,
        part: int,
        centres: Vector,
        lateral: Vector,
        depth: Vector,
        wide: np.ndarray,
        deep: np.ndarray,
        *,
        along: np.ndarray | None = None,
        openness: np.ndarray | float = 1.0,
        power: float = 2.0,
        swell: np.ndarray | float = 1.0,
    ) -> None:
        """One loft of R rings.

        centres, lateral, depth: (R, 3); the two axes of a ring are unit vectors
        wide, deep: (R,) half axes along lateral and depth, metres
        power: 2 an ellipse, more a rounded box; swell: (R, SECTORS + 1) factor on the radius
        """
        count = len(centres)
        if along is None:
            steps = np.linalg.norm(np.diff(centres, axis=0), axis=1)
            along = np.concatenate([[0.0], np.cumsum(steps)])
        rows = np.empty((count, 13))
        rows[:, 0:3], rows[:, 3:6], rows[:, 6:9] = centres, lateral, depth
        rows[:, 9], rows[:, 10], rows[:, 11] = wide, deep, along
        rows[:, 12] = openness
        self._rings.append(rows)
        self._parts.append(part)
        self._lengths.append(count)
        self._outlines.append(_outline(power))
        self._swells.append(np.broadcast_to(swell, (count, SECTORS + 1)))

    def __len__(self) -> int:
        """How many lofts there are."""
        return len(self._rings)

    def turn(self, first: int, rotation: np.ndarray, pivot: np.ndarray) -> None:
        """Turn all lofts from number `first` on by `rotation` (3, 3) about `pivot` (3,)."""
        for rows in self._rings[first:]:
            rows[:, 0:3] = (rows[:, 0:3] - pivot) @ rotation.T + pivot
            rows[:, 3:6] = rows[:, 3:6] @ rotation.T
            rows[:, 6:9] = rows[:, 6:9] @ rotation.T

    def mesh(self) -> Mesh:
        """All lofts as one mesh."""
        rows = np.concatenate(self._rings)
        swell = np.concatenate(self._swells)
        lengths = np.array(self._lengths)
        centres, lateral, depth = rows[:, 0:3], rows[:, 3:6], rows[:, 6:9]
        sin, cos = np.repeat(np.array(self._outlines), lengths, axis=0).transpose(1, 0, 2)  # (R, S)
        wide, deep = rows[:, 9:10] * swell, rows[:, 10:11] * swell
        points = (
            centres[:, None]
            + (wide * sin)[..., None] * lateral[:, None]
            + (deep * cos)[..., None] * depth[:, None]
        )  # (R, S, 3)
        ends = np.cumsum(lengths)
        starts = ends - lengths
        ring = np.arange(len(rows))
        nexts, befores = ring + 1, ring - 1
        nexts[ends - 1] = ends - 1
        befores[starts] = starts
        hand = np.einsum("ri,ri->r", cross(lateral, depth), centres[nexts] - centres[befores])
        return Mesh(
            rings=points,
            parts=np.repeat(np.array(self._parts), lengths),
            along=rows[:, 11],
            openness=rows[:, 12],
            hands=np.where(hand < 0, -1.0, 1.0),
            nexts=nexts,
            befores=befores,
        )


@lru_cache(maxsize=256)
def _outline(power: float) -> np.ndarray:
    """Where a ring's corners are on its two axes, as shares of them: (2, SECTORS + 1)."""
    round_ring = np.stack([_SIN, _COS])
    return np.sign(round_ring) * np.abs(round_ring) ** (2 / power)


def towards(direction: Vector, ahead: Vector) -> tuple[Vector, Vector]:
    """Axes (lateral, depth) of rings around `direction` (R, 3), depth as near `ahead` as can be.

    >>> lateral, depth = towards(np.array([[0.0, 1.0, 0.0]]), np.array([0.0, 0.0, 1.0]))
    >>> lateral.tolist(), depth.tolist()
    ([[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]])
    """
    direction = direction / np.sqrt((direction * direction).sum(1, keepdims=True))
    depth = ahead - (direction * ahead).sum(1, keepdims=True) * direction
    depth /= np.sqrt((depth * depth).sum(1, keepdims=True))
    return cross(direction, depth), depth


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross products along the last axis; several times faster than numpy's on small arrays.

    >>> cross(np.array([1.0, 0, 0]), np.array([0.0, 1, 0])).tolist()
    [0.0, 0.0, 1.0]
    """
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], -1)
