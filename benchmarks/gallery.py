"""The gallery in PostgreSQL: recall, speed and size, as Markdown tables.

    python benchmarks/gallery.py 20000
    python benchmarks/gallery.py 200000 1000000 --folder /where/there/is/room
    python benchmarks/gallery.py 60000 --segment 15000 --few 750     (many indexes, in little time)

Features of 512 numbers lie as a model puts them: 10 of each person, in 20 cameras, an hour each.
The variance of people's centres and of their pictures about them falls along the axes as OSNet's
does on CUHK01, and a picture is as far from its person's centre (--noise 1.2). There are no crops,
so that the size on disk is that of the vectors. Queries are further pictures of the same people,
one at a time. `exact` looks at every row in numpy, in this process, in float32.

Inserts are of recordings with 10 tracklets, each its own transaction on disk, while another
process searches.
"""

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from passerby.core.embeddings import Embeddings
from passerby.core.sample import JUNK, Sample
from passerby.gallery import nearest, segments
from passerby.gallery.filter import Filter
from passerby.gallery.opening import create_gallery, open_gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Entry, Model, Recording

DIMENSIONS, EACH, CAMERAS, HOUR = 512, 10, 20, 3600.0
MODEL = Model("benchmark", "be" * 32, "cosine")


@dataclass(frozen=True)
class People:
    """Features (N, D) of length 1 in random order, and queries (Q, D)."""

    rows: np.ndarray
    queries: np.ndarray

    @property
    def cameras(self) -> np.ndarray:
        """(N,) the camera of each row: one after the other."""
        return np.arange(len(self.rows)) * CAMERAS // len(self.rows)

    @property
    def times(self) -> np.ndarray:
        """(N,) seconds since the epoch: every camera's hour behind the one before."""
        return np.arange(len(self.rows)) * CAMERAS * HOUR / len(self.rows)


def draw(count: int, queries: int, noise: float, seed: int = 0) -> People:
    rng = np.random.default_rng(seed)
    spread = ((1 + np.arange(DIMENSIONS) / 10) ** -0.75).astype(np.float32)
    spread /= np.linalg.norm(spread)
    turn = np.linalg.qr(rng.standard_normal((DIMENSIONS, DIMENSIONS)))[0].astype(np.float32)
    common = (rng.standard_normal(DIMENSIONS) / DIMENSIONS**0.5 * 0.9).astype(np.float32)

    def some(number: int) -> np.ndarray:
        return rng.standard_normal((number, DIMENSIONS), dtype=np.float32) * spread

    def finish(features: np.ndarray) -> np.ndarray:
        features = features @ turn + common
        return features / np.linalg.norm(features, axis=1, keepdims=True)

    people = count // EACH
    order = rng.permutation(people * EACH)
    rows = np.empty((people * EACH, DIMENSIONS), np.float32)
    asked = []
    for first in range(0, people, 5000):
        centres = some(min(5000, people - first))
        where = order[first * EACH : (first + len(centres)) * EACH]
        rows[where] = finish(np.repeat(centres, EACH, 0) + noise * some(len(where)))
        asked.append(finish(centres + noise * some(len(centres))))
    every = np.concatenate(asked)
    return People(rows, every[rng.permutation(people)[:queries]])


def embeddings(rows: np.ndarray, numbers: Sequence[int]) -> Embeddings:
    samples = [Sample(Path(str(n)), JUNK, 0, tracklet=n) for n in numbers]
    return Embeddings.of(torch.from_numpy(rows), samples, MODEL.name, MODEL.hash)


def add(gallery: PostgresGallery, name: str, camera: str, rows: np.ndarray, times: np.ndarray):
    film = Recording(name, camera, name, "c0", float(times[0]), HOUR, 1, 0, {})
    entries = [Entry(name, n, camera, float(t), float(t), True, ()) for n, t in enumerate(times)]
    gallery.add(film, entries, embeddings(rows, range(len(rows))))


def fill(gallery: PostgresGallery, people: People, chunk: int = 1000) -> float:
    """Rows a second, in recordings of `chunk` tracklets; the id says which rows."""
    start = time.perf_counter()
    cameras, times = people.cameras, people.times
    bounds = [*np.flatnonzero(np.diff(cameras, prepend=-1)).tolist(), len(cameras)]
    for first, end in pairwise(bounds):
        for row in range(first, end, chunk):
            part = slice(row, min(row + chunk, end))
            name = f"{row:08x}"
            add(gallery, name, f"cam{cameras[row]:02}", people.rows[part], times[part])
    return len(people.rows) / (time.perf_counter() - start)


def filters(people: People) -> dict[str, tuple[Filter, np.ndarray]]:
    cameras, times = people.cameras, people.times
    twelfth = 12 * HOUR
    return {
        "all": (Filter(), np.ones(len(times), bool)),
        "not one camera of 20": (Filter(not_cameras=("cam03",)), cameras != 3),
        "one camera of 20": (Filter(cameras=("cam03",)), cameras == 3),
        "a quarter of the time": (
            Filter(after=twelfth, before=twelfth + 5 * HOUR),
            (times >= twelfth) & (times <= twelfth + 5 * HOUR),
        ),
        "1 in 100": (
            Filter(cameras=("cam07",), before=7.2 * HOUR), (cameras == 7) & (times <= 7.2 * HOUR),
        ),
    }  # fmt: skip


def timed(ask: Callable[[np.ndarray], object], queries: np.ndarray) -> tuple[list, np.ndarray]:
    """Answers, and milliseconds of each."""
    ask(queries[0])
    answers, taken = [], []
    for one in queries:
        start = time.perf_counter()
        answers.append(ask(one))
        taken.append(1000 * (time.perf_counter() - start))
    return answers, np.array(taken)


def quantiles(taken: np.ndarray) -> list[str]:
    return [f"{np.quantile(taken, share):.1f}" for share in (0.5, 0.99)]


def row_of(id: str) -> int:
    name, _, number = id.rpartition("/")
    return int(name, 16) + int(number)


def search(gallery: PostgresGallery, people: People) -> list[list[str]]:
    """recall@10, p50 and p99 of each filter, and of looking at everything in numpy."""
    lines = []
    for name, (where, admitted) in filters(people).items():
        allowed = np.flatnonzero(admitted)
        rows = people.rows[allowed]

        def exact(one: np.ndarray, rows: np.ndarray = rows) -> np.ndarray:
            far = -(rows @ one)
            best = np.argpartition(far, 10)[:10]
            return best[np.argsort(far[best])]

        def ask(one: np.ndarray, where: Filter = where) -> set[int]:
            (hits,) = gallery.search(embeddings(one[None], [-1]), 10, where)
            return {row_of(hit.entry.id) for hit in hits}

        truth, plain = timed(exact, people.queries)
        found, taken = timed(ask, people.queries)
        right = sum(
            len(set(allowed[best].tolist()) & got) for best, got in zip(truth, found, strict=True)
        )
        share = f"{right / (10 * len(found)):.4f}"
        lines.append([name, f"{len(rows):,}", share, *quantiles(taken), *quantiles(plain)])
    return lines


def searching(place: Path, queries: np.ndarray, ready, over, told) -> None:
    """Search until `over`; tell the milliseconds of each."""
    with open_gallery(place) as gallery:
        gallery.search(embeddings(queries[:1], [-1]), 10)
        ready.set()
        taken = []
        while not over.is_set():
            one = queries[len(taken) % len(queries)]
            start = time.perf_counter()
            gallery.search(embeddings(one[None], [-1]), 10)
            taken.append(1000 * (time.perf_counter() - start))
    told.put(np.array(taken))


def insert(gallery: PostgresGallery, place: Path, people: People, seconds: float) -> list[str]:
    """Inserts a second, searches a second meanwhile and their p50 and p99."""
    context = multiprocessing.get_context("spawn")
    ready, over, told = context.Event(), context.Event(), context.Queue()
    other = context.Process(target=searching, args=(place, people.queries, ready, over, told))
    other.start()
    ready.wait()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        rows = people.rows[count % 10_000 : count % 10_000 + 10]
        add(gallery, f"new{count:08}", "new", rows, 1e9 + np.arange(len(rows)))
        count += len(rows)
    spent = time.perf_counter() - start
    over.set()
    taken = told.get()
    other.join()
    return [f"{count / spent:,.0f}", f"{len(taken) / spent:.0f}", *quantiles(taken)]


def size_of(folder: Path) -> str:
    return f"{sum(f.stat().st_size for f in folder.rglob('*') if f.is_file()) / 2**30:.2f}"


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    for line in (head, ["---"] * len(head), *lines):
        print("| " + " | ".join(line) + " |", flush=True)
    print()


def measure(count: int, options: argparse.Namespace) -> None:
    people = draw(count, options.queries, options.noise)
    place = Path(tempfile.mkdtemp(prefix="gallery-", dir=options.folder))
    try:
        with create_gallery(place / "g", MODEL) as gallery:
            speed = fill(gallery, people)
            start = time.perf_counter()
            gallery.maintain()
            built = time.perf_counter() - start
            print(f"## {count:,} features of {DIMENSIONS}, noise {options.noise}\n")
            lines = search(gallery, people)
            head = ["search", "rows", "recall@10", "p50 ms", "p99 ms"]
            table([*head, "exact p50 ms", "exact p99 ms"], lines)
            mixed = insert(gallery, place / "g", people, options.seconds)
        columns = ["added a second", "index built, s", "on disk, GiB"]
        more = ["inserts a second while searching", "searches a second", "p50 ms", "p99 ms"]
        line = [f"{speed:,.0f}", f"{built:.0f}", size_of(place), *mixed]
        table([*columns, *more], [line])
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "sizes",
        type=int,
        nargs="*",
        default=[20_000, 200_000, 1_000_000],
        help="numbers of features",
    )
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--noise", type=float, default=1.2)
    parser.add_argument("--seconds", type=float, default=20.0, help="of inserting while searching")
    parser.add_argument("--folder", type=Path, help="where the galleries are made; by default /tmp")
    parser.add_argument(
        "--segment", type=int, default=segments.MOST, help="tracklets of an index at most"
    )
    parser.add_argument(
        "--few", type=int, default=nearest.FEW, help="tracklets compared sooner than by an index"
    )
    options = parser.parse_args()
    segments.MOST, nearest.FEW = options.segment, options.few
    for count in options.sizes:
        measure(count, options)


if __name__ == "__main__":
    sys.exit(main())
