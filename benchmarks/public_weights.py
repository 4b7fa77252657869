"""How well the public embedders rank CUHK01, which none of them is said to have learned from.

    PASSERBY_REAL_DATA=DIR python benchmarks/public_weights.py [MODEL...]

DIR holds data/cuhk01 and models/. Two measurements, all four pictures of each person:

- the first 485 people, queries from camera 1 against the gallery of camera 2, and the other way;
- the same, every picture against all others under the Market-1501 rules, where the other people
  seen by the query's own camera stay in the gallery. That is much harder: they share its light
  and its side of the body.

A sanity mark and no benchmark: what the OpenVINO models were trained on is not known.
"""

import os
import sys
import time
from pathlib import Path

from passerby.core.embeddings import Embeddings
from passerby.core.sample import Sample
from passerby.data.readers import read_dataset
from passerby.engine.embedder import load_embedder
from passerby.metrics.retrieval import retrieval_scores
from passerby.models.catalogue import names
from passerby.ranking.plain import distances


def main(models: list[str]) -> None:
    root = Path(os.environ.get("PASSERBY_REAL_DATA", "../shared"))
    if not (root / "data" / "cuhk01").is_dir():
        print(f"skipped: no CUHK01 at {root / 'data' / 'cuhk01'}; set PASSERBY_REAL_DATA")
        return
    os.environ.setdefault("PASSERBY_MODELS", str(root / "models"))
    samples = first_people(root / "data" / "cuhk01")
    print(f"{'model':38} {'flip':5} {'A -> B':13} {'B -> A':13} {'all':13} images/s")
    for name in models:
        for flip in (False, True):
            report(name, flip, samples)


def first_people(root: Path) -> tuple[Sample, ...]:
    """All pictures of the first 485 people of CUHK01."""
    return read_dataset("cuhk01", root, {"people": "485/486"}).train


def report(name: str, flip: bool, samples: tuple[Sample, ...]) -> None:
    embedder = load_embedder(name)
    start = time.perf_counter()
    found = embedder.samples(samples, flip=flip)
    speed = len(found) / (time.perf_counter() - start)
    one, two = found[found.cameras == 1], found[found.cameras == 2]
    cells = [rank(embedder.metric, *sides) for sides in ((one, two), (two, one), (found, found))]
    print(
        f"{name:38} {flip!s:5} {' '.join(f'{cell:13}' for cell in cells)} {speed:.0f}", flush=True
    )


def rank(metric, query: Embeddings, gallery: Embeddings) -> str:
    """Rank-1 / mAP in per cent."""
    scores = retrieval_scores(distances(query, gallery, metric), query, gallery)
    return f"{100 * scores.rank(1):.1f} / {100 * scores.mean_ap:.1f}"


if __name__ == "__main__":
    main(sys.argv[1:] or names("embedder"))
