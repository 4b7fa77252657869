"""Re-ranking steps by name, one after the other."""

from collections.abc import Mapping
from typing import Any

from passerby.core.blocks import DistanceBlocks
from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.ranking.plain import distances


def check_steps(names: str, options: Mapping[str, Any]) -> None:
    """Raise PasserbyError unless all steps and options are known (the pipelines call this first,
    before hours of embedding)."""
    if names or options:
        raise PasserbyError(f"there is no re-ranking step {names!r}")


def rerank(
    names: str,
    query: Embeddings,
    gallery: Embeddings,
    metric: Metric,
    options: Mapping[str, Any],
) -> DistanceBlocks:
    """Distances after the steps `names`, joined by +; plain ones where there is none."""
    check_steps(names, options)
    return distances(query, gallery, metric)
