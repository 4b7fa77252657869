"""Tracklets searched by tracklets: the pictures of each are pooled into one feature.

Source: "MARS: A Video Benchmark for Large-Scale Person Re-identification" (Zheng et al., 2016),
and the benchmark's own evaluation program, which pools the features of a tracklet's pictures as
they come and scales the result to length 1.
"""

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.metrics.gathering import Pooling, of_length_one, of_tracklet, pooled
from passerby.metrics.protocol import Prepare, Protocol
from passerby.metrics.rules import other_cameras

_SOURCE = "Zheng et al., MARS: A Video Benchmark for Large-Scale Person Re-identification, 2016"
_RULES = (
    "A right answer is a tracklet of the same person in another camera. Those of the same person "
    "from the query's own camera and junk (person -1) are left out; distractors (person 0) count "
    "as wrong. A picture without tracklet is a tracklet of its own."
)


def pooling_tracklets(pooling: Pooling) -> Prepare:
    """Pictures of one tracklet become one, in the queries and in the gallery, of length 1.

    `prepare` raises PasserbyError when no picture at all is of a tracklet.
    """

    def prepare(
        query: Embeddings, gallery: Embeddings, trial: int
    ) -> tuple[Embeddings, Embeddings]:
        if len(query) and (query.tracklets < 0).all() and (gallery.tracklets < 0).all():
            raise PasserbyError(
                "none of these pictures is of a tracklet, so there is nothing to pool; measure "
                "with protocol 'market1501', or give the data set its tracklets"
            )
        one, other = (
            of_length_one(pooled(part, of_tracklet(part), pooling)) for part in (query, gallery)
        )
        return one, other

    return prepare


MARS = Protocol(
    name="mars",
    rule=f"The features of a tracklet's pictures are averaged and scaled to length 1. {_RULES}",
    relevance=other_cameras,
    source=_SOURCE,
    prepare=pooling_tracklets("mean"),
    advice="camera-free",
)

MARS_MAX = Protocol(
    name="mars-max",
    rule=(
        "Of the features of a tracklet's pictures the largest value of each dimension is kept, "
        f"and the result scaled to length 1. {_RULES}"
    ),
    relevance=other_cameras,
    source=_SOURCE,
    prepare=pooling_tracklets("max"),
    advice="camera-free",
)
