"""`Backbone`: what every network that makes feature maps looks like."""

from torch import Tensor, nn


class Backbone(nn.Module):
    """Images (B, 3, H, W) float32 in, a feature map (B, channels, h, w) out.

    channels: C of the map; set by each network
    """

    channels: int

    def forward(self, images: Tensor) -> Tensor:
        """The feature map (B, C, h, w) of `images` (B, 3, H, W)."""
        raise NotImplementedError
