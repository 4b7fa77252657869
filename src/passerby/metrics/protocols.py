"""Every protocol by name: which entries are right, which wrong, and which do not count."""

from passerby.core.errors import PasserbyError
from passerby.metrics.protocol import Protocol
from passerby.metrics.rules import any_camera, other_cameras, same_camera

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

PROTOCOLS = {protocol.name: protocol for protocol in (MARKET1501, CAMERA_FREE, WITHIN_CAMERA)}
"""Name of a protocol -> the protocol."""


def protocol_named(name: str) -> Protocol:
    """The protocol of that name; PasserbyError lists the names when there is none.

    >>> protocol_named("camera-free") is CAMERA_FREE
    True
    """
    if name not in PROTOCOLS:
        raise PasserbyError(f"there is no protocol {name!r}; choose one of {', '.join(PROTOCOLS)}")
    return PROTOCOLS[name]
