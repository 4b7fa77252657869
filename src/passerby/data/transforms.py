"""What chance does to a picture while learning: flips, crops, erased boxes, colours.

Everything works on one picture (H, W, 3) uint8 RGB before it is normalised, since bytes are a
quarter of the floats, and draws from the generator that it is handed.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from passerby.core.preprocess import IMAGENET_MEAN

_FILL = np.array([round(255 * mean) for mean in IMAGENET_MEAN], np.uint8)
"""The mean colour, which normalising makes almost 0."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How a training picture is varied; the defaults are those of Luo et al. 2019.

    "Bag of Tricks and A Strong Baseline for Deep Person Re-identification", Hao Luo, Youzhi
    Gu, Xingyu Liao, Shenqi Lai, Wei Jiang, CVPR Workshops 2019.

    flip:    probability of mirroring
    padding: pixels added on every side before a crop of the old size is taken at random
    enlarge: with 1.125 the picture is read 1.125 times as high and wide as wanted and a crop of
             the wanted size is taken at random, as Hermans et al. 2017 do; 1 does nothing
    erase:   probability of random erasing
    colour:  brightness, contrast and saturation are each scaled by up to 1 +- this; 0 does nothing
    crop_area: least and greatest share of the picture that a random box covers, which is stretched
               to the picture's size; (1, 1) does nothing, Bai et al. 2020 ("Deep-Person") use
               (0.64, 1)
    crop_aspect: least and greatest height / width of that box, in pixels
    cast:    each channel is scaled by exp(N(0, cast)), as another camera's white balance would;
             0 does nothing
    gamma:   the picture is raised to the power exp(N(0, gamma)), as another camera's development
             would; 0 does nothing
    blur:    probability of a Gaussian blur, sigma 0.4 to 1.3 pixels

    >>> vary = Augmentation(flip=0, erase=0, padding=0)
    >>> picture = np.arange(18, dtype=np.uint8).reshape(3, 2, 3)
    >>> bool((vary(picture, 3, 2, np.random.default_rng(0)) == picture).all())
    True
    """

    flip: float = 0.5
    padding: int = 10
    enlarge: float = 1.0
    erase: float = 0.5
    colour: float = 0.0
    crop_area: tuple[float, float] = (1.0, 1.0)
    crop_aspect: tuple[float, float] = (2.0, 3.0)
    cast: float = 0.0
    gamma: float = 0.0
    blur: float = 0.0

    def read_size(self, height: int, width: int) -> tuple[int, int]:
        """(height, width) that pictures must have to give crops of (height, width)."""
        return round(height * self.enlarge), round(width * self.enlarge)

    def __call__(
        self, picture: np.ndarray, height: int, width: int, generator: np.random.Generator
    ) -> np.ndarray:
        """A new picture (height, width, 3) uint8; `picture` is of `read_size` and left alone."""
        if generator.random() < self.flip:
            picture = cv2.flip(picture, 1)  # thirty times as fast as copying a reversed view
        if self.blur > 0 and generator.random() < self.blur:
            picture = cv2.GaussianBlur(picture, (0, 0), float(generator.uniform(0.4, 1.3)))
        if self.cast > 0 or self.gamma > 0:
            picture = jitter_camera(picture, self.cast, self.gamma, generator)
        if self.colour > 0:
            picture = jitter_colours(picture, self.colour, generator)
        if tuple(self.crop_area) != (1, 1):
            picture = stretched_crop(picture, self.crop_area, self.crop_aspect, generator)
        picture = crop(picture, height, width, self.padding, generator)
        if generator.random() < self.erase:
            picture = erase_box(picture, generator)
        return picture


def crop(
    picture: np.ndarray, height: int, width: int, padding: int, generator: np.random.Generator
) -> np.ndarray:
    """A part (height, width, 3) of `picture` with `padding` black pixels around, anew.

    >>> crop(np.ones((4, 2, 3), np.uint8), 4, 2, 1, np.random.default_rng(0)).shape
    (4, 2, 3)
    """
    tall, wide = picture.shape[:2]
    free = [tall + 2 * padding - height + 1, wide + 2 * padding - width + 1]
    # Where the crop begins, in the picture's own pixels; negative in the padding.
    top, left = generator.integers(free) - padding
    cropped = np.zeros((height, width, 3), np.uint8)
    y, x = max(top, 0), max(left, 0)
    # max: with more padding than picture a crop may lie outside it altogether
    bottom, right = max(y, min(top + height, tall)), max(x, min(left + width, wide))
    cropped[y - top : bottom - top, x - left : right - left] = picture[y:bottom, x:right]
    return cropped


def stretched_crop(
    picture: np.ndarray,
    area: tuple[float, float],
    aspect: tuple[float, float],
    generator: np.random.Generator,
) -> np.ndarray:
    """A random box of `picture` (H, W, 3), stretched to the size of the whole.

    The box covers a share of the picture in `area`, its height / width is in `aspect`, both
    uniform; a box that does not fit is drawn again, and after ten the picture stays as it is.

    >>> picture = np.arange(64 * 32 * 3, dtype=np.uint8).reshape(64, 32, 3)
    >>> stretched_crop(picture, (0.64, 1), (2, 3), np.random.default_rng(0)).shape
    (64, 32, 3)
    """
    height, width = picture.shape[:2]
    for _ in range(10):
        pixels = generator.uniform(*area) * height * width
        shape = generator.uniform(*aspect)
        tall, wide = round(math.sqrt(pixels * shape)), round(math.sqrt(pixels / shape))
        if 0 < tall <= height and 0 < wide <= width:
            top, left = generator.integers((height - tall + 1, width - wide + 1))
            box = picture[top : top + tall, left : left + wide]
            return cv2.resize(box, (width, height), interpolation=cv2.INTER_LINEAR)
    return picture


def erase_box(
    picture: np.ndarray,
    generator: np.random.Generator,
    area: tuple[float, float] = (0.02, 0.4),
    aspect: tuple[float, float] = (0.3, 1 / 0.3),
) -> np.ndarray:
    """`picture` with one box of the mean colour in it; changes it in place.

    "Random Erasing Data Augmentation", Zhun Zhong, Liang Zheng, Guoliang Kang, Shaozi Li, Yi
    Yang, AAAI 2020, with the values of Luo et al. 2019: the box covers a share of the picture
    in `area`, its height / width is in `aspect`; boxes that do not fit are drawn again.

    >>> erased = erase_box(np.zeros((64, 32, 3), np.uint8), np.random.default_rng(0))
    >>> bool(0.01 < (erased > 0).mean() < 0.5)
    True
    """
    height, width = picture.shape[:2]
    for _ in range(100):
        pixels = generator.uniform(*area) * height * width
        shape = generator.uniform(*aspect)
        tall, wide = round(math.sqrt(pixels * shape)), round(math.sqrt(pixels / shape))
        if 0 < tall < height and 0 < wide < width:
            top, left = generator.integers((height - tall + 1, width - wide + 1))
            picture[top : top + tall, left : left + wide] = _FILL
            break
    return picture


def jitter_colours(
    picture: np.ndarray, strength: float, generator: np.random.Generator
) -> np.ndarray:
    """`picture` with its saturation, contrast and brightness each scaled by 1 +- `strength`.

    >>> grey = np.full((2, 2, 3), 100, np.uint8)
    >>> bool((50 <= jitter_colours(grey, 0.5, np.random.default_rng(0))).all())
    True
    """
    brightness, contrast, saturation = 1 + generator.uniform(-strength, strength, 3)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    middle = float(grey.mean())
    # Both scalings are linear: around each pixel's grey, then around the picture's mean grey.
    own = brightness * contrast * saturation
    greys = brightness * contrast * (1 - saturation)
    level = brightness * (1 - contrast) * middle
    return cv2.addWeighted(picture, own, cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), greys, level)


def jitter_camera(
    picture: np.ndarray, cast: float, gamma: float, generator: np.random.Generator
) -> np.ndarray:
    """`picture` as another camera might have developed it.

    Values v in [0, 1] become v ** exp(N(0, gamma)) * exp(N(0, cast)), the power one for all
    channels, the factor one for each.

    >>> grey = np.full((2, 2, 3), 100, np.uint8)
    >>> jitter_camera(grey, 0, 0, np.random.default_rng(0))[0, 0].tolist()
    [100, 100, 100]
    """
    power = math.exp(generator.normal(0, gamma))
    factors = np.exp(generator.normal(0, cast, 3))
    levels = (np.arange(256) / 255) ** power  # (256,)
    table = np.clip(255 * levels[:, None] * factors, 0, 255).round().astype(np.uint8)  # (256, 3)
    return cv2.LUT(picture, table[:, None, :])
