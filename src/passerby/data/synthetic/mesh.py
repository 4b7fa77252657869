"""Lofts: closed rings along an axis, joined into triangles."""

from dataclasses import dataclass, field

import numpy as np

SECTORS = 18
"""Corners of a ring; the first and the last lie on the seam, at the back."""

_ANGLES = np.linspace(-np.pi, np.pi, SECTORS + 1)
_SIN, _COS = np.sin(_ANGLES), np.cos(_ANGLES)

Vector = np.ndarray
"""(3,) or (R, 3) float64, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles of one body.

    points:     (V, 3) metres; x to the body's left, y up, z ahead
    normals:    (V, 3) unit length, pointing out
    around:     (V,) radians around the loft, 0 ahead, positive to the left
    along:      (V,) metres along the loft, what patterns are drawn by
    openness:   (V,) 0 to 1, how much of the sky a point sees
    triangles:  (T, 3) int64, clockwise seen from outside
    parts:      (T,) int64, see `passerby.data.synthetic.parts.Part`
    """

    points: np.ndarray
    normals: np.ndarray
    around: np.ndarray
    along: np.ndarray
    openness: np.ndarray
    triangles: np.ndarray
    parts: np.ndarray


@dataclass(slots=True)
class Lofts:
    """Rings collected loft by loft; `mesh` joins them all at once."""

    _rings: list[np.ndarray] = field(default_factory=list)
    _parts: list[int] = field(default_factory=list)
    _lengths: list[int] = field(default_factory=list)
    _swells: list[np.ndarray] = field(default_factory=list)

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
        rows = np.empty((count, 14))
        rows[:, 0:3], rows[:, 3:6], rows[:, 6:9] = centres, lateral, depth
        rows[:, 9], rows[:, 10], rows[:, 11] = wide, deep, along
        rows[:, 12], rows[:, 13] = openness, power
        self._rings.append(rows)
        self._parts.append(part)
        self._lengths.append(count)
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
        shape = 2 / rows[:, 13:14]
        sin = np.sign(_SIN) * np.abs(_SIN) ** shape  # (R, S)
        cos = np.sign(_COS) * np.abs(_COS) ** shape
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
        hand = np.where(hand < 0, -1.0, 1.0)
        # Wrap round the seam, so that shading does not show it.
        around = np.concatenate([points[:, 1:], points[:, 1:2]], 1) - np.concatenate(
            [points[:, -2:-1], points[:, :-1]], 1
        )
        normals = cross(around, points[nexts] - points[befores]) * -hand[:, None, None]
        normals /= np.sqrt((normals * normals).sum(2, keepdims=True)) + 1e-12

        corners = SECTORS + 1
        first = ring[nexts != ring]  # rings that have a next one in their loft
        column = np.arange(SECTORS)
        a = first[:, None] * corners + column
        b, c = a + 1, a + corners
        d = c + 1
        flip = (hand[first] > 0)[:, None, None]
        lower = np.where(flip, np.stack([a, b, c], -1), np.stack([a, c, b], -1))
        upper = np.where(flip, np.stack([b, d, c], -1), np.stack([b, c, d], -1))
        triangles = np.concatenate([lower, upper], 1).reshape(-1, 3)
        part = np.repeat(np.array(self._parts), lengths)[first]
        return Mesh(
            points=points.reshape(-1, 3),
            normals=normals.reshape(-1, 3),
            around=np.broadcast_to(_ANGLES, (len(rows), corners)).reshape(-1),
            along=np.repeat(rows[:, 11], corners),
            openness=np.repeat(rows[:, 12], corners),
            triangles=triangles,
            parts=np.repeat(part, 2 * SECTORS),
        )


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
