from pathlib import Path

import pytest
import torch

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.metrics.protocol import only_matches, without_ignored
from passerby.metrics.protocols import CAMERA_FREE, MARKET1501, PROTOCOLS, protocol_named


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
    match, _ = protocol.masks(embeddings(("q", nobody, 3)), GALLERY)
    assert not match.any()


def test_unknown_protocol_lists_the_names() -> None:
    with pytest.raises(PasserbyError, match=r"'duke'.*market1501, camera-free"):
        protocol_named("duke")


def test_blocks_without_ignored_and_of_matches_only() -> None:
    blocks = DistanceBlocks.of_matrix(torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]]))
    infinity = float("inf")
    kept = without_ignored(blocks, QUERY, GALLERY, MARKET1501).matrix()
    assert kept.tolist() == [[infinity, 2.0, 3.0, infinity, 5.0]]
    right = only_matches(blocks, QUERY, GALLERY, MARKET1501).matrix()
    assert right.tolist() == [[infinity, 2.0, infinity, infinity, infinity]]
