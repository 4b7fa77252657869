"""ArcFace: a classifier by angle, whose right answer must win by a margin."""

import math

import torch
from torch import Tensor, nn

from passerby.losses.cosines import Directions
from passerby.losses.identification import identification_loss


def arcface_logits(
    similarities: Tensor,
    persons: Tensor,
    margin: float = 0.5,
    scale: float = 64.0,
    easy_margin: bool = False,
) -> Tensor:
    """scale cos(angle + margin) for the right person, scale cos(angle) for every other.

    cos(angle + margin) rises again once the sum passes pi, which would reward the worst features.
    The paper's equation leaves that open. As the authors' code does by default, such angles get
    cos(angle) - margin sin(margin) instead, which keeps falling (with a step down where it takes
    over); with `easy_margin` the margin stands only where angles are below pi / 2, and wider ones
    have none.

    similarities: (B, N) cosines of each feature with each person's direction
    persons:      (B,) int64 in 0 .. N - 1
    margin:       in radians, in [0, pi]

    >>> arcface_logits(torch.tensor([[1.0, 0.0]]), torch.tensor([0]), math.pi / 3, scale=1.0)
    tensor([[0.5000, 0.0000]])
    """
    own = persons[:, None]
    right = similarities.gather(1, own)  # (B, N) -> (B, 1)
    # clamp: a cosine can be 1 + 1e-7, and the root has no slope at 0
    sines = (1 - right.square()).clamp(min=1e-12).sqrt()
    turned = right * math.cos(margin) - sines * math.sin(margin)
    if easy_margin:
        turned = torch.where(right > 0, turned, right)
    else:
        turned = torch.where(right > -math.cos(margin), turned, right - margin * math.sin(margin))
    return scale * similarities.scatter(1, own, turned)


class ArcFaceLoss(nn.Module):
    """Cross entropy of scaled cosines, with a margin added to the right one's angle.

    "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", Jiankang Deng, Jia Guo,
    Niannan Xue, Stefanos Zafeiriou, CVPR 2019, equation 3:

        -log exp(s cos(angle_y + m)) / (exp(s cos(angle_y + m)) + sum_{j not y} exp(s cos_j))

    Features and directions count by their direction alone; compare features by cosine. Needs
    labels only: any sampler, no cameras. `CosFaceLoss` takes its margin off the cosine instead.
    Margin and scale are the paper's, for faces with many thousands of people.

    num_persons: number of directions; people are 0 .. num_persons - 1
    channels:    D
    margin:      m, in radians
    scale:       s
    easy_margin: what becomes of wide angles, see `arcface_logits`

    >>> loss = ArcFaceLoss(num_persons=2, channels=2, margin=math.pi / 4)
    >>> _ = loss.directions.weight.data.copy_(torch.eye(2))
    >>> loss(torch.tensor([[3.0, 3.0]]), torch.tensor([1]))  # cos 90 degrees against cos 45
    tensor(45.2548, grad_fn=<NegBackward0>)
    """

    def __init__(
        self,
        num_persons: int,
        channels: int,
        margin: float = 0.5,
        scale: float = 64.0,
        easy_margin: bool = False,
    ) -> None:
        super().__init__()
        self.margin = margin
        self.scale = scale
        self.easy_margin = easy_margin
        self.directions = Directions(num_persons, channels)

    def forward(self, features: Tensor, persons: Tensor) -> Tensor:
        """features (B, D) of any floating type, persons (B,) int64 -> a scalar."""
        similarities = self.directions(features)  # (B, D) -> (B, num_persons)
        logits = arcface_logits(similarities, persons, self.margin, self.scale, self.easy_margin)
        return identification_loss(logits, persons, smoothing=0.0)
