"""From light to photographs: lens, weather, sensor, development and compression."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.compression import compressed
from passerby.data.synthetic.moment import Moment
from passerby.data.synthetic.sizes import Sizes, taken
from passerby.data.synthetic.styles import STYLES
from passerby.data.synthetic.upload import upload
from passerby.data.synthetic.weather import fallen

_GREY = 0.44  # what contrast leaves as it is
_UNSEEN = 0.75  # pixels; less motion than this is not drawn


def photograph(
    light: Tensor,
    cameras: Sequence[Camera],
    noise: Tensor,
    moments: Sequence[Moment],
    sizes: Sizes,
    moving: Tensor | None = None,
) -> Tensor:
    """The cameras' pictures of `light`: (B, 3, H, W) float32, grey levels 0 to 255, not rounded.

    light:   (B, 3, H, W) linear; it is left as it was
    noise:   (B, 3, H, W) standard normal, drawn by the caller
    moments: what is so only in these pictures
    sizes:   of the pictures in their canvas
    moving:  (B, 1, H, W) in [0, 1], where people are; by default everything moves
    """

    def each(value: Callable[[Camera], float]) -> Tensor:
        return _numbers([value(camera) for camera in cameras], light)

    light = _moved(light, cameras, moments, sizes, moving)
    blurs = [math.hypot(c.blur, m.defocus) for c, m in zip(cameras, moments, strict=True)]
    light = blurred(light, blurs, sizes)
    light = fallen(
        light, [STYLES[camera.style].weather for camera in cameras],
        [camera.sun[0] for camera in cameras], [moment.seed for moment in moments], sizes,
    )  # fmt: skip
    factors = [_factor(c, m) for c, m in zip(cameras, moments, strict=True)]
    light = light * upload(factors, light.device)[:, :, None, None] + each(lambda c: c.veil)
    picture = light.mul(1.25).div_(light.mul_(0.2).add_(1))  # a shoulder: highlights fade
    picture = picture.clamp_(min=0).sqrt_()
    picture = _sharpened(picture, cameras, sizes)
    grey = (picture[:, 0] * 0.30 + picture[:, 1] * 0.59 + picture[:, 2] * 0.11)[:, None]
    # Saturation and contrast in one: both are straight lines.
    slope, saturation = each(lambda c: c.contrast * 255), each(lambda c: c.saturation)
    # Light comes in grains: the sensor's noise is as large everywhere before the root is taken
    # of it, so dark parts show more of it than bright ones.
    grains = grey.clamp(0, 1).mul_(-0.9).add_(1.3).mul_(each(lambda c: c.noise))
    picture = picture.mul_(saturation * slope)
    picture += grey.mul_((1 - saturation) * slope).add_(_GREY * (255 - slope))
    # A toe: the darkest tones crowd together above black.
    picture = (picture * picture).add_(420).sqrt_().add_(picture).mul_(0.5)
    picture = picture.addcmul_(noise, grains).clamp_(0, 255)
    return compressed(picture, [camera.quality for camera in cameras], sizes)


def _numbers(values: Sequence[float], like: Tensor) -> Tensor:
    """One number for each picture: (B, 1, 1, 1)."""
    return upload(values, like.device, torch.float32)[:, None, None, None]


def _factor(camera: Camera, moment: Moment) -> list[float]:
    """What red, green and blue are multiplied with."""
    gain = camera.gain * moment.exposure
    return [gain * cast * drift for cast, drift in zip(camera.cast, moment.drift, strict=True)]


def _sharpened(picture: Tensor, cameras: Sequence[Camera], sizes: Sizes) -> Tensor:
    if not any(camera.sharpen for camera in cameras):
        return picture
    wider = pad(sizes.filled(picture), [1] * 4, mode="replicate")
    strength = _numbers([camera.sharpen for camera in cameras], picture)
    return picture.addcmul_(picture - avg_pool2d(wider, 3, 1), strength)


def _moved(
    light: Tensor, cameras: Sequence[Camera], moments: Sequence[Moment], sizes: Sizes,
    moving: Tensor | None,
) -> Tensor:  # fmt: skip
    """Light that people carried along while the shutter was open."""
    which = [n for n, one in enumerate(moments) if math.hypot(*one.motion) >= _UNSEEN]
    if not which:
        return light
    motions = [moments[n].motion for n in which]
    at = upload(which, light.device)
    some, own = sizes.of(which), light.index_select(0, at)
    mask = torch.ones_like(own[:, :1]) if moving is None else moving.index_select(0, at)
    smeared = streaked(torch.cat([own, mask], 1), motions, some)
    smeared, mask = smeared[:, :3], smeared[:, 3:]
    # The second half of the rows of some cameras is read when people have gone on.
    steps = [
        round(m[0]) if cameras[n].interlaced else 0 for n, m in zip(which, motions, strict=True)
    ]
    if any(steps):
        odd = (torch.arange(light.shape[2], device=light.device) % 2 == 1)[:, None]
        smeared = torch.where(odd, _rolled(smeared, steps, some), smeared)
    moved = smeared if moving is None else torch.lerp(own, smeared, mask)
    return light.index_copy(0, at, moved)


def _rolled(images: Tensor, steps: Sequence[int], sizes: Sizes) -> Tensor:
    """Each picture moved right by its own number of pixels; what leaves comes back at the left."""
    column = torch.arange(sizes.wide, device=images.device)
    right, wide = upload(list(steps), images.device)[:, None], sizes.columns[:, None]
    return taken(images, sizes.own_rows(), (column - right) % wide)


def streaked(images: Tensor, motions: Sequence[tuple[float, float]], sizes: Sizes) -> Tensor:
    """The mean of each of (B, C, H, W) over a straight move, (right, down) pixels around its place.

    >>> from passerby.data.synthetic.sizes import Sizes
    >>> streaked(torch.eye(3)[None, None], [(2.0, 0.0)], Sizes([(3, 3)], "cpu"))[0, 0, 1].tolist()
    [0.3333333432674408, 0.3333333432674408, 0.3333333432674408]
    """
    steps = [max(1, round(max(abs(right), abs(down)))) for right, down in motions]
    images = sizes.filled(images)
    reach = max(steps) // 2 + 1
    high, wide = images.shape[2:]
    if len(motions) == 1:
        wider = pad(images, [reach] * 4, mode="replicate")
        total = torch.zeros_like(images)
        for step in range(steps[0] + 1):
            y, x = (reach + off for off in _offset(motions[0], steps[0], step))
            total += wider[:, :, y : y + high, x : x + wide]
        return total.div_(steps[0] + 1)
    row = torch.arange(high, device=images.device)
    column = torch.arange(wide, device=images.device)
    total = torch.zeros_like(images)
    for step in range(max(steps) + 1):
        offsets = [
            (*_offset(motion, count, min(step, count)), step <= count)
            for motion, count in zip(motions, steps, strict=True)
        ]
        down, right, open_yet = upload(offsets, images.device, torch.int64).T[:, :, None]
        rows, columns = (row + down).clamp(0, high - 1), (column + right).clamp(0, wide - 1)
        total += taken(images, rows, columns) * open_yet[:, :, None, None]
    return total / _numbers([count + 1 for count in steps], images)


def _offset(motion: tuple[float, float], steps: int, step: int) -> tuple[int, int]:
    """Pixels down and right at one of the steps of a move."""
    share = step / steps - 0.5
    return round(motion[1] * share), round(motion[0] * share)


def blurred(images: Tensor, sigmas: Sequence[float], sizes: Sizes) -> Tensor:
    """Gaussian blur of each of (B, C, H, W) by its own sigma in pixels; borders are continued.

    >>> from passerby.data.synthetic.sizes import Sizes
    >>> ones = torch.ones(1, 3, 8, 8)
    >>> blurred(ones, [0.8], Sizes([(8, 8)], "cpu")).allclose(ones)
    True
    """
    if max(sigmas) < 0.2:
        return images
    kernels = [_kernel(sigma) for sigma in sigmas]
    reach = max(len(kernel) for kernel in kernels) - 1
    weights = upload([k + [0.0] * (reach + 1 - len(k)) for k in kernels], images.device)
    images = sizes.filled(images)
    # Sums of shifted copies: on a CPU several times faster than a convolution of few taps.
    for axis in (2, 3):
        size = images.shape[axis]
        edges = [reach, reach, 0, 0] if axis == 3 else [0, 0, reach, reach]
        wider = pad(images, edges, mode="replicate")
        weight = weights[:, :, None, None, None]
        images = wider.narrow(axis, reach, size) * weight[:, 0]
        for step in range(1, reach + 1):
            images.addcmul_(wider.narrow(axis, reach - step, size), weight[:, step])
            images.addcmul_(wider.narrow(axis, reach + step, size), weight[:, step])
    return images


def _kernel(sigma: float) -> list[float]:
    """The middle and one side of a Gaussian that ends after at most three pixels."""
    if sigma < 0.2:
        return [1.0]
    reach = 1 if sigma < 0.55 else 2 if sigma < 1.1 else 3
    side = [math.exp(-0.5 * (step / sigma) ** 2) for step in range(reach + 1)]
    return [value / (2 * sum(side) - side[0]) for value in side]
