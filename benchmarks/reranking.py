"""k-reciprocal re-ranking: seconds and peak memory, from features to scores.

    python benchmarks/reranking.py [--size small|market|msmt17] [--only NAME ...]

The peer is the dense textbook algorithm, written here in numpy: all N x N distances, a full
argsort, loops over rows, an inverted file. "published" lays its matrices out as the published
program and its copies do: the distances are divided by the maxima of their columns and turned
over, so that every row that is read afterwards is strided memory. "dense" is the same with rows
side by side, the most that numpy can do. At Market-1501 size they need minutes and up to 9 GB.

"compiled" and "tensors" are `passerby.ranking.k_reciprocal` with and without Numba. Each row of the
table runs in a process of its own, so that its peak memory is its own. "faster" compares the
peers without their scoring with ours including it, from features to scores. Features are Gaussian
clusters, one a person, with the numbers of people, cameras and pictures of the data set they are
named for. Machine code is compiled before the clock starts. Compare runs of one machine, idle.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial

import numpy as np

# torch and passerby are imported by the measured processes alone: a process that starts others
# passes its own peak memory on to them.

K1, K2, WEIGHT = 20, 6, 0.3


@dataclass(frozen=True)
class Size:
    """How many of each a data set has."""

    queries: int
    gallery: int
    people: int
    cameras: int
    distractors: int
    dense: bool  # whether the peer fits into an ordinary machine


SIZES = {
    "small": Size(300, 1500, 75, 6, 250, True),
    "market": Size(3368, 15913, 750, 6, 2798, True),
    "msmt17": Size(11659, 82161, 3060, 15, 0, False),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Seconds and memory of k-reciprocal re-ranking")
    parser.add_argument("--size", choices=SIZES, default="market")
    parser.add_argument("--only", choices=MEASURED, nargs="+", help="rows of the table")
    parser.add_argument("--measure", choices=MEASURED, help=argparse.SUPPRESS)
    args = parser.parse_args()
    size = SIZES[args.size]
    if args.measure:
        print(json.dumps(MEASURED[args.measure](size)))
        return
    names = args.only or [name for name in MEASURED if size.dense or name not in PEERS]
    print(
        f"{args.size}: {size.queries} queries, {size.gallery} gallery entries, "
        f"512 dimensions; {os.cpu_count()} cores"
    )
    titles = ["seconds", "scoring", "CPU s", "peak MiB", "/ published", "/ dense", "mAP", "rank-1"]
    print(" " * 10, *(f"{title:>11}" for title in titles))
    peers: dict[str, float] = {}
    for name in names:
        command = [sys.executable, __file__, "--size", args.size, "--measure", name]
        settings = {"PASSERBY_COMPILED": "0"} if name == "tensors" else {}
        done = subprocess.run(command, env=os.environ | settings, stdout=subprocess.PIPE)
        if done.returncode:
            sys.exit(f"{name}: ended with {done.returncode} (-9: out of memory)")
        row = json.loads(done.stdout)
        if name in PEERS:
            peers[name] = row["seconds"] - row["scoring"]
        ours = name in ("compiled", "tensors")
        faster = [f"{peers[p] / row['seconds']:.1f}" if ours and p in peers else "" for p in PEERS]
        cells = [f"{row[key]:.2f}" for key in ("seconds", "scoring", "busy")]
        cells += [f"{row['peak']:.0f}", *faster, f"{row['map']:.6f}", f"{row['rank1']:.4f}"]
        print(f"{name:10}", *(f"{cell:>11}" for cell in cells), flush=True)


def clusters(size: Size, seed: int = 0, dimensions: int = 512):
    """Query and gallery embeddings: a person's features lie around the person's centre."""
    import torch

    from passerby.core.embeddings import Embeddings

    generator = torch.Generator().manual_seed(seed)

    def draw(count: int, distractors: int) -> Embeddings:
        persons = torch.randint(1, size.people + 1, (count,), generator=generator)
        persons[count - distractors :] = 0
        cameras = torch.randint(1, size.cameras + 1, (count,), generator=generator)
        features = torch.randn(count, dimensions, generator=generator).mul_(NOISE)
        # Distractors lie at random among the people, each on its own.
        features[: count - distractors] += centres[persons[: count - distractors]]
        features.add_(views[cameras])
        return Embeddings(
            features=features,
            persons=persons,
            cameras=cameras,
            times=torch.full((count,), float("nan"), dtype=torch.float64),
            tracklets=torch.full((count,), -1),
            modalities=("visible",) * count,
            keys=("",) * count,
            model="clusters",
            model_hash="00",
        )

    centres = torch.randn(size.people + 1, dimensions, generator=generator)
    views = torch.randn(size.cameras + 1, dimensions, generator=generator) * CAMERA
    return draw(size.queries, 0), draw(size.gallery, size.distractors)


NOISE, CAMERA = 2.4, 0.5


def measure(size: Size, ranked) -> dict[str, float]:
    """Seconds of `ranked(query, gallery) -> DistanceBlocks` and of scoring its blocks."""
    from passerby.metrics.retrieval import retrieval_scores

    small = clusters(SIZES["small"], seed=1)
    retrieval_scores(ranked(*small), *small)
    query, gallery = clusters(size)
    start, busy = time.perf_counter(), time.process_time()
    blocks = ranked(query, gallery)
    ready = time.perf_counter()
    scores = retrieval_scores(blocks, query, gallery)
    end = time.perf_counter()
    return {
        "seconds": end - start,
        "busy": time.process_time() - busy,  # of all cores, were it alone or not
        "scoring": end - ready,  # blocks that are computed on demand are computed here
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "map": scores.mean_ap,
        "rank1": float(scores.cmc[0]),
    }


def plain(size: Size) -> dict[str, float]:
    from passerby.ranking.plain import distances

    return measure(size, lambda query, gallery: distances(query, gallery, "cosine"))


def streamed(size: Size) -> dict[str, float]:
    from passerby.ranking.k_reciprocal import k_reciprocal

    return measure(size, lambda query, gallery: k_reciprocal(query, gallery, K1, K2, WEIGHT))


def dense(size: Size, published: bool = False) -> dict[str, float]:
    import torch

    from passerby.core.blocks import DistanceBlocks

    def ranked(query, gallery):
        features = np.concatenate([query.features.numpy(), gallery.features.numpy()])
        found = rerank(features, len(query), published)
        return DistanceBlocks.of_matrix(torch.from_numpy(found))

    return measure(size, ranked)


PEERS = ("published", "dense")
MEASURED = {
    "published": partial(dense, published=True),
    "dense": dense,
    "compiled": streamed,
    "tensors": streamed,
    "plain": plain,
}


def rerank(features: np.ndarray, queries: int, published: bool) -> np.ndarray:
    """The textbook way: (N, D) -> distances (queries, N - queries), the N x N matrices held."""
    features = features / np.linalg.norm(features, axis=1, keepdims=True)
    squares = (features**2).sum(1)
    distances = features @ features.T
    distances *= -2
    distances += squares
    distances += squares[:, None]
    np.maximum(distances, 0, out=distances)
    if published:
        distances = np.transpose(distances / distances.max(axis=0))
    else:
        distances /= distances.max(axis=1, keepdims=True)
    order = np.argsort(distances, axis=1).astype(np.int32)
    encodings = encode(distances, order)
    return (1 - WEIGHT) * jaccard(encodings, queries) + WEIGHT * distances[:queries, queries:]


def encode(distances: np.ndarray, order: np.ndarray) -> np.ndarray:
    encodings = np.zeros_like(distances)
    half = round(K1 / 2)
    for row in range(len(distances)):
        mutual = reciprocal(order, row, K1)
        members = mutual
        for candidate in mutual:
            theirs = reciprocal(order, candidate, half)
            if len(np.intersect1d(theirs, mutual)) > 2 / 3 * len(theirs):
                members = np.append(members, theirs)
        members = np.unique(members)
        weights = np.exp(-distances[row, members])
        encodings[row, members] = weights / weights.sum()
    if K2 == 1:
        return encodings
    averaged = np.zeros_like(encodings)
    for row in range(len(encodings)):
        averaged[row] = encodings[order[row, :K2]].mean(axis=0)
    return averaged


def reciprocal(order: np.ndarray, row: int, k: int) -> np.ndarray:
    near = order[row, : k + 1]
    return near[(order[near, : k + 1] == row).any(axis=1)]


def jaccard(encodings: np.ndarray, queries: int) -> np.ndarray:
    holders = [np.flatnonzero(column) for column in encodings.T]
    out = np.empty((queries, len(encodings)), np.float32)
    for row in range(queries):
        shared = np.zeros(len(encodings), np.float32)
        for column in np.flatnonzero(encodings[row]):
            there = holders[column]
            shared[there] += np.minimum(encodings[row, column], encodings[there, column])
        out[row] = 1 - shared / (2 - shared)
    return out[:, queries:]


if __name__ == "__main__":
    main()
