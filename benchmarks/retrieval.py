"""CMC, mAP and mINP: seconds and peak memory, against one full argsort of the same distances.

    python benchmarks/retrieval.py [--only NAME ...]

The peer is `numpy.argsort` of the distance matrix alone, the least that an evaluator that sorts
can do; the fastest toolbox in use (compiled with Cython) takes 1.7 times as long as that. Each row
of the table runs in a process of its own, so that its peak memory is its own. Machine code is
compiled before the clock starts. Compare runs of one machine, idle.
"""

import time
from functools import partial

import numpy as np

from crowd import SIZES, Size, clusters, peak_mebibytes, run_rows

REPEATS = 5


def main() -> None:
    rows = {
        "argsort": partial(argsort, SIZES["market"]),
        "market": partial(matrix, SIZES["market"]),
        "market, tensors only": partial(matrix, SIZES["market"]),
        "market + distances": partial(streamed, SIZES["market"]),
        "msmt17 + distances": partial(streamed, SIZES["msmt17"]),
        "market + 500,000 + distances": partial(streamed, SIZES["market+500k"]),
    }
    found = run_rows(__file__, __doc__, rows, without_numba=["market, tensors only"])
    peer = found.get("argsort", {}).get("seconds")
    print(f"{'':30}{'seconds':>9}{'peak MiB':>10}{'x argsort':>11}{'mAP':>9}{'rank-1':>9}")
    for name, row in found.items():
        ratio = f"{peer / row['seconds']:.1f}" if peer and name.startswith("market") else ""
        ratio = "" if "500" in name else ratio
        scores = f"{row['map']:9.4f}{row['rank1']:9.4f}" if "map" in row else ""
        print(f"{name:30}{row['seconds']:9.3f}{row['peak']:10.0f}{ratio:>11}{scores}")


def argsort(size: Size) -> dict[str, float]:
    """One full argsort of the distance matrix."""
    from passerby.ranking.plain import distances

    whole = distances(*clusters(size), "cosine").matrix().numpy()
    return {"seconds": fastest(lambda: np.argsort(whole, axis=1)), "peak": peak_mebibytes()}


def matrix(size: Size) -> dict[str, float]:
    """Scores out of distances that are there already."""
    from passerby.core.blocks import DistanceBlocks
    from passerby.metrics.retrieval import retrieval_scores
    from passerby.ranking.plain import distances

    query, gallery = clusters(size)
    blocks = DistanceBlocks.of_matrix(distances(query, gallery, "cosine").matrix())
    scores = retrieval_scores(blocks, query, gallery)
    seconds = fastest(lambda: retrieval_scores(blocks, query, gallery))
    return {
        "seconds": seconds,
        "peak": peak_mebibytes(),
        "map": scores.mean_ap,
        "rank1": scores.rank(1),
    }


def streamed(size: Size) -> dict[str, float]:
    """Scores out of features; no matrix is ever held."""
    from passerby.metrics.retrieval import retrieval_scores
    from passerby.ranking.plain import distances

    small = clusters(SIZES["small"])
    retrieval_scores(distances(*small, "cosine"), *small)
    query, gallery = clusters(size)
    start = time.perf_counter()
    scores = retrieval_scores(distances(query, gallery, "cosine"), query, gallery)
    return {
        "seconds": time.perf_counter() - start,
        "peak": peak_mebibytes(),
        "map": scores.mean_ap,
        "rank1": scores.rank(1),
    }


def fastest(work) -> float:
    """Seconds of the fastest of a few runs: what other work on the machine adds is not its own."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
