"""Real people that models are tested on, for the benchmarks beside this file."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from passerby.core.embeddings import Embeddings
from passerby.core.sample import Sample
from passerby.data.readers import read_dataset
from passerby.metrics.retrieval import retrieval_scores
from passerby.ranking.plain import distances

DRAWS = 10


@dataclass(frozen=True)
class Test:
    """Draws of (queries, gallery) of one data set."""

    name: str
    draws: tuple[tuple[Sequence[Sample], Sequence[Sample]], ...]

    @property
    def samples(self) -> list[Sample]:
        """All pictures, each once."""
        return list({s.key: s for draw in self.draws for side in draw for s in side}.values())


def real_data() -> Path | None:
    """The folder that holds data/cuhk01 and data/cuhk03-pair1; None, after saying so, without."""
    root = Path(os.environ.get("PASSERBY_REAL_DATA", "../shared"))
    if not (root / "data" / "cuhk01").is_dir():
        print(f"skipped: no CUHK01 at {root / 'data' / 'cuhk01'}; set PASSERBY_REAL_DATA")
        return None
    os.environ.setdefault("PASSERBY_MODELS", str(root / "models"))
    return root


def tests(root: Path) -> list[Test]:
    """CUHK01's 486 test people, ten draws of single shot, and CUHK03's first pair's 143."""
    cuhk01 = [read_dataset("cuhk01", root / "data" / "cuhk01", {"repeat": n}) for n in range(DRAWS)]
    pair = read_dataset("cuhk03_pair1", root / "data" / "cuhk03-pair1", {})
    return [
        Test("CUHK01", tuple((one.query, one.gallery) for one in cuhk01)),
        Test("pair 1", ((pair.query, pair.gallery),)),
    ]


def development(root: Path) -> Test:
    """CUHK01's 485 training people, ten draws of single shot: to choose by, without the test."""
    people = read_dataset("cuhk01", root / "data" / "cuhk01", {}).train
    return Test("CUHK01's 485", tuple(single_shot(people, seed) for seed in range(DRAWS)))


def single_shot(samples: Sequence[Sample], seed: int) -> tuple[list[Sample], list[Sample]]:
    """One picture of each person by camera 1, and one by camera 2, in order of person."""
    random = np.random.default_rng(seed)
    groups: dict[tuple[int, int], list[Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.camera, sample.person), []).append(sample)
    drawn = [groups[place][random.integers(len(groups[place]))] for place in sorted(groups)]
    return [s for s in drawn if s.camera == 1], [s for s in drawn if s.camera == 2]


def scores(test: Test, found: Embeddings) -> tuple[float, float]:
    """Rank-1 and mAP in per cent, the mean of all draws."""
    places = {key: place for place, key in enumerate(found.keys)}
    each = []
    for draw in test.draws:
        query, gallery = (
            found[torch.tensor([places[sample.key] for sample in side])] for side in draw
        )
        one = retrieval_scores(distances(query, gallery, "cosine"), query, gallery)
        each.append((100 * one.rank(1), 100 * one.mean_ap))
    rank_1, mean_ap = np.mean(each, axis=0).tolist()
    return rank_1, mean_ap
