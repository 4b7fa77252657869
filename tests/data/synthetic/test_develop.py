"""Many crops at once, on any device, against each alone on the host."""

import numpy as np
import pytest
import torch
from tests.data.synthetic.elsewhere import ELSEWHERE, Elsewhere, here, pretended

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.develop import pictures
from passerby.data.synthetic.modalities import MODALITIES, Modality
from passerby.data.synthetic.shot import Shot
from passerby.data.synthetic.styles import STYLES
from passerby.data.synthetic.world import World


def some_shots(modality: Modality, each: int = 3) -> list[Shot]:
    """Shots of every style, of persons, of nobody and badly cut ones."""
    found = []
    for style in STYLES:
        world = World(seed=2, people=9, cameras=2, style=style)
        for n in range(each):
            found.append(world.shot(1 + n % 9, 1 + n % 2, n, modality=modality))
        found.append(world.shot(1, 1, 3, modality=modality, cut="empty"))
        found.append(world.shot(2, 2, 5, modality=modality, cut="junk"))
    return found


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_batch_shows_within_two_grey_levels_what_each_shows_alone(modality: Modality) -> None:
    shots = some_shots(modality)
    together = pictures(shots).int()
    alone = torch.cat([pictures([shot]) for shot in shots]).int()
    assert (together - alone).abs().max() <= 2
    assert together.shape == (len(shots), 256, 128, 3)


def test_modalities_mix_in_a_batch() -> None:
    world = World(seed=1, people=4, cameras=2)
    shots = [
        world.shot(1 + n % 4, 1, n, height=64, width=32, modality=modality)
        for n, modality in enumerate((*MODALITIES, *MODALITIES))
    ]
    together = pictures(shots).int()
    for shot, picture in zip(shots, together, strict=True):
        assert (pictures([shot])[0].int() - picture).abs().max() <= 2


def test_different_sizes_are_refused() -> None:
    world = World(people=2, cameras=1)
    shots = [world.shot(1, 1, 0, height=high, width=16) for high in (32, 48)]
    with pytest.raises(PasserbyError, match="render shots of one height and width together"):
        pictures(shots)


@pytest.mark.parametrize("modality", MODALITIES)
def test_no_tensor_of_the_device_path_stays_on_the_host(modality: Modality) -> None:
    """On a pretended accelerator, which fails where tensors of host and device mix."""
    shots = some_shots(modality, each=2)[:24]
    with pretended() as device:
        there = here(pictures(shots, device))
    assert torch.equal(there, pictures(shots))


def test_the_pretended_device_notices_what_a_real_one_would() -> None:
    with pretended() as device:
        away = torch.ones(3, device=device)
        assert isinstance(away + 1, Elsewhere)
        assert away.device == ELSEWHERE
        with pytest.raises(AssertionError, match="mixes tensors"):
            _ = away + torch.ones(3)
        with pytest.raises((TypeError, RuntimeError)):
            np.asarray(away)
        assert (away * 2).cpu().tolist() == [2.0, 2.0, 2.0]
        assert away.sum().item() == 3
