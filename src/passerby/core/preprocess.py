"""`Preprocess`: how pixels become the tensor that a model was trained on."""

from dataclasses import dataclass

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class Preprocess:
    """The contract between pictures and a model; carried by every checkpoint.

    A picture (H, W, 3) uint8 RGB is resized to (height, width) bilinearly, its channels put in
    the order of `channels`, divided by `scale`, and normalised with `mean` and `std`, which
    stand in the order of `channels`.

    >>> Preprocess(256, 128).mean[0]
    0.485
    """

    height: int
    width: int
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    scale: float = 255.0
    channels: str = "rgb"
