"""The BN neck: one feature for distances, another for classification."""

from torch import Tensor, nn


class BNNeck(nn.Module):
    """Batch normalisation between the pooled feature and the classifier, without a shift.

    "Bag of Tricks and A Strong Baseline for Deep Person Re-identification", Hao Luo, Youzhi
    Gu, Xingyu Liao, Shenqi Lai, Wei Jiang, CVPR Workshops 2019.

    The triplet and centre losses work on the feature before it, the identification loss on the
    feature after it, which is also what retrieval compares, by cosine. The shift stays 0 and
    is not learned, so that classes spread around the origin.

    >>> import torch
    >>> before, after = BNNeck(4)(torch.randn(8, 4))
    >>> before.shape, after.mean(0).abs().max() < 1e-6
    (torch.Size([8, 4]), tensor(True))
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bn = nn.BatchNorm1d(channels)
        self.bn.bias.requires_grad_(False)

    def forward(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C) -> the feature before (B, C), which is `pooled`, and after (B, C)."""
        return pooled, self.bn(pooled)
