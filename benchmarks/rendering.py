"""Speed of the rendered world on one core, and how far colour alone gets in it.

    OMP_NUM_THREADS=1 python benchmarks/rendering.py [--people 100] [--truth] [--fresh]
    python benchmarks/rendering.py --device cuda --batch 256 --people 0

Limits, colour only: 50 crops of 256 x 128 a second on a CPU core and 1,000 on a GPU, 15 frames of
640 x 360 a second. Rank-1 of colour well below 50 % for 100 people, or the world teaches nothing.

A crop is described by the host and rendered by the device; both are timed apart too, since the
processes that read ahead describe, as many at a time as there are cores.
"""

import argparse
import time
from functools import partial
from itertools import islice

import numpy as np
import torch

from passerby.data.synthetic.crops import rendered
from passerby.data.synthetic.develop import pictures
from passerby.data.synthetic.modalities import MODALITIES, Modality
from passerby.data.synthetic.shot import Shot
from passerby.data.synthetic.styles import STYLES
from passerby.data.synthetic.world import World


def seconds_each(work, count: int) -> tuple[float, float]:
    """Wall and processor seconds for one of `count` pieces of work, the best of three rounds."""
    rounds = []
    for _ in range(3):
        wall, busy = time.perf_counter(), time.process_time()
        work()
        rounds.append((time.perf_counter() - wall, time.process_time() - busy))
    return min(wall for wall, _ in rounds) / count, min(busy for _, busy in rounds) / count


def crops_in(world: World, wanted: list[tuple[int, int, int]], modality: Modality) -> None:
    for one in wanted:
        world.crop(*one, modality=modality)


def render_all(shots: list[Shot], device: str, batch: int) -> None:
    """Render shots and wait until the device has done so."""
    for start in range(0, len(shots), batch):
        pictures(shots[start : start + batch], device)
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def report(name: str, wall: float, busy: float) -> None:
    print(f"{name}: {1 / wall:.0f} per second ({1 / busy:.0f} per second of processor time)")


def colour_features(crops: np.ndarray) -> dict[str, np.ndarray]:
    """Three descriptions by colour alone, each (N, D)."""
    pixels = crops.astype(np.float32)
    count = len(crops)
    cells = crops // 32
    cells = (cells[..., 0] * 8 + cells[..., 1]) * 8 + cells[..., 2]
    whole = np.stack([np.bincount(one.ravel(), minlength=512) for one in cells])
    strips = cells.reshape(count, 8, -1)
    parts = np.stack([[np.bincount(s, minlength=512) for s in one] for one in strips])
    return {
        "mean colour": pixels.mean((1, 2)),
        "colour histogram": np.sqrt(whole / whole.sum(1, keepdims=True)),
        "histograms of 8 strips": np.sqrt(parts / parts.sum(2, keepdims=True)).reshape(count, -1),
    }


def rank_1(query: np.ndarray, gallery: np.ndarray, labels: list[np.ndarray]) -> float:
    """Share of queries whose nearest crop from another camera shows the same person."""
    who, where, whose, place = labels
    squares = (gallery**2).sum(1) - 2 * query @ gallery.T  # of the query's own length: no matter
    distances = squares.astype(np.float64)
    distances[(who[:, None] == whose) & (where[:, None] == place)] = np.inf
    return float((whose[distances.argmin(1)] == who).mean())


def difficulty(people: int, cameras: int) -> None:
    splits = rendered(people=0, test_people=people, cameras=cameras, shots=3)
    query = np.stack([sample.pixels.read() for sample in splits.query])
    gallery = np.stack([sample.pixels.read() for sample in splits.gallery])
    labels = [
        np.array([getattr(sample, field) for sample in part])
        for part in (splits.query, splits.gallery)
        for field in ("person", "camera")
    ]
    q, g = colour_features(query), colour_features(gallery)
    for name in q:
        print(f"rank-1 by {name}, {people} people: {rank_1(q[name], g[name], labels):.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100, help="people to find; 0 skips this")
    parser.add_argument("--cameras", type=int, default=6)
    parser.add_argument("--style", default="town", choices=list(STYLES))
    parser.add_argument("--truth", action="store_true", help="time truth and modalities too")
    parser.add_argument("--fresh", action="store_true", help="time shots that are each new too")
    parser.add_argument("--device", default="cpu", help="renders the crops; cuda or cpu")
    parser.add_argument("--batch", type=int, default=1, help="crops rendered at once")
    settings = parser.parse_args()
    if settings.device == "cpu":
        torch.set_num_threads(1)
    on = {"device": settings.device, "batch": settings.batch}
    world = World(seed=0, people=24, cameras=settings.cameras, style=settings.style)
    cameras = range(1, settings.cameras + 1)
    for camera in cameras:  # draw the places first
        world.crop(1, camera, 0)
    wanted = [(person, camera, 1) for person in range(1, 25) for camera in cameras]
    report("crops of 256 x 128", *seconds_each(lambda: world.crops(wanted, **on), len(wanted)))
    shots = [world.shot(*one) for one in wanted]
    described = seconds_each(lambda: [world.shot(*one) for one in wanted], len(wanted))
    report("  of them, described by the host", *described)
    rendered_only = seconds_each(lambda: render_all(shots, **on), len(shots))
    report(
        f"  of them, rendered on {settings.device} in batches of {settings.batch}", *rendered_only
    )
    wanted = [(person, camera, 2) for person in range(1, 25) for camera in cameras]
    small = seconds_each(lambda: world.crops(wanted, height=128, width=64, **on), len(wanted))
    report("crops of 128 x 64", *small)
    some = wanted[::6]
    if settings.truth:  # apart from the colours, whose speed is what training needs
        truths = seconds_each(lambda: [world.truth(*one) for one in some], len(some))
        report("truth of 256 x 128, without colour", *truths)
        for modality in MODALITIES[1:]:
            seen = seconds_each(partial(crops_in, world, some, modality), len(some))
            report(f"crops of 256 x 128, {modality}", *seen)
    if settings.fresh:
        numbers = iter(range(10**9))
        fresh = seconds_each(
            lambda: [world.crop(1 + n % 24, 1 + n % settings.cameras, 10**7 + 97 * n)
                     for n in islice(numbers, len(some))],
            len(some),
        )  # fmt: skip
        report("crops of 256 x 128, never seen before", *fresh)
    times = np.linspace(world.schedule(1)[4].start, world.schedule(1)[14].end, 100)
    world.frame(1, float(times[0]))
    crowd = []
    film = seconds_each(
        lambda: crowd.extend(len(world.frame(1, float(t)).persons) for t in times), len(times)
    )
    report(f"frames of 640 x 360 with {np.mean(crowd):.1f} people", *film)
    if settings.people:
        difficulty(settings.people, settings.cameras)


if __name__ == "__main__":
    main()
