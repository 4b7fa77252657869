from pathlib import Path

import pytest
import torch

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.metrics.protocol import only_matches, without_ignored
from passerby.metrics.protocols import CAMERA_FREE, MARKET1501, PROTOCOLS, protocol_named
from passerby.metrics.retrieval import require_matches


def embeddings(*labels: tuple[str, int, int]) -> Embeddings:
    samples = [Sample(Path(name), person, camera) for name, person, camera in labels]
    return Embeddings.of(torch.ones(len(labels), 2), samples, "toy", "00")


QUERY = embeddings(("q", 7, 1))
GALLERY = embeddings(
    ("same-camera", 7, 1), ("other-camera", 7, 2), ("other", 8, 1), ("junk", -1, 2), ("d", 0, 2)
)


def test_market1501_by_hand() -> None:
    match, ignored = MARKET1501.masks(QUERY, GALLERY)
    assert match.tolist() == [[False, True, False, False, False]]
    assert ignored.tolist() == [[True, False, False, True, False]]


def test_camera_free_by_hand() -> None:
    match, ignored = CAMERA_FREE.masks(QUERY, GALLERY)
    assert match.tolist() == [[True, True, False, False, False]]
    assert ignored.tolist() == [[False, False, False, True, False]]


def test_camera_free_never_matches_a_picture_with_itself() -> None:
    match, ignored = CAMERA_FREE.masks(GALLERY, GALLERY)
    assert not match.diagonal().any()
    assert ignored.diagonal().all()
    assert match[0, 1]
    assert match[1, 0]


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
@pytest.mark.parametrize("nobody", [-1, 0])
def test_junk_and_distractors_in_the_query_match_nobody(protocol, nobody: int) -> None:
    """Where somebody finds himself, by the same camera and the same light, nobody finds anybody."""
    samples = [
        Sample(Path(f"{person}-{camera}"), person, camera)
        for person in (7, 8, -1, 0)
        for camera in (1, 2, 3)
    ]
    gallery = Embeddings.of(torch.ones(len(samples), 2), samples, "toy", "00")
    for person, found in ((7, True), (nobody, False)):
        asked = Sample(Path("q"), person, 3, modality="infrared")
        query = Embeddings.of(torch.ones(1, 2), [asked], "toy", "00")
        match, _ = protocol.masks(query, gallery)
        assert bool(match.any()) == found


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
def test_every_protocol_can_be_measured_on_labels_alone_and_again(protocol) -> None:
    """What is ranked is known before anything is embedded, and is the same in the same trial."""
    samples = [
        Sample(Path(f"{person}-{camera}-{shot}"), person, camera, tracklet=4, modality=modality)
        for person in (7, 8, -1, 0)
        for camera, modality in ((1, "visible"), (2, "visible"), (3, "infrared"))
        for shot in range(3)
    ]
    everything = Embeddings.of(torch.zeros(len(samples), 0), samples, "", "")
    ranked = []
    for _ in range(2):
        query, gallery = protocol.prepare(everything, everything, protocol.trials - 1)
        blocks = DistanceBlocks.of_matrix(torch.zeros(len(query), len(gallery)))
        blocks, query, gallery = protocol.collapse(blocks, query, gallery)
        assert blocks.matrix().shape == (len(query), len(gallery))
        require_matches(query, gallery, protocol)
        ranked.append((query.keys, gallery.keys))
    assert ranked[0] == ranked[1]


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
def test_rules_are_said_in_words(protocol) -> None:
    assert protocol.rule.endswith(".")
    assert "right answer" in protocol.rule or "trials" in protocol.rule
    assert protocol.advice in {"", *PROTOCOLS}


def test_occluded_and_partial_sets_have_the_rules_they_say() -> None:
    gallery = embeddings(("here", 7, 1), ("there", 7, 2), ("junk", -1, 2))
    for name, like in (
        ("occluded", MARKET1501),
        ("occluded-reid", CAMERA_FREE),
        ("partial", CAMERA_FREE),
    ):
        for mine, other in zip(
            protocol_named(name).masks(QUERY, gallery), like.masks(QUERY, gallery), strict=True
        ):
            assert torch.equal(mine, other)


def test_unknown_protocol_lists_the_names() -> None:
    with pytest.raises(PasserbyError, match=r"'duke'.*market1501, camera-free"):
        protocol_named("duke")
    with pytest.raises(PasserbyError, match="did you mean mars-max or mars"):
        protocol_named("mars-mx")


def test_blocks_without_ignored_and_of_matches_only() -> None:
    blocks = DistanceBlocks.of_matrix(torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]))
    infinity = float("inf")
    kept = without_ignored(blocks, QUERY, GALLERY, MARKET1501).matrix()
    assert kept.tolist() == [[infinity, 2.0, 3.0, infinity, 5.0]]
    right = only_matches(blocks, QUERY, GALLERY, MARKET1501).matrix()
    assert right.tolist() == [[infinity, 2.0, infinity, infinity, infinity]]
