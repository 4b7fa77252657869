"""From shots to pictures, in each modality, many at once."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.camera import Camera
from passerby.data.synthetic.grain import grain
from passerby.data.synthetic.modalities import Modality
from passerby.data.synthetic.moment import Moment
from passerby.data.synthetic.photograph import blurred, photograph
from passerby.data.synthetic.render import Rendered, render
from passerby.data.synthetic.shot import Shot
from passerby.data.synthetic.sizes import Sizes, resampled
from passerby.data.synthetic.sketch import sketch
from passerby.data.synthetic.upload import Device, upload


def pictures(shots: Sequence[Shot], device: Device = "cpu") -> Tensor:
    """Crops in one pass over tensors on `device`: (B, height, width, 3) uint8 RGB, on the device.

    They may differ in people, cameras, places and modality, but have one height and width.

    Raises PasserbyError when they have not.

    >>> from passerby.data.synthetic.world import World
    >>> world = World(people=2, cameras=2)
    >>> pictures([world.shot(1, 2, 0, height=32, width=16)]).shape
    torch.Size([1, 32, 16, 3])
    """
    sizes = {(shot.height, shot.width) for shot in shots}
    if len(sizes) != 1:
        raise PasserbyError(
            f"a batch of pictures has one size, these shots have {len(sizes)}; render shots of one "
            "height and width together"
        )
    ((height, width),) = sizes
    result = torch.empty(len(shots), height, width, 3, dtype=torch.uint8, device=device)
    kinds: dict[Modality, list[int]] = {}
    for number, shot in enumerate(shots):
        kinds.setdefault(shot.modality, []).append(number)
    for modality, which in kinds.items():
        seen = _alike([shots[number] for number in which], (height, width), modality, device)
        if len(which) == len(shots):
            return seen
        result[upload(which, device)] = seen
    return result


def _alike(
    shots: Sequence[Shot], size: tuple[int, int], modality: Modality, device: Device
) -> Tensor:
    """Crops of one size and modality."""
    views = [shot.view for shot in shots]
    seen = render(views, device, modality=modality, truth=modality == "sketch")
    noise = grain([shot.grain for shot in shots], seen.sizes)
    moments, cameras = [shot.moment for shot in shots], [view.camera for view in views]
    picture = developed(seen, cameras, noise, moments, modality)
    return as_bytes(resampled(picture, seen.sizes, Sizes([size] * len(shots), device)))


def developed(
    seen: Rendered,
    cameras: Sequence[Camera],
    noise: Tensor,
    moments: Sequence[Moment],
    modality: Modality = "visible",
) -> Tensor:
    """The pictures of a modality: (B, 3, H, W) float32, grey levels 0 to 255, not rounded.

    noise: (B, 3, H, W) standard normal
    """
    sizes = seen.sizes
    if modality == "sketch":
        return sketch(seen, noise)
    if modality == "infrared":
        nights = [
            replace(one, cast=(1.0, 1.0, 1.0), saturation=0.0, gain=1.0, noise=one.noise + 2.0)
            for one in cameras
        ]
        same = noise[:, :1].expand(-1, 3, -1, -1)
        return photograph(seen.colour, nights, same, moments, sizes, _moving(seen))
    if modality == "thermal":
        light = blurred(seen.colour, [0.9] * len(cameras), sizes)
        # The camera stretches what it sees over its range.
        range_ = upload([245 * (0.9 + 0.1 * one.exposure) for one in moments], light.device)
        return (20 + light * range_[:, None, None, None] + 2.0 * noise[:, :1]).clamp(0, 255)
    return photograph(seen.colour, cameras, noise, moments, sizes, _moving(seen))


def _moving(seen: Rendered) -> Tensor:
    """(B, 1, H, W), how much of each pixel shows people, who alone move."""
    return avg_pool2d((seen.owners >= 0).float()[:, None], 2)


def as_bytes(pictures: Tensor) -> Tensor:
    """(B, 3, H, W) grey levels -> (B, H, W, 3) uint8."""
    return pictures.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous()
