"""Whatever the embedder: the distances by which it tells people apart."""

from pathlib import Path

import pytest
import torch
from tests.pipelines.small_streets import embedder
from torch import Tensor, nn

from passerby.core.preprocess import Preprocess
from passerby.engine.embedder import Embedder, load_embedder
from passerby.models.shipped import RENDERED
from passerby.pipelines.looks import FITTED, looks_of
from passerby.video.looks import APART, Looks


class Common(nn.Module):
    """Random directions of pictures, with `share` of a direction that all have in common."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, images: Tensor) -> Tensor:
        seeds = images.double().sum((1, 2, 3)).mul(1000).long().tolist()
        drawn = torch.stack(
            [torch.randn(256, generator=torch.Generator().manual_seed(abs(s))) for s in seeds]
        )
        drawn = (1 - self.share) ** 0.5 * drawn / drawn.norm(dim=1, keepdim=True)
        return torch.cat([drawn, torch.full((len(images), 1), self.share**0.5)], 1)


def common(share: float, name: str = "common") -> Embedder:
    return Embedder(name, "c" * 64, Common(share), Preprocess(64, 32), "cosine")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_the_more_people_have_in_common_the_smaller_the_distances(share: float) -> None:
    """By hand: two random directions with a common share s are 1 - s apart."""
    found = looks_of(common(share))
    assert found.differ == pytest.approx(0.5 * (1 - share) / APART, abs=0.01)
    assert found.again == pytest.approx(0.35 * (1 - share) / APART, abs=0.01)


def test_an_embedder_that_sees_no_difference_takes_the_defaults() -> None:
    assert looks_of(common(1.0)) == Looks()


def test_what_was_chosen_on_real_people_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looks_of(common(0.6, name="person-reidentification-retail-0277")) == Looks()
    monkeypatch.setitem(FITTED, "colours", Looks(0.1, 0.05))
    assert looks_of(embedder()) == Looks(0.1, 0.05)


def test_it_is_the_same_every_time() -> None:
    assert looks_of(load_embedder(RENDERED)) == looks_of(load_embedder(RENDERED))


def test_people_of_0277_lie_as_far_apart_as_is_written(real_models: Path) -> None:
    name = "person-reidentification-retail-0277"
    held = load_embedder(name)
    other = Embedder("another name", held.hash, held.model, held.preprocess, held.metric)
    assert looks_of(other).differ == pytest.approx(looks_of(held).differ, abs=0.02)


def test_osnets_distances_are_smaller(real_models: Path) -> None:
    found = looks_of(load_embedder("osnet_x0_25_msmt17"))
    assert 0.25 < found.differ < 0.35
    assert 0.17 < found.again < 0.25
