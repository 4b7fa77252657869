"""From light to a photograph: lens, weather, sensor, development and compression."""

import math

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.compression import compressed
from passerby.data.synthetic.moment import STILL, Moment
from passerby.data.synthetic.styles import STYLES
from passerby.data.synthetic.weather import fallen

_GREY = 0.44  # what contrast leaves as it is


def photograph(
    light: Tensor,
    camera: Camera,
    noise: Tensor,
    moment: Moment = STILL,
    moving: Tensor | None = None,
) -> Tensor:
    """The camera's picture of `light`: (3, H, W) float32, grey levels 0 to 255, not rounded.

    light:  (3, H, W) linear; it is left as it was
    noise:  (3, H, W) standard normal, drawn by the caller
    moment: what is so only in this picture
    moving: (H, W) in [0, 1], where people are; by default everything moves
    """
    light = _moved(light, camera, moment, moving)
    light = blurred(light, math.hypot(camera.blur, moment.defocus))
    light = fallen(light, STYLES[camera.style].weather, camera.sun[0], moment.seed)
    factor = light.new_tensor(camera.cast) * light.new_tensor(moment.drift)
    factor *= camera.gain * moment.exposure
    light = light * factor[:, None, None] + camera.veil
    picture = light.mul(1.25).div_(light.mul_(0.2).add_(1))  # a shoulder: highlights fade
    picture = picture.clamp_(min=0).sqrt_()
    if camera.sharpen:
        soft = avg_pool2d(picture[None], 3, 1, 1, count_include_pad=False)[0]
        picture = picture.mul_(1 + camera.sharpen).sub_(soft, alpha=camera.sharpen)
    grey = picture[0] * 0.30 + picture[1] * 0.59 + picture[2] * 0.11
    # Saturation and contrast in one: both are straight lines.
    slope = camera.contrast * 255
    # Light comes in grains: the sensor's noise is as large everywhere before the root is taken
    # of it, so dark parts show more of it than bright ones.
    grains = grey.clamp(0, 1).mul(-0.9).add_(1.3).mul_(camera.noise)
    picture = picture.mul_(camera.saturation * slope)
    picture += grey.mul_((1 - camera.saturation) * slope).add_(_GREY * (255 - slope))
    # A toe: the darkest tones crowd together above black.
    picture = (picture * picture).add_(420).sqrt_().add_(picture).mul_(0.5)
    picture = picture.addcmul_(noise, grains[None]).clamp_(0, 255)
    return compressed(picture, camera.quality) if camera.quality < 96 else picture


def _moved(light: Tensor, camera: Camera, moment: Moment, moving: Tensor | None) -> Tensor:
    """Light that people carried along while the shutter was open."""
    right, down = moment.motion
    length = math.hypot(right, down)
    if length < 0.75:
        return light
    smeared = streaked(light, right, down)
    if camera.interlaced:  # the second half of the rows is read when people have gone on
        smeared[:, 1::2] = smeared.roll(round(right), 2)[:, 1::2]
    if moving is None:
        return smeared
    return torch.lerp(light, smeared, streaked(moving[None], right, down))


def streaked(image: Tensor, right: float, down: float) -> Tensor:
    """The mean of (C, H, W) over a straight move by (`right`, `down`) pixels around its place.

    >>> streaked(torch.eye(3)[None], 2.0, 0.0)[0, 1].tolist()
    [0.3333333432674408, 0.3333333432674408, 0.3333333432674408]
    """
    steps = max(1, round(max(abs(right), abs(down))))
    reach = steps // 2 + 1
    high, wide = image.shape[1:]
    wider = pad(image[None], [reach] * 4, mode="replicate")[0]
    total = torch.zeros_like(image)
    for step in range(steps + 1):
        share = step / steps - 0.5
        y, x = reach + round(down * share), reach + round(right * share)
        total += wider[:, y : y + high, x : x + wide]
    return total.div_(steps + 1)


def blurred(image: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of (C, H, W) by `sigma` pixels; borders are continued.

    >>> blurred(torch.ones(3, 8, 8), 0.8).allclose(torch.ones(3, 8, 8))
    True
    """
    if sigma < 0.2:
        return image
    reach = 1 if sigma < 0.55 else 2 if sigma < 1.1 else 3
    kernel = torch.exp(-0.5 * (torch.arange(reach + 1.0) / sigma) ** 2)
    kernel = (kernel / (2 * kernel.sum() - kernel[0])).tolist()
    # Sums of shifted copies: on a CPU several times faster than a convolution of few taps.
    for axis in (1, 2):
        size = image.shape[axis]
        edges = [reach, reach, 0, 0] if axis == 2 else [0, 0, reach, reach]
        wider = pad(image[None], edges, mode="replicate")[0]
        image = wider.narrow(axis, reach, size) * kernel[0]
        for step in range(1, reach + 1):
            image.add_(wider.narrow(axis, reach - step, size), alpha=kernel[step])
            image.add_(wider.narrow(axis, reach + step, size), alpha=kernel[step])
    return image
