"""k-reciprocal re-ranking: seconds and peak memory, from features to scores.

    python benchmarks/reranking.py [--only NAME ...]

The peer is the dense textbook algorithm, written here in numpy: all N x N distances, a full
argsort, loops over rows, an inverted file. "published" lays its matrices out as the published
program and its copies do: the distances are divided by the maxima of their columns and turned
over, so that every row that is read afterwards is strided memory. "dense" is the same with rows
side by side, the most that numpy can do. At Market-1501 size they need a minute and 6.2 GB.

"compiled" and "tensors" are `passerby.ranking.k_reciprocal` with and without Numba. Each row of the
table runs in a process of its own, so that its peak memory is its own. "faster" compares the
peers without their scoring with ours including it, from features to scores. Features are Gaussian
clusters, one a person, with the numbers of people, cameras and pictures of the data set they are
named for. Machine code is compiled before the clock starts. Compare runs of one machine, idle.
"""

import time
from functools import partial

import numpy as np

from crowd import SIZES, Size, clusters, peak_mebibytes, run_rows

K1, K2, WEIGHT = 20, 6, 0.3
TITLES = ("seconds", "scoring", "CPU s", "peak MiB", "/ published", "/ dense", "mAP", "rank-1")


def main() -> None:
    rows = {
        "published": partial(dense, SIZES["market"], published=True),
        "dense": partial(dense, SIZES["market"]),
        "compiled": partial(streamed, SIZES["market"]),
        "tensors": partial(streamed, SIZES["market"]),
        "plain": partial(plain, SIZES["market"]),
        "msmt17": partial(streamed, SIZES["msmt17"]),
        "msmt17 plain": partial(plain, SIZES["msmt17"]),
    }
    found = run_rows(__file__, __doc__, rows, without_numba=["tensors"])
    print(" " * 12, *(f"{title:>11}" for title in TITLES))
    peers = {
        name: found[name]["seconds"] - found[name]["scoring"]
        for name in ("published", "dense")
        if name in found
    }
    for name, row in found.items():
        ours = name in ("compiled", "tensors")
        faster = [
            f"{peers[peer] / row['seconds']:.1f}" if ours and peer in peers else ""
            for peer in ("published", "dense")
        ]
        cells = [f"{row[key]:.2f}" for key in ("seconds", "scoring", "busy")]
        cells += [f"{row['peak']:.0f}", *faster, f"{row['map']:.6f}", f"{row['rank1']:.4f}"]
        print(f"{name:12}", *(f"{cell:>11}" for cell in cells))


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
        "peak": peak_mebibytes(),
        "map": scores.mean_ap,
        "rank1": scores.rank(1),
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
