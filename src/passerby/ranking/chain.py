"""Re-ranking steps by name, one after the other."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import normalize

from passerby.core.blocks import DistanceBlocks
from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.ranking.camera_bias import remove_camera_bias
from passerby.ranking.database_augmentation import augment
from passerby.ranking.graph import graph
from passerby.ranking.k_reciprocal import k_reciprocal
from passerby.ranking.plain import distances
from passerby.ranking.query_expansion import expand_queries
from passerby.ranking.step_options import plain_options, step_options
from passerby.ranking.temporal import lift
from passerby.ranking.transitions import TransitionTimes

Both = tuple[Embeddings, Embeddings]


def average_expansion(query: Embeddings, gallery: Embeddings, k: int = 5) -> Both:
    """Queries joined by their neighbours, all of one weight; the gallery at length 1."""
    return expand_queries(query, gallery, k, alpha=0), _unit(gallery)


def alpha_expansion(query: Embeddings, gallery: Embeddings, k: int = 5, alpha: float = 3.0) -> Both:
    """Queries joined by their neighbours, weighed by similarity; the gallery at length 1."""
    return expand_queries(query, gallery, k, alpha), _unit(gallery)


def augmentation(query: Embeddings, gallery: Embeddings, k: int = 5, alpha: float = 3.0) -> Both:
    """Gallery entries joined by their neighbours in the gallery; the queries at length 1."""
    return _unit(query), augment(gallery, k, alpha)


def in_time(
    ranked: DistanceBlocks,
    query: Embeddings,
    gallery: Embeddings,
    file: Path,
    visual_lambda: float = 1.0,
    temporal_lambda: float = 2.0,
    gamma: float = 5.0,
) -> DistanceBlocks:
    """Distances lifted by the transition times in `file`, which `TransitionTimes.save` wrote.

    Raises PasserbyError when no time is known of the queries or of the gallery: nothing would be
    lifted.
    """
    for name, side in (("query", query), ("gallery", gallery)):
        if not side.times.isfinite().any():
            raise PasserbyError(
                f"no time is known of any {name} picture, so transition times say nothing of "
                "them; leave the step times out, or read a data set with times"
            )
    times = TransitionTimes.load(file)
    return lift(ranked, query, gallery, times, "cosine", visual_lambda, temporal_lambda, gamma)


FEATURE_STEPS: dict[str, Callable[..., Both]] = {
    "camera-bias": remove_camera_bias,
    "aqe": average_expansion,
    "alpha-qe": alpha_expansion,
    "dba": augmentation,
}
"""Name -> (query, gallery, options) -> both, changed. Any number of them, in any order."""

DISTANCE_STEPS: dict[str, Callable[..., DistanceBlocks]] = {
    "k-reciprocal": k_reciprocal,
    "graph": graph,
}
"""Name -> (query, gallery, options) -> distances. One at most; the plain ones without."""

LAST_STEPS: dict[str, Callable[..., DistanceBlocks]] = {"times": in_time}
"""Name -> (distances, query, gallery, options) -> distances. One at most."""

RERANKERS = (*FEATURE_STEPS, *DISTANCE_STEPS, *LAST_STEPS)
"""All names, in the order in which the three kinds of steps follow each other."""

_STEPS = {**FEATURE_STEPS, **DISTANCE_STEPS, **LAST_STEPS}


def rerank(
    names: str,
    query: Embeddings,
    gallery: Embeddings,
    metric: Metric,
    options: Mapping[str, Any],
) -> DistanceBlocks:
    """Distances after the steps `names`, joined by + ; plain ones where there is none.

    names:   such as "camera-bias+dba+k-reciprocal"; "" for none. Steps on features come first, in
             order; then at most one on distances; then at most "times"
    metric:  of plain distances; k-reciprocal, graph and times have their own (times: cosine)
    options: "k1" sets it for every step that has such an option, "dba.k" for that step alone;
             values may be text that says them. "times.file" is a file of transition times

    Raises PasserbyError for what `checked_steps` finds, and as the steps do.

    >>> names = [Sample(Path(name), 1, 1) for name in "abc"]
    >>> line = Embeddings.of(torch.tensor([[3.0, 0.0], [4.0, 0.0], [0.0, 1.0]]), names, "toy", "")
    >>> rerank("", line[:1], line[1:], "euclidean", {}).matrix()
    tensor([[1.0000, 3.1623]])
    >>> rerank("aqe", line[:1], line[1:], "euclidean", {"aqe.k": 1}).matrix()
    tensor([[0.0000, 1.4142]])
    """
    steps = _steps(names)
    chosen = step_options({step: _STEPS[step] for step in steps}, options)
    for step in steps:
        if step in FEATURE_STEPS:
            query, gallery = FEATURE_STEPS[step](query, gallery, **chosen[step])
    timed = [step for step in steps if step in LAST_STEPS]
    for step in steps:
        if step in DISTANCE_STEPS:
            ranked = DISTANCE_STEPS[step](query, gallery, **chosen[step])
            break
    else:
        ranked = distances(query, gallery, "cosine" if timed else metric)
    for step in timed:
        ranked = LAST_STEPS[step](ranked, query, gallery, **chosen[step])
    return ranked


def checked_steps(names: str, options: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The steps without blanks, and their options as JSON can hold them, with paths absolute.

    For callers who have hours of embedding before them: it re-ranks two pictures for a rehearsal,
    and raises PasserbyError unless the steps are known and in order, and so are their options.

    >>> checked_steps(" dba + k-reciprocal", {"dba": {"k": 3}})
    ('dba+k-reciprocal', {'dba.k': 3})
    >>> checked_steps("k-reciprocal", {"k1": 0})
    Traceback (most recent call last):
    ...
    passerby.core.errors.PasserbyError: k1 is 0; it counts neighbours, ...
    """
    pictures = [Sample(Path("a"), 1, 1, time=0.0), Sample(Path("b"), 1, 2, time=0.0)]
    two = Embeddings.of(torch.eye(2), pictures, "", "")
    rerank(names, two[:1], two[1:], "cosine", options).matrix()
    steps = _steps(names)
    return "+".join(steps), plain_options({step: _STEPS[step] for step in steps}, options)


def _steps(names: str) -> list[str]:
    """The steps of `names`, in order."""
    steps = [name.strip() for name in names.split("+")] if names.strip() else []
    if unknown := [step for step in steps if step not in _STEPS]:
        raise PasserbyError(
            f"there is no re-ranking step {unknown[0]!r}; choose from {', '.join(RERANKERS)}, "
            "joined by +"
        )
    for kind in (DISTANCE_STEPS, LAST_STEPS):
        if len(several := [step for step in steps if step in kind]) > 1:
            raise PasserbyError(
                f"{' and '.join(several)} each make all distances anew, so only one of them can "
                "have the last word; name one, or run `passerby evaluate` once for each"
            )
    floors = [(step in DISTANCE_STEPS) + 2 * (step in LAST_STEPS) for step in steps]
    if floors != sorted(floors):
        raise PasserbyError(
            f"{names!r} is out of order: first steps on features ({', '.join(FEATURE_STEPS)}), "
            f"then one on distances ({' or '.join(DISTANCE_STEPS)}), then {', '.join(LAST_STEPS)}"
        )
    return steps


def _unit(embeddings: Embeddings) -> Embeddings:
    features = normalize(embeddings.features.detach().float(), dim=1)
    return replace(embeddings, features=features)
