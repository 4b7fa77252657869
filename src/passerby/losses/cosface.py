"""CosFace: a classifier by cosine, whose right answer must win by a margin."""

from torch import Tensor, nn

from passerby.losses.cosines import Directions
from passerby.losses.identification import identification_loss


def cosface_logits(
    similarities: Tensor, persons: Tensor, margin: float = 0.35, scale: float = 64.0
) -> Tensor:
    """scale (cos - margin) for the right person, scale cos for every other.

    similarities: (B, N) cosines of each feature with each person's direction
    persons:      (B,) int64 in 0 .. N - 1

    >>> import torch
    >>> cosface_logits(torch.tensor([[0.5, 0.25]]), torch.tensor([0]))
    tensor([[ 9.6000, 16.0000]])
    """
    own = persons[:, None]
    return scale * similarities.scatter(1, own, similarities.gather(1, own) - margin)


class CosFaceLoss(nn.Module):
    """Cross entropy of scaled cosines, with a margin taken off the right one.

    "CosFace: Large Margin Cosine Loss for Deep Face Recognition", Hao Wang, Yitong Wang, Zheng
    Zhou, Xing Ji, Dihong Gong, Jingchao Zhou, Zhifeng Li, Wei Liu, CVPR 2018, equation 4:

        -log exp(s (cos_y - m)) / (exp(s (cos_y - m)) + sum_{j not y} exp(s cos_j))

    Features and directions count by their direction alone; compare features by cosine. Needs
    labels only: any sampler, no cameras. `ArcFaceLoss` adds its margin to the angle instead;
    without a margin both are `identification_loss` on cosines. Margin and scale are the paper's,
    for faces with many thousands of people.

    num_persons: number of directions; people are 0 .. num_persons - 1
    channels:    D
    margin:      m, a difference of cosines
    scale:       s

    >>> import torch
    >>> loss = CosFaceLoss(num_persons=2, channels=2)
    >>> _ = loss.directions.weight.data.copy_(torch.eye(2))
    >>> loss(torch.tensor([[3.0, 3.0]]), torch.tensor([1]))  # both cosines equal: the margin, 22.4
    tensor(22.4000, grad_fn=<NegBackward0>)
    """

    def __init__(
        self, num_persons: int, channels: int, margin: float = 0.35, scale: float = 64.0
    ) -> None:
        super().__init__()
        self.margin = margin
        self.scale = scale
        self.directions = Directions(num_persons, channels)

    def forward(self, features: Tensor, persons: Tensor) -> Tensor:
        """features (B, D) of any floating type, persons (B,) int64 -> a scalar."""
        similarities = self.directions(features)  # (B, D) -> (B, num_persons)
        logits = cosface_logits(similarities, persons, self.margin, self.scale)
        return identification_loss(logits, persons, smoothing=0.0)
