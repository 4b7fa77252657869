"""How things are drawn: boxes with painted faces, and bicycles, which are nearly flat."""

import torch
from torch import Tensor

from passerby.data.synthetic.canvas import Canvas, column
from passerby.data.synthetic.person import Colour
from passerby.data.synthetic.things import Thing


def draw_thing(canvas: Canvas, thing: Thing) -> None:
    """Put a thing on the canvas."""
    match thing.kind:
        case "railing":
            _railing(canvas, thing)
        case "bicycle":
            _bicycle(canvas, thing)
        case "car":
            _box(canvas, thing, 0.22, 0.62 * thing.tall, "body")
            cabin = Thing(
                "car", thing.x + 0.1, thing.z, 0.58 * thing.wide, 0.85 * thing.deep,
                thing.tall, thing.colour,
            )  # fmt: skip
            _box(canvas, cabin, 0.62 * thing.tall, thing.tall, "cabin")
            _wheels(canvas, thing)
        case "bench":
            _box(canvas, thing, 0.38, 0.46, "wood")
            back = Thing(
                "bench", thing.x, thing.z + thing.deep, thing.wide, 0.03, thing.tall, thing.colour
            )
            _box(canvas, back, 0.55, thing.tall, "wood")
            for side in (-0.8, 0.8):
                leg = Thing(
                    "bench",
                    thing.x + side * thing.wide,
                    thing.z,
                    0.03,
                    thing.deep,
                    0.4,
                    (0.2, 0.2, 0.2),
                )
                _box(canvas, leg, 0.0, 0.4, "plain")
        case "planter":
            _box(canvas, thing, 0.0, 0.45 * thing.tall, "plain")
            _box(canvas, thing, 0.45 * thing.tall, thing.tall, "leaves")
        case "bush":
            _box(canvas, thing, 0.0, thing.tall, "leaves")
        case "stand":
            _box(canvas, thing, 0.0, thing.tall, "goods")
        case "sign" | "board":
            _box(canvas, thing, 0.04, thing.tall, "print")
        case "tree":
            _box(canvas, thing, 0.0, thing.tall, "bark")
        case _:
            _box(canvas, thing, 0.0, thing.tall, "plain")


def _box(canvas: Canvas, thing: Thing, low: float, high: float, look: str) -> None:
    """A box from `low` to `high`, by its three faces that the camera may see."""
    camera, (rx, ry, rz) = canvas.camera, canvas.ray
    side = -1.0 if thing.x > 0 else 1.0
    faces = (
        ((thing.z - thing.deep) / rz.clamp(min=1e-4), (0.0, 0.0, -1.0)),
        ((thing.x + side * thing.wide) / torch.where(rx.abs() < 1e-4, 1e-4, rx), (side, 0.0, 0.0)),
        ((high - camera.mast) / torch.where(ry.abs() < 1e-4, -1e-4, ry), (0.0, 1.0, 0.0)),
    )
    for depth, normal in faces:
        x, z = rx * depth, rz * depth
        y = ry * depth + camera.mast
        inside = (x - thing.x).abs() <= thing.wide + 1e-4
        inside &= (
            ((z - thing.z).abs() <= thing.deep + 1e-4) & (y >= low - 1e-4) & (y <= high + 1e-4)
        )
        where = inside & canvas.nearer(depth)
        if not where.any():
            continue
        across = (x - thing.x)[where] + (z - thing.z)[where]
        v = y[where]
        # On top, depth takes the place of height.
        rise = high + (z - thing.z)[where] if normal[1] else v
        colour = _painted(canvas, thing, look, across, rise, normal, low, high)
        if look == "leaves":  # ragged edges
            rag = canvas.speckle(across * 14 + z[where] * 9, rise * 14) > (v - high) * 7 + 0.15
            rag |= v < high - 0.2
            colour, kept = colour[:, rag], where.clone()
            kept[where] = rag
            where = kept
            v = v[rag]
        colour = colour * (0.6 + 0.4 * (v / 0.5).clamp(0, 1))
        canvas.put(depth[where], where, colour, normal)


def _painted(
    canvas: Canvas,
    thing: Thing,
    look: str,
    u: Tensor,
    v: Tensor,
    normal: tuple[float, float, float],
    low: float,
    high: float,
) -> Tensor:
    """Colour (3, n) of a box's face at u, v metres across and up."""
    base = column(thing.colour)
    rough = 0.10 * canvas.speckle(u * 30, v * 30) + 0.08 * canvas.speckle(u * 5, v * 5)
    match look:
        case "leaves":
            leaf = canvas.speckle(u * 22, v * 22) + 0.6 * canvas.speckle(u * 7 + 3, v * 7)
            return column((0.26, 0.34, 0.17)) * (1 + 0.65 * leaf).clamp(0.15, 2.2)
        case "cabin":
            share = (v - low) / (high - low)
            glass = (
                (share > 0.15) & (share < 0.85) & (normal[1] == 0) & ((u.abs() - 0.05).abs() > 0.05)
            )
            shine = 0.12 + 0.18 * (canvas.speckle(u * 1.5, v * 2) + 0.3).clamp(0)
            return torch.where(
                glass, shine.expand(3, -1) * torch.tensor([[0.9], [1.0], [1.1]]), base * (1 + 0 * u)
            )
        case "body":
            gleam = (
                1 + 0.25 * ((v - low) / (high - low) - 0.4) + 0.06 * canvas.speckle(u * 2, v * 4)
            )
            door = ((u / 1.05 % 1 - 0.5).abs() > 0.49) & (normal[1] == 0)
            return base * gleam * (1 - 0.5 * door.float())
        case "wood":
            slat = ((v + u * 0.01) / 0.09 % 1 < 0.18).float() * float(normal[1] == 0)
            return column((0.42, 0.32, 0.23)) * (1 + rough) * (1 - 0.5 * slat)
        case "goods":
            cell = canvas.cells((u / 0.17 + 50).floor(), (v / 0.22).floor())
            tint = torch.stack(
                [cell, canvas.cells((u / 0.17 + 9).floor(), (v / 0.22 + 4).floor()), -cell]
            )
            shelf = (v / 0.3 % 1 < 0.12).float()
            return (base * (1 + 0.9 * tint)).clamp(0.02, 1) * (1 - 0.6 * shelf)
        case "print":
            line = ((v / 0.09 % 1) < 0.45) & (u.abs() < 0.7 * thing.wide)
            line &= canvas.cells((u / 0.06 + 90).floor(), (v / 0.09).floor()) > -0.1
            board = torch.lerp(base, column((0.92, 0.9, 0.85)), 0.35)
            return torch.where(line, column((0.12, 0.1, 0.1)), board * (1 + rough))
        case "bark":
            return column((0.34, 0.28, 0.22)) * (1 + 0.4 * canvas.speckle(u * 40, v * 8))
    rim = 0.25 * ((v - high).abs() < 0.05).float()
    return base * (1 + rough) * (1 - rim)


def _flat(canvas: Canvas, z: float) -> tuple[Tensor, Tensor, Tensor]:
    """Depth, x and y where rays meet an upright plane at z."""
    depth = z / canvas.ray[2].clamp(min=1e-4)
    return depth, canvas.ray[0] * depth, canvas.ray[1] * depth + canvas.camera.mast


def _bicycle(canvas: Canvas, thing: Thing) -> None:
    """Two wheels, a frame, handlebar and saddle, seen from the side."""
    depth, x, y = _flat(canvas, thing.z)
    near = ((x - thing.x).abs() < thing.wide + 0.1) & (y > 0) & (y < 1.2) & canvas.nearer(depth)
    if not near.any():
        return
    scale = thing.wide / 0.86
    u, v = (x[near] - thing.x) / scale, y[near] / scale
    wide = (depth[near] * 0.0011).clamp(min=0.014)  # never thinner than a pixel
    tyre, frame = torch.zeros_like(u, dtype=torch.bool), torch.zeros_like(u, dtype=torch.bool)
    for hub in (-0.52, 0.52):
        far = ((u - hub) ** 2 + (v - 0.33) ** 2).sqrt()
        tyre |= (far - 0.32).abs() < 1.3 * wide
        tyre |= far < 0.04
    for a, b in (
        ((-0.52, 0.33), (-0.1, 0.32)), ((-0.1, 0.32), (0.38, 0.75)), ((-0.22, 0.78), (0.38, 0.75)),
        ((-0.1, 0.32), (-0.24, 0.9)), ((-0.52, 0.33), (-0.22, 0.78)), ((0.52, 0.33), (0.34, 0.98)),
    ):  # fmt: skip
        frame |= _line(u, v, a, b) < wide
    tyre |= _line(u, v, (-0.36, 0.92), (-0.14, 0.92)) < 1.6 * wide
    tyre |= _line(u, v, (0.24, 1.0), (0.4, 1.0)) < 1.3 * wide
    shown = tyre | frame
    where = near.clone()
    where[near] = shown
    colour = torch.where(frame[shown], column(thing.colour), column((0.10, 0.10, 0.10)))
    canvas.put(depth[where], where, colour, (0.0, 0.3, -0.95))


def _railing(canvas: Canvas, thing: Thing) -> None:
    """Upright bars between two rails."""
    depth, x, y = _flat(canvas, thing.z)
    near = ((x - thing.x).abs() < thing.wide) & (y > 0) & (y < thing.tall) & canvas.nearer(depth)
    if not near.any():
        return
    u, v = x[near] - thing.x, y[near]
    bars = ((u / 0.12 % 1) < 0.18) & (v > 0.12)
    ends = (thing.wide - u.abs()) < 0.04
    shown = bars | ends | (v > thing.tall - 0.06) | ((v - 0.15).abs() < 0.03)
    where = near.clone()
    where[near] = shown
    colour = column(thing.colour).expand(3, int(shown.sum()))
    canvas.put(depth[where], where, colour, (0.0, 0.3, -0.95))


def _line(u: Tensor, v: Tensor, a: tuple[float, float], b: tuple[float, float]) -> Tensor:
    """Distance of points (u, v) from the line between a and b."""
    du, dv = b[0] - a[0], b[1] - a[1]
    t = (((u - a[0]) * du + (v - a[1]) * dv) / (du * du + dv * dv)).clamp(0, 1)
    return ((u - a[0] - t * du) ** 2 + (v - a[1] - t * dv) ** 2).sqrt()


def _wheels(canvas: Canvas, car: Thing) -> None:
    depth, x, y = _flat(canvas, car.z - car.deep - 0.01)
    for hub in (-0.62 * car.wide, 0.62 * car.wide):
        far = ((x - car.x - hub) ** 2 + (y - 0.32) ** 2).sqrt()
        where = (far < 0.33) & canvas.nearer(depth)
        if where.any():
            rim: Colour = (0.55, 0.55, 0.56)
            colour = torch.where(far[where] < 0.19, column(rim), column((0.08, 0.08, 0.08)))
            canvas.put(depth[where], where, colour, (0.0, 0.2, -0.97))
