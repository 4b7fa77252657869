"""Who is who in a large gallery: seconds and memory of `passerby identities associate`.

    python benchmarks/associate.py 2000 5000

For each number of tracklets a gallery of its own is made, in a folder that goes afterwards. People
are seen ten times each, by five cameras; features are unit vectors of 256 dimensions, near their
person's and far from others'. Half of the people are known by half of their tracklets; all other
tracklets are to be said. "right" counts pairs of tracklets that are together as they should be
(F1). "peak" is how far the process's resident memory rose above where it stood before.
"""

import argparse
import resource
import tempfile
import time
from collections import Counter
from math import comb
from pathlib import Path

import numpy as np
import torch

from passerby.core.embeddings import Embeddings
from passerby.core.sample import JUNK, Sample
from passerby.gallery.filter import Filter
from passerby.gallery.opening import create_gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Entry, Model, Recording
from passerby.metrics.calibration import Calibration
from passerby.metrics.logistic import Logistic
from passerby.pipelines.identities import associate

MODEL = Model("synthetic", "5e" * 32, "cosine", "synthetic")
CALIBRATION = Calibration(
    MODEL.name, MODEL.hash, MODEL.metric, 0.35, "f1", Logistic(20.0, 7.0), 0.01, 0.95, None,
    100, 1000, 5000, 50_000, "made up", "2026-01-01",
)  # fmt: skip
EACH, CAMERAS, DIMENSIONS, PER_RECORDING = 10, 5, 256, 500
NOISE = 0.45


def fill(gallery: PostgresGallery, count: int) -> dict[str, int]:
    """Tracklets by time, a recording after the other; tracklet -> person."""
    rng = np.random.default_rng(0)
    people = count // EACH
    centres = rng.standard_normal((people, DIMENSIONS)) / np.sqrt(DIMENSIONS)
    order = rng.permutation(np.repeat(np.arange(people), EACH))
    whose: dict[str, int] = {}
    for number, begin in enumerate(range(0, count, PER_RECORDING)):
        seen = order[begin : begin + PER_RECORDING]
        camera, name = f"camera {number % CAMERAS}", f"{number:016x}"
        noise = NOISE * rng.standard_normal((len(seen), DIMENSIONS)) / np.sqrt(DIMENSIONS)
        features = torch.from_numpy(centres[seen] + noise).float()
        start = 1e9 + 10_000.0 * number
        entries = [
            Entry(name, at, camera, start + 12.0 * at, start + 12.0 * at + 8, True, ())
            for at in range(len(seen))
        ]
        samples = [Sample(Path(e.id), JUNK, 0, tracklet=e.number, time=e.start) for e in entries]
        rows = Embeddings.of(
            torch.nn.functional.normalize(features), samples, MODEL.name, MODEL.hash
        )
        about = Recording(name, camera, f"{name}.mp4", f"{number:064x}", start, 7000.0, 1, 0, {})
        gallery.add(about, entries, rows)
        whose |= {e.id: int(person) for e, person in zip(entries, seen, strict=True)}
    gallery.maintain()
    return whose


def know(gallery: PostgresGallery, whose: dict[str, int]) -> None:
    """Half of the people are known by the first half of their tracklets."""
    shown: dict[int, list[str]] = {}
    for tracklet, person in whose.items():
        shown.setdefault(person, []).append(tracklet)
    for person, tracklets in shown.items():
        if person % 2 == 0:
            gallery.assign(tracklets[: EACH // 2], gallery.add_person().id)


def pairs_f1(whose: dict[str, int], said: dict[str, str]) -> float:
    """F1 over pairs of tracklets."""
    both = Counter((whose[t], said[t]) for t in whose)
    right = sum(comb(n, 2) for n in both.values())
    true = sum(comb(n, 2) for n in Counter(whose.values()).values())
    claimed = sum(comb(n, 2) for n in Counter(said[t] for t in whose).values())
    return 2 * right / (true + claimed)


def resident() -> int:
    """The process's resident memory now, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def measure(count: int, dry: bool) -> str:
    with (
        tempfile.TemporaryDirectory() as folder,
        create_gallery(Path(folder) / "town", MODEL) as gallery,
    ):
        whose = fill(gallery, count)
        know(gallery, whose)
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before, began = resident(), time.perf_counter()
        done = associate(gallery, CALIBRATION, dry=dry)
        seconds = time.perf_counter() - began
        status = Path("/proc/self/status").read_text()
        peak = int(status.split("VmHWM:")[1].split()[0]) * 1024 - before
        said = {e.id: e.person for e in gallery.entries(Filter(known=True))}
        if dry:
            said |= done.people
    return (
        f"| {count:,} | {'yes' if dry else 'no'} | {len(done.people):,} | {seconds:.1f} "
        f"| {len(done.people) / seconds:.0f} | {peak / 2**20:.0f} | {pairs_f1(whose, said):.3f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("tracklets", type=int, nargs="*", default=[2000, 5000])
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    print("| tracklets | dry | said | seconds | a second | peak MiB | right |")
    print("|" + " --- |" * 7)
    for count in options.tracklets:
        print(measure(count, options.dry), flush=True)


if __name__ == "__main__":
    main()
