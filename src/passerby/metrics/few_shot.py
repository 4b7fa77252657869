"""Galleries of one or a few pictures of each person, drawn anew in each trial."""

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.metrics.collapsing import nearest_pictures
from passerby.metrics.draws import in_random_order
from passerby.metrics.protocol import Protocol
from passerby.metrics.rules import few_pictures

TRIALS = 10


def multi_shot(
    shots: int,
    other_camera: bool = True,
    trials: int = TRIALS,
    name: str = "",
    source: str = "",
) -> Protocol:
    """Up to `shots` gallery pictures of each person, drawn at random; ranks count people.

    A person stands at the nearest of the pictures drawn. The gallery is drawn once in a trial
    for all queries of a camera, so that the queries of two cameras may meet different pictures.
    The query's own picture is not looked at, should the gallery hold it; where `other_camera` is
    False and nothing else was drawn of that person, he stands last.

    other_camera: draw only from cameras other than the query's
    trials:       draws that are averaged
    name, source: of the protocol; "multi-shot-SHOTS" when left out

    Raises PasserbyError when `shots` or `trials` is not 1 or more.

    >>> multi_shot(5).name, multi_shot(5).trials
    ('multi-shot-5', 10)
    """
    if shots < 1 or trials < 1:
        raise PasserbyError(f"shots is {shots} and trials {trials}; both must be at least 1")
    sees = few_pictures(shots, other_camera)
    # A person who stands for several pictures has the key of one of them, which may be the query.
    people_seen = few_pictures(shots, other_camera, own_picture_out=shots == 1)

    def prepare(
        query: Embeddings, gallery: Embeddings, trial: int
    ) -> tuple[Embeddings, Embeddings]:
        drawn = in_random_order(gallery, trial)
        hidden = sees(query, drawn).hidden
        return query, drawn[~hidden.all(0)] if len(hidden) else drawn

    def collapse(
        distances: DistanceBlocks, query: Embeddings, gallery: Embeddings
    ) -> tuple[DistanceBlocks, Embeddings, Embeddings]:
        if shots == 1:  # a query sees one picture of each person already
            return distances, query, gallery
        blocks, people = nearest_pictures(distances, query, gallery, sees)
        return blocks, query, people

    where = "by another camera than the query's" if other_camera else "by any camera"
    pictures = "one picture" if shots == 1 else f"up to {shots} pictures"
    nearest = "" if shots == 1 else ", who stands at the nearest of them"
    return Protocol(
        name=name or f"multi-shot-{shots}",
        rule=(
            f"In each of {trials} trials the gallery holds {pictures} of each person{nearest}, "
            f"drawn at random from those {where}; ranks count people. Junk (person -1) is left "
            "out; each distractor (person 0) counts as somebody else."
        ),
        relevance=people_seen,
        source=source,
        prepare=prepare,
        collapse=collapse,
        trials=trials,
        advice="camera-free" if other_camera else "",
    )


SINGLE_SHOT = multi_shot(
    1,
    name="single-shot",
    source=(
        "Gray, Brennan and Tao, Evaluating Appearance Models for Recognition, Reacquisition, and "
        "Tracking, 2007; Li et al., DeepReID, 2014"
    ),
)
"""The rule of VIPeR, CUHK01, PRID2011 and of CUHK03's classic protocol."""

MULTI_SHOT_5 = multi_shot(
    5,
    source=(
        "Farenzena et al., Person Re-Identification by Symmetry-Driven Accumulation of Local "
        "Features, 2010"
    ),
)
"""A gallery of up to five pictures of each person; `multi_shot` makes any other number."""

PARTIAL_SINGLE_SHOT = multi_shot(
    1,
    other_camera=False,
    name="partial-single-shot",
    source="Zheng et al., Partial Person Re-identification, 2015",
)
"""Partial-REID with one whole picture of each person; its other setting draws three."""
