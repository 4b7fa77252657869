"""From light to a photograph, one effect at a time."""

import dataclasses

import pytest
import torch

from passerby.data.synthetic import photograph as module
from passerby.data.synthetic.camera import Camera, describe_camera
from passerby.data.synthetic.moment import STILL, Moment
from passerby.data.synthetic.sizes import Sizes

PLAIN = dataclasses.replace(
    describe_camera(0, 1), cast=(1.0, 1.0, 1.0), gain=1.0, contrast=1.0, saturation=1.0,
    sharpen=0.0, veil=0.0, blur=0.0, noise=0.0, quality=100, interlaced=False,
)  # fmt: skip
NONE = torch.zeros(3, 16, 16)


def photograph(
    light: torch.Tensor, camera: Camera, noise: torch.Tensor, moment: Moment = STILL,
    moving: torch.Tensor | None = None,
) -> torch.Tensor:  # fmt: skip
    """One picture (3, H, W)."""
    size = Sizes([(light.shape[1], light.shape[2])], "cpu")
    mask = None if moving is None else moving[None, None]
    return module.photograph(light[None], [camera], noise[None], [moment], size, mask)[0]


def test_light_is_developed_by_hand() -> None:
    light = torch.full((3, 16, 16), 0.25)
    picture = photograph(light, PLAIN, NONE)
    bare = 255 * (1.25 * 0.25 / (1 + 0.2 * 0.25)) ** 0.5
    toe = (bare + (bare**2 + 420) ** 0.5) / 2
    assert picture.mean().item() == pytest.approx(toe, abs=0.05)
    assert torch.equal(light, torch.full((3, 16, 16), 0.25))  # as it was


def test_drift_and_exposure_of_the_moment() -> None:
    light = torch.full((3, 16, 16), 0.2)
    warm = photograph(light, PLAIN, NONE, Moment(drift=(1.2, 1.0, 0.8)))
    assert warm[0].mean() > warm[1].mean() > warm[2].mean()
    assert (
        photograph(light, PLAIN, NONE, Moment(exposure=1.3)) > photograph(light, PLAIN, NONE)
    ).all()


def test_only_what_moves_is_smeared() -> None:
    light = torch.zeros(3, 16, 16)
    light[:, :, 8:] = 1.0
    moving = torch.zeros(16, 16)
    moving[8:] = 1.0
    still = photograph(light, PLAIN, NONE)
    moved = photograph(light, PLAIN, NONE, Moment(motion=(6.0, 0.0)), moving)
    torch.testing.assert_close(moved[:, :8], still[:, :8])
    assert (moved[:, 8:] - still[:, 8:]).abs().max() > 20


def test_streaks_keep_the_light_and_follow_the_motion() -> None:
    point = torch.zeros(1, 15, 15)
    point[0, 7, 7] = 1.0
    smeared = module.streaked(point[None], [(4.0, 0.0)], Sizes([(15, 15)], "cpu"))[0]
    assert smeared.sum().item() == pytest.approx(1, abs=1e-6)
    assert (smeared[0, 7] > 0).sum() == 5
    assert smeared[0, [6, 8]].sum() == 0


def test_interlacing_combs_what_moves() -> None:
    light = torch.zeros(3, 16, 16)
    light[:, :, 8:] = 1.0
    combed = dataclasses.replace(PLAIN, interlaced=True)
    picture = photograph(light, combed, NONE, Moment(motion=(3.0, 0.0)))
    assert (picture[:, 0] - picture[:, 1]).abs().max() > 50
    torch.testing.assert_close(picture[:, 0], picture[:, 2])


def test_sharpening_overshoots_at_edges_only() -> None:
    light = torch.full((3, 16, 16), 0.1)
    light[:, :, 8:] = 0.4
    sharp = dataclasses.replace(PLAIN, sharpen=1.0)
    plain, picture = photograph(light, PLAIN, NONE), photograph(light, sharp, NONE)
    assert (picture[:, :, 8] > plain[:, :, 8] + 5).all()
    assert (picture[:, :, 7] < plain[:, :, 7] - 5).all()
    torch.testing.assert_close(picture[:, :, 12], plain[:, :, 12])


def test_noise_is_stronger_in_the_dark() -> None:
    noisy = dataclasses.replace(PLAIN, noise=4.0)
    noise = torch.randn(3, 64, 64, generator=torch.Generator().manual_seed(0))
    spread = [
        photograph(torch.full((3, 64, 64), level), noisy, noise).std().item()
        for level in (0.05, 0.6)
    ]
    assert spread[0] > 1.3 * spread[1] > 1.3


def test_rain_falls_in_rainy_worlds_only() -> None:
    light, none = torch.full((3, 64, 64), 0.3), torch.zeros(3, 64, 64)
    dry = photograph(light, PLAIN, none, STILL)
    assert dry.std() < 1e-3
    for style in ("rain", "snow"):
        wet = dataclasses.replace(PLAIN, style=style)
        one, other = (photograph(light, wet, none, Moment(seed=seed)) for seed in (1, 2))
        assert one.std() > 1
        assert not torch.equal(one, other)
        torch.testing.assert_close(one, photograph(light, wet, none, Moment(seed=1)))


@pytest.mark.parametrize("sigma", [0.7, 1.0, 1.4])
def test_blur_is_a_gaussian_of_its_sigma(sigma: float) -> None:
    point = torch.zeros(1, 21, 21)
    point[0, 10, 10] = 1.0
    soft = module.blurred(point[None], [sigma], Sizes([(21, 21)], "cpu"))[0, 0]
    place = torch.arange(21.0) - 10
    assert soft.sum().item() == pytest.approx(1, abs=1e-5)
    spread = float((soft.sum(0) * place**2).sum()) ** 0.5
    assert spread == pytest.approx(sigma, rel=0.2)


def test_pictures_of_all_kinds_and_sizes_are_developed_together() -> None:
    """Each as it is alone: motion, blur, weather, sharpening and compression of its own."""
    generator = torch.Generator().manual_seed(3)
    sizes = [(40, 21), (64, 32), (33, 16), (64, 30), (17, 32)]
    changes = [
        {"quality": 40, "blur": 0.6, "sharpen": 0.8},
        {"style": "rain", "interlaced": True, "noise": 3.0},
        {"style": "snow", "quality": 75, "sharpen": 1.0},
        {"blur": 1.3, "contrast": 0.8, "saturation": 0.5, "cast": (1.1, 1.0, 0.9)},
        {"quality": 95, "veil": 0.02},
    ]
    cameras = [dataclasses.replace(PLAIN, **change) for change in changes]
    moments = [
        Moment(motion=(5.0, 1.0)), Moment(motion=(-3.0, 0.5), seed=9), Moment(seed=4),
        Moment(defocus=0.9, exposure=1.2), Moment(motion=(0.0, 2.0), drift=(1.0, 1.1, 0.9)),
    ]  # fmt: skip
    light, noise = (torch.rand(5, 3, 64, 32, generator=generator) for _ in range(2))
    moving = (torch.rand(5, 1, 64, 32, generator=generator) > 0.5).float()
    together = module.photograph(light, cameras, noise, moments, Sizes(sizes, "cpu"), moving)
    for n, (high, wide) in enumerate(sizes):
        own = light[n, :, :high, :wide], cameras[n], noise[n, :, :high, :wide], moments[n]
        alone = photograph(*own, moving[n, 0, :high, :wide])
        difference = (together[n, :, :high, :wide] - alone).abs()
        assert difference.max() < 0.5, n
