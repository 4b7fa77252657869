"""From light to a photograph: lens, sensor and development."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from passerby.data.synthetic.camera import Camera


def photograph(light: Tensor, camera: Camera, noise: Tensor, exposure: float = 1.0) -> Tensor:
    """The camera's picture of `light`: (3, H, W) float32, grey levels 0 to 255, not rounded.

    light:    (3, H, W) linear
    noise:    (3, H, W) standard normal, drawn by the caller
    exposure: factor on the light, as a camera's automatics err
    """
    light = blurred(light, camera.blur)
    factor = torch.tensor(camera.cast) * (camera.gain * exposure)
    light = light * factor[:, None, None]
    picture = light.mul_(1.25).div_(light * 0.2 + 1)  # a shoulder: highlights fade, do not clip
    picture = picture.clamp_(min=0).sqrt_()
    grey = picture[0] * 0.30 + picture[1] * 0.59 + picture[2] * 0.11
    # Saturation and contrast in one: both are straight lines.
    slope = camera.contrast * 255
    picture = picture.mul_(camera.saturation * slope)
    picture += grey * ((1 - camera.saturation) * slope) + 0.45 * (255 - slope)
    return picture.add_(noise, alpha=camera.noise).clamp_(0, 255)


def blurred(image: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of (C, H, W) by `sigma` pixels; borders are continued.

    >>> blurred(torch.ones(3, 8, 8), 0.8).allclose(torch.ones(3, 8, 8))
    True
    """
    if sigma < 0.2:
        return image
    reach = 1 if sigma < 0.55 else 2
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
