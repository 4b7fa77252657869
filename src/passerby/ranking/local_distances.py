"""Distances by parts: the shortest path that matches two pictures from head to foot."""

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.distances import pairwise_distances
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError

ENTRIES = 2**24
"""Numbers held at a time while pairs are compared (64 MiB as float32), and in one block."""


def local_distances(
    query: Embeddings,
    gallery: Embeddings,
    whole: int = 2048,
    channels: int = 128,
    *,
    whole_weight: float = 1.0,
    local_weight: float = 1.0,
    block: int | None = None,
) -> DistanceBlocks:
    """Global plus aligned local distance of every query to every gallery entry, on demand.

    "AlignedReID: Surpassing Human-Level Performance in Person Re-Identification", Xuan Zhang et
    al., arXiv 2017. Features hold `whole` global values, then `channels` of each part from head
    to foot, as `AlignedReID(embed_local=True)` embeds. The weights are ours; 1 and 0 is the global
    distance alone, 0 and 1 the local one.

    block: queries at a time; None chooses as many as keep a block at 64 MiB

    Equal to the distance that is learnt by up to rounding: parts alike to a thousandth of their
    length count as so far apart. Works on the features' device. Memory: one block, and some 64 MiB
    beside it.

    Raises PasserbyError when the two were embedded by different models, or the features have no
    parts of that length.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> names = [Sample(Path(name), 1, 1) for name in "ab"]
    >>> both = Embeddings.of(torch.tensor([[0.0, 1.0, 2.0], [3.0, 1.0, 2.0]]), names, "toy", "00")
    >>> local_distances(both[:1], both[1:], whole=1, channels=1).matrix()  # parts 1 and 2, alike
    tensor([[3.4621]])
    """
    query.require_model_of(gallery)
    require_parts(query.features.shape[1], whole, channels)
    if block is None:
        block = max(1, min(1024, ENTRIES // max(1, len(gallery))))
    if block < 1:
        raise PasserbyError(f"block is {block}; it must be at least 1 query at a time")
    # Detached: scores have no gradient, and a graph would keep every block alive.
    a, b = query.features.detach(), gallery.features.detach().to(query.features.device)

    def compute(rows: slice) -> Tensor:
        some = a[rows]
        found = some.new_empty(len(some), len(b))
        width = max(1, ENTRIES // (4 * max(1, a.shape[1] // channels) * max(1, len(some))))
        for left in range(0, len(b), width):
            found[:, left : left + width] = joint_distances(
                some, b[left : left + width], whole, channels, whole_weight, local_weight
            )
        return found

    return DistanceBlocks(len(query), len(gallery), compute, block)


@torch.no_grad()
def joint_distances(
    a: Tensor,
    b: Tensor,
    whole: int,
    channels: int,
    whole_weight: float = 1.0,
    local_weight: float = 1.0,
) -> Tensor:
    """whole_weight x ||g - g'|| + local_weight x length of the shortest path between the parts.

    a, b: (N, D) and (M, D), D = whole + parts x channels. Holds a few times N M parts numbers

    Returns (N, M), without a gradient. Raises PasserbyError as `local_distances` does.
    """
    require_parts(a.shape[1], whole, channels)
    far = pairwise_distances(a[:, :whole], b[:, :whole]).mul_(whole_weight)
    if local_weight == 0:
        return far
    parts = [features[:, whole:].unflatten(1, (-1, channels)) for features in (a, b)]
    return far.add_(path_lengths(*parts), alpha=local_weight)


@torch.no_grad()
def path_lengths(a: Tensor, b: Tensor) -> Tensor:
    """Shortest paths from (1, 1) to (H, H) over d_ij = tanh(||f_i - g_j|| / 2), down and right.

    a, b: parts (N, H, c) and (M, H, c); returns (N, M). No gradient flows: see
    `passerby.losses.aligned` for the same distance while learning.

    >>> path_lengths(torch.zeros(1, 2, 1), torch.ones(1, 2, 1))  # three steps of 0.4621
    tensor([[1.3864]])
    """
    columns = b.transpose(0, 1)  # (M, H, c) -> (H, M, c)
    reached: list[Tensor] = []  # S_i1 ... S_iH, each (N, M), of the row i that was reached last
    for i, part in enumerate(a.unbind(1)):
        lengths = pairwise_distances(part, columns.flatten(0, 1))  # (N, H M)
        for j, step in enumerate(lengths.div_(2).tanh_().chunk(len(columns), dim=1)):
            if i == 0:
                reached.append(step if j == 0 else step + reached[j - 1])
            elif j == 0:
                reached[0] = step + reached[0]
            else:
                reached[j] = step + torch.minimum(reached[j], reached[j - 1])
    return reached[-1]


def require_parts(dimensions: int, whole: int, channels: int) -> int:
    """The number of parts in features of so many values.

    Raises PasserbyError when there are none.

    >>> require_parts(2048 + 7 * 128, 2048, 128)
    7
    """
    parts, left = divmod(dimensions - whole, max(channels, 1))
    if whole < 0 or channels < 1 or parts < 1 or left:
        raise PasserbyError(
            f"features of {dimensions} values are not {whole} global ones and {channels} for each "
            "part; embed with a model of AlignedReID that was trained with --model.embed_local "
            "true, and give its own lengths"
        )
    return parts
