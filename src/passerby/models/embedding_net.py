"""`EmbeddingNet`: backbone, pooling and head, one after the other."""

from collections.abc import Callable

from torch import Tensor, nn

from passerby.models.backbone import Backbone


class EmbeddingNet(nn.Module):
    """Images (B, 3, H, W) -> embeddings (B, D).

    backbone: makes the map (B, C, h, w)
    pooling:  makes (B, C) of it, see `passerby.models.pooling`
    head:     makes (B, D) of that; without one the pooled map is the embedding

    >>> import torch
    >>> from passerby.models.osnet import OSNet, WIDTHS
    >>> from passerby.models.pooling import average
    >>> EmbeddingNet(OSNet(WIDTHS["x0_25"]), average).eval()(torch.zeros(2, 3, 64, 32)).shape
    torch.Size([2, 128])
    """

    def __init__(
        self,
        backbone: Backbone,
        pooling: Callable[[Tensor], Tensor],
        head: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.pooling = pooling
        self.head = nn.Identity() if head is None else head

    def forward(self, images: Tensor) -> Tensor:
        """The embeddings (B, D) of `images` (B, 3, H, W)."""
        return self.head(self.pooling(self.backbone(images)))
