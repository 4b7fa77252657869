"""Aligned distances of whole galleries against the losses' and against all paths."""

from pathlib import Path

import pytest
import torch

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.losses import aligned
from passerby.ranking import local_distances as module
from passerby.ranking.local_distances import joint_distances, local_distances, path_lengths

WHOLE, CHANNELS, PARTS = 6, 4, 5


def embedded(count: int, seed: int, model: str = "00") -> Embeddings:
    generator = torch.Generator().manual_seed(seed)
    features = 0.3 * torch.randn(count, WHOLE + PARTS * CHANNELS, generator=generator)
    names = [Sample(Path(f"{seed}-{number}"), 1, 1) for number in range(count)]
    return Embeddings.of(features, names, "toy", model)


def oracle(query: torch.Tensor, gallery: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Global and local distances (Q, G) as they are learnt by, in float64."""
    a, b = query.double(), gallery.double()
    far = (a[:, None, :WHOLE] - b[None, :, :WHOLE]).norm(dim=2)
    parts = [part[:, WHOLE:].unflatten(1, (PARTS, CHANNELS)) for part in (a, b)]
    return far, aligned.local_distances(*parts)


def test_equals_the_losses_distance() -> None:
    query, gallery = embedded(5, 1), embedded(7, 2)
    far, local = oracle(query.features, gallery.features)
    found = local_distances(query, gallery, WHOLE, CHANNELS)
    torch.testing.assert_close(found.matrix().double(), far + local, atol=1e-4, rtol=0)
    weighed = local_distances(
        query, gallery, WHOLE, CHANNELS, whole_weight=0.5, local_weight=2.0
    ).matrix()
    torch.testing.assert_close(weighed.double(), 0.5 * far + 2 * local, atol=1e-4, rtol=0)
    alone = local_distances(query, gallery, WHOLE, CHANNELS, local_weight=0).matrix()
    torch.testing.assert_close(alone.double(), far, atol=1e-4, rtol=0)


def test_blocks_and_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    query, gallery = embedded(5, 1), embedded(11, 2)
    whole = local_distances(query, gallery, WHOLE, CHANNELS).matrix()
    monkeypatch.setattr(module, "ENTRIES", 4 * 6 * 2 * 3)  # three entries at a time
    pieces = local_distances(query, gallery, WHOLE, CHANNELS, block=2)
    assert [tuple(d.shape) for _, d in pieces] == [(2, 11), (2, 11), (1, 11)]
    torch.testing.assert_close(pieces.matrix(), whole, atol=1e-5, rtol=0)


def test_by_hand() -> None:
    # Parts 0, 1, 2 against 1, 2, 3: by way of (1, 0), (2, 1) and their neighbours.
    a, b = torch.tensor([[[0.0], [1.0], [2.0]]]), torch.tensor([[[1.0], [2.0], [3.0]]])
    d = {x: torch.tensor(x / 2).tanh().item() for x in (0.0, 1.0, 2.0, 3.0)}
    wanted = d[1.0] + d[0.0] + d[1.0] + d[0.0] + d[1.0]
    assert float(path_lengths(a, b)) == pytest.approx(wanted, abs=1e-5)
    assert float(path_lengths(b, a)) == pytest.approx(wanted, abs=1e-5)


def test_an_empty_gallery() -> None:
    found = local_distances(embedded(2, 1), embedded(0, 2), WHOLE, CHANNELS).matrix()
    assert found.shape == (2, 0)


def test_what_does_not_fit_is_named() -> None:
    query, gallery = embedded(2, 1), embedded(3, 2)
    with pytest.raises(PasserbyError, match=r"26 values are not 2048 global ones.*embed_local"):
        local_distances(query, gallery)
    with pytest.raises(PasserbyError, match="are not 6 global ones and 3"):
        joint_distances(query.features, gallery.features, WHOLE, 3)
    with pytest.raises(PasserbyError, match="block is 0"):
        local_distances(query, gallery, WHOLE, CHANNELS, block=0)
    with pytest.raises(PasserbyError, match="cannot be compared"):
        local_distances(query, embedded(3, 2, model="other"), WHOLE, CHANNELS)
