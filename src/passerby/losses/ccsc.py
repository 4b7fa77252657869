"""CCSC loss: pictures of one person by different cameras get features of one direction."""

import torch
from torch import Tensor

from passerby.losses.precision import exact

_TINY = 1e-6
"""A feature shorter than this has no direction."""

_FLOOR = 1e-4
"""1 + cos is held above this, for features that point in opposite directions."""


def ccsc_pairs(
    persons: Tensor, cameras: Tensor, cross_camera: bool = True, self_pairs: bool = True
) -> Tensor:
    """I of the loss: which ordered pairs (i, j) of a batch it compares, (B, B) bool.

    See `ccsc_loss`. Without `cross_camera` all pairs of a person are compared, whatever the
    cameras, with `self_pairs` each picture with itself too.

    >>> persons, cameras = torch.tensor([0, 0, 0, 1]), torch.tensor([1, 1, 2, 2])
    >>> ccsc_pairs(persons, cameras).nonzero().tolist()
    [[0, 2], [1, 2], [2, 0], [2, 1]]
    """
    same = persons[:, None] == persons
    if cross_camera:
        return same & (cameras[:, None] != cameras)
    if not self_pairs:
        same = same & ~torch.eye(len(persons), dtype=torch.bool, device=persons.device)
    return same


def ccsc_loss(
    features: Tensor,
    persons: Tensor,
    cameras: Tensor,
    cross_camera: bool = True,
    self_pairs: bool = True,
) -> Tensor:
    """Mean of 1 / (1 + cos) over the pairs of one person's pictures by different cameras.

    "Learning Cross Camera Invariant Features with CCSC Loss for Person Re-identification", Zhao
    et al., ICIG 2019:

        sum_ij I_ij / (1 + cos(f_i, f_j)) / sum_ij I_ij

    with I_ij = 1 where i and j show the same person by different cameras, and 0 elsewhere. Needs
    people in the batch with pictures by two cameras each (`PKSampler`; its `cameras` makes sure
    of them), and camera numbers that are unique across joined data sets. It is half a relative of
    the contrastive and the centre loss: it draws together and never pushes apart, so something
    else, the identification loss, must do that.

    features:     (B, D) of any floating type
    persons:      (B,) int64
    cameras:      (B,) int64
    cross_camera: False takes I_ij = 1 for every i and j of one person, the row of the paper's
                  ablation without the constraint
    self_pairs:   what that row does with i = j. As printed such pairs count: each adds 1/2 and no
                  gradient, which weakens the others. False leaves them out. Pairs across cameras
                  have no i = j

    Returns a scalar, float32 or float64: 0, with gradients of 0, when there is no such pair. For
    features that are nowhere negative, such as those after a ReLU, it lies in [0.5, 1]; 1 + cos
    is held above 1e-4 for others. A feature of zeros has no direction: its cosine to any other
    is taken as 0, and it gets a gradient of 0.

    >>> features = torch.tensor([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    >>> persons, cameras = torch.tensor([5, 5, 5]), torch.tensor([1, 2, 2])
    >>> ccsc_loss(features, persons, cameras)  # (1/2 + 1) / 2
    tensor(0.7500)
    """
    # Autocast would multiply in bfloat16, whose cosines are right to two digits.
    with torch.autocast(features.device.type, enabled=False):
        directions = _directions(exact(features))
        cosines = directions @ directions.T  # (B, D) -> (B, B)
        pairs = ccsc_pairs(persons, cameras, cross_camera, self_pairs)
        terms = 1 / (1 + cosines).clamp(min=_FLOOR)
        # where, not indexing: the shape stays known, so a GPU need not wait to count the pairs.
        return torch.where(pairs, terms, 0.0).sum() / pairs.sum().clamp(min=1)


def _directions(features: Tensor) -> Tensor:
    """Features (B, D) at length 1; those without a direction are 0, and learn nothing."""
    lengths = torch.linalg.vector_norm(features, dim=1, keepdim=True)  # (B, D) -> (B, 1)
    directed = lengths > _TINY
    return torch.where(directed, features / torch.where(directed, lengths, 1.0), 0.0)
