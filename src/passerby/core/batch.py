"""`Batch`: what a method learns from in one step."""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Batch:
    """Images and their labels, on one device.

    images:     (B, 3, H, W) float32, or clips (B, T, 3, H, W)
    persons:    (B,) int64, class numbers 0 .. people - 1 while learning
    cameras:    (B,) int64
    datasets:   (B,) int64, the number of the data set in a union
    indices:    (B,) int64, place of each sample in its list
    modalities, tracklets, attributes, captions: only where a method needs them
    """

    images: Tensor
    persons: Tensor
    cameras: Tensor
    datasets: Tensor
    indices: Tensor
    modalities: Tensor | None = None
    tracklets: Tensor | None = None
    attributes: Tensor | None = None
    captions: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return self.images.shape[0]

    def to(self, device: torch.device | str, **options: Any) -> Self:
        """The same batch on another device."""
        return replace(
            self,
            **{
                field.name: value.to(device, **options)
                for field in fields(self)
                if isinstance(value := getattr(self, field.name), Tensor)
            },
        )

    def pin_memory(self) -> Self:
        """The same batch in page-locked memory, for faster copies to a GPU."""
        return replace(
            self,
            **{
                field.name: value.pin_memory()
                for field in fields(self)
                if isinstance(value := getattr(self, field.name), Tensor)
            },
        )
