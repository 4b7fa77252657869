"""The models that come with Passerby."""

import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.engine.embedder import load_embedder
from passerby.models.shipped import RENDERED, shipped, shipped_names
from passerby.pipelines.export import rendered_crops


def test_it_is_there_small_and_has_a_card() -> None:
    assert RENDERED in shipped_names()
    folder = shipped(RENDERED)
    assert (folder / "model.safetensors").stat().st_size < 3_000_000
    card = (folder / "card.md").read_text()
    assert "Scores on real people" in card
    assert "Limits" in card
    with pytest.raises(PasserbyError, match=RENDERED):
        shipped("of-nobody")


def test_it_needs_no_download_and_knows_rendered_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_OFFLINE", "1")
    embedder = load_embedder(RENDERED)
    assert embedder.name == RENDERED
    # Four pictures of each of 12 people, by two cameras, of a world that it did not learn from.
    features = embedder.crops(rendered_crops(11, 48, 160, 64))
    unit = torch.nn.functional.normalize(features, dim=1)
    alike = unit @ unit.T
    person = torch.arange(48) // 4
    same = (person[:, None] == person) & ~torch.eye(48, dtype=torch.bool)
    other = person[:, None] != person
    right = (alike.masked_fill(~same, -1).amax(1) > alike.masked_fill(~other, -1).amax(1)).float()
    assert right.mean() > 0.8
    assert alike[same].mean() - alike[other].mean() > 0.2
