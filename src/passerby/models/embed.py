"""`embed`: features of many pictures."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError


def embed(
    model: nn.Module,
    loader: Iterable[Batch],
    *,
    flip: bool = True,
    device: torch.device | str = "cpu",
    progress: Callable[[int], object] | None = None,
) -> Tensor:
    """Features (N, D) float32 on the CPU, of all N pictures of `loader`, in its order.

    model:    images (B, 3, H, W) -> features (B, D); moved to `device`
    flip:     average the feature of each picture and of its mirror image: the two are added and
              halved, before whatever normalising a distance does. Twice the work
    progress: called after each batch with the number of pictures done so far

    The model works in evaluation mode and without gradients; afterwards each of its layers is
    back in the mode that it was in, and the features may be used in a graph.

    Raises PasserbyError when `loader` has no pictures.

    >>> images = torch.tensor([[[[1.0, 2.0]]]]).expand(1, 3, 1, 2)
    >>> number = torch.zeros(1, dtype=torch.int64)
    >>> left = nn.Sequential(nn.AvgPool2d(1, stride=2), nn.Flatten())
    >>> embed(left, [Batch(images, number, number, number, number)])
    tensor([[1.5000, 1.5000, 1.5000]])
    """
    modes = [(module, module.training) for module in model.modules()]
    model.to(device).eval()
    parts: list[Tensor] = []
    done = 0
    try:
        for batch in loader:
            images = batch.images.to(device, non_blocking=True)
            if images.ndim == 4:
                # Convolutions on a CPU, and in half precision on a GPU, are half as fast again.
                images = images.contiguous(memory_format=torch.channels_last)
            parts.append(_features(model, images, flip))
            done += len(batch)
            if progress is not None:
                progress(done)
    finally:
        for module, training in modes:
            module.training = training
    if done == 0:
        raise PasserbyError("there is no picture to embed; is the split or the folder empty?")
    # Outside inference mode torch.cat makes an ordinary tensor, which a loss may use.
    return torch.cat(parts)


@torch.inference_mode()
def _features(model: nn.Module, images: Tensor, flip: bool) -> Tensor:
    """(B, 3, H, W) -> (B, D) float32 on the CPU."""
    features = model(images)
    if flip:
        features = (features + model(images.flip(-1))) / 2
    return features.float().cpu()
