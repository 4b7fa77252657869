"""Several pictures asked at once: everything that the query's camera saw of the person.

Source: "Scalable Person Re-identification: A Benchmark" (Zheng et al., 2015), and the benchmark's
own evaluation program, which scales each picture's feature to length 1 before the features are
pooled, the pooled one again, and those of the gallery. The average of distances is the variant
that AlignedReID and others report ("AlignedReID: Surpassing Human-Level Performance in Person
Re-Identification", Zhang et al., 2017); there features stay as they are.
"""

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.metrics.collapsing import averaged_queries
from passerby.metrics.gathering import (
    Pooling,
    of_length_one,
    of_person_and_camera,
    pooled,
    side_by_side,
)
from passerby.metrics.protocol import Prepare, Protocol
from passerby.metrics.rules import other_cameras

_SOURCE = "Zheng et al., Scalable Person Re-identification: A Benchmark, 2015"
_RULES = (
    "A right answer shows the same person in another camera. Pictures of the same person from "
    "that same camera and junk (person -1) are left out; distractors (person 0) count as wrong."
)


def pooling_queries(pooling: Pooling) -> Prepare:
    """Queries of one person and camera become one, of length 1 before and after pooling."""

    def prepare(
        query: Embeddings, gallery: Embeddings, trial: int
    ) -> tuple[Embeddings, Embeddings]:
        one_each = pooled(of_length_one(query), of_person_and_camera(query), pooling)
        return of_length_one(one_each), of_length_one(gallery)

    return prepare


def _sorted_queries(
    query: Embeddings, gallery: Embeddings, trial: int
) -> tuple[Embeddings, Embeddings]:
    return side_by_side(query, of_person_and_camera(query)), gallery


def _average(
    distances: DistanceBlocks, query: Embeddings, gallery: Embeddings
) -> tuple[DistanceBlocks, Embeddings, Embeddings]:
    return *averaged_queries(distances, query, of_person_and_camera(query)), gallery


MULTI_QUERY = Protocol(
    name="market1501-multi-query",
    rule=(
        "All pictures of a person by one camera ask as one: their features, scaled to length 1, "
        f"are averaged and scaled again. {_RULES}"
    ),
    relevance=other_cameras,
    source=_SOURCE,
    prepare=pooling_queries("mean"),
    advice="camera-free",
)

MULTI_QUERY_MAX = Protocol(
    name="market1501-multi-query-max",
    rule=(
        "All pictures of a person by one camera ask as one: of their features, scaled to length "
        f"1, the largest value of each dimension is kept, and scaled again. {_RULES}"
    ),
    relevance=other_cameras,
    source=_SOURCE,
    prepare=pooling_queries("max"),
    advice="camera-free",
)

MULTI_QUERY_DISTANCE = Protocol(
    name="market1501-multi-query-distance",
    rule=(
        "All pictures of a person by one camera ask as one: their distances to a gallery picture "
        f"are averaged. {_RULES}"
    ),
    relevance=other_cameras,
    source=_SOURCE,
    prepare=_sorted_queries,
    collapse=_average,
    advice="camera-free",
)
