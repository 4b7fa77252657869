"""Every protocol by name: which entries are right, which wrong, and which do not count."""

from difflib import get_close_matches

from passerby.core.errors import PasserbyError
from passerby.metrics.cross_modal import REGDB, SYSU_PROTOCOLS
from passerby.metrics.few_shot import MULTI_SHOT_5, PARTIAL_SINGLE_SHOT, SINGLE_SHOT
from passerby.metrics.multi_query import MULTI_QUERY, MULTI_QUERY_DISTANCE, MULTI_QUERY_MAX
from passerby.metrics.protocol import Protocol
from passerby.metrics.rules import any_camera, other_cameras, same_camera
from passerby.metrics.tracklet_pooling import MARS, MARS_MAX

CAMERA_FREE = Protocol(
    name="camera-free",
    rule=(
        "A right answer shows the same person, in any camera. The query's own picture and junk "
        "(person -1) are left out; distractors (person 0) count as wrong."
    ),
    relevance=any_camera,
)
"""For sets of one camera, or without camera numbers."""

MARKET1501 = Protocol(
    name="market1501",
    rule=(
        "A right answer shows the same person in another camera. Pictures of the same person from "
        "the query's own camera and junk (person -1) are left out; distractors (person 0) count "
        "as wrong."
    ),
    relevance=other_cameras,
    source="Zheng et al., Scalable Person Re-identification: A Benchmark, 2015",
    advice=CAMERA_FREE.name,
)
"""The rules of DukeMTMC-reID, MSMT17 and CUHK03's new protocol as well."""

WITHIN_CAMERA = Protocol(
    name="within-camera",
    rule=(
        "A right answer shows the same person in the same camera. The query's own picture, every "
        "other camera and junk (person -1) are left out; distractors (person 0) count as wrong."
    ),
    relevance=same_camera,
    advice=CAMERA_FREE.name,
)
"""How well people are told apart without any change of camera: the ceiling of the other scores."""

PARTIAL = Protocol(
    name="partial",
    rule=(
        "Queries show a part of a person, the gallery whole people. A right answer shows the same "
        "person, in any camera; the query's own picture and junk (person -1) are left out, "
        "distractors (person 0) count as wrong."
    ),
    relevance=any_camera,
    source=(
        "Zheng et al., Partial Person Re-identification, 2015 (Partial-REID); He et al., Deep "
        "Spatial Feature Reconstruction for Partial Person Re-identification, 2018 (Partial-iLIDS)"
    ),
)
"""With the whole gallery; "partial-single-shot" draws one picture of each person."""

OCCLUDED = Protocol(
    name="occluded",
    rule=f"Queries show people behind something. {MARKET1501.rule}",
    relevance=other_cameras,
    source="Miao et al., Pose-Guided Feature Alignment for Occluded Person Re-identification, 2019",
    advice=CAMERA_FREE.name,
)
"""The rule of Occluded-DukeMTMC: Market-1501's."""

OCCLUDED_REID = Protocol(
    name="occluded-reid",
    rule=f"Queries show people behind something, the gallery whole people. {CAMERA_FREE.rule}",
    relevance=any_camera,
    source="Zhuo et al., Occluded Person Re-identification, 2018",
)
"""The rule of Occluded-REID, whose camera numbers mean nothing."""

PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        MARKET1501,
        CAMERA_FREE,
        WITHIN_CAMERA,
        MULTI_QUERY,
        MULTI_QUERY_MAX,
        MULTI_QUERY_DISTANCE,
        SINGLE_SHOT,
        MULTI_SHOT_5,
        MARS,
        MARS_MAX,
        *SYSU_PROTOCOLS,
        REGDB,
        PARTIAL,
        PARTIAL_SINGLE_SHOT,
        OCCLUDED,
        OCCLUDED_REID,
    )
}
"""Name of a protocol -> the protocol."""


def protocol_named(name: str) -> Protocol:
    """The protocol of that name.

    Raises PasserbyError when there is none: it suggests the nearest names and lists them all.

    >>> protocol_named("camera-free") is CAMERA_FREE
    True
    >>> protocol_named("sysu-all-1")
    Traceback (most recent call last):
    ...
    passerby.core.errors.PasserbyError: there is no protocol 'sysu-all-1'; did you mean ...
    """
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    near = get_close_matches(name, PROTOCOLS, n=2)
    meant = f"did you mean {' or '.join(near)}? Otherwise " if near else ""
    raise PasserbyError(
        f"there is no protocol {name!r}; {meant}choose one of {', '.join(PROTOCOLS)}"
    )
