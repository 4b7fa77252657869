"""Several pictures made into one: groups of pictures, and their features pooled."""

from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.embeddings import Embeddings

Pooling = Literal["mean", "max"]
"""What becomes of the features of a group, dimension by dimension."""


def numbered(*labels: Tensor) -> Tensor:
    """Groups (N,) int64 of the rows whose labels (N,) all agree, from 0 in order of appearance.

    >>> numbered(torch.tensor([7, 3, 7, 7]), torch.tensor([1, 1, 1, 2])).tolist()
    [0, 1, 0, 2]
    """
    rows = torch.arange(len(labels[0]))
    if len(rows) == 0:
        return rows
    group = torch.zeros_like(rows)
    for label in labels:
        values, place = label.unique(return_inverse=True)
        _, group = (group * len(values) + place).unique(return_inverse=True)
    first = rows.new_full((int(group.max()) + 1,), len(rows))
    first.scatter_reduce_(0, group, rows, "amin")
    return first.argsort().argsort()[group]


def of_person_and_camera(embeddings: Embeddings) -> Tensor:
    """Groups (N,) int64: the pictures of one person by one camera."""
    return numbered(embeddings.persons, embeddings.cameras)


def of_tracklet(embeddings: Embeddings) -> Tensor:
    """Groups (N,) int64: the pictures of one tracklet; a picture without tracklet is alone.

    Tracklets may be numbered anew for each person or camera: all three labels must agree.
    """
    alone = -1 - torch.arange(len(embeddings))
    tracklets = torch.where(embeddings.tracklets < 0, alone, embeddings.tracklets)
    return numbered(embeddings.persons, embeddings.cameras, tracklets)


def of_person(embeddings: Embeddings) -> Tensor:
    """Groups (N,) int64: the pictures of one person; each one of nobody (0, -1) is alone."""
    alone = -1 - torch.arange(len(embeddings))
    return numbered(torch.where(embeddings.persons > 0, embeddings.persons, alone))


def ends(groups: Tensor) -> Tensor:
    """Where groups (N,) that stand side by side end: (M + 1,) int64, from 0.

    >>> ends(torch.tensor([0, 0, 1])).tolist()
    [0, 2, 3]
    """
    counts = torch.bincount(groups)
    return torch.cat([counts.new_zeros(1), counts.cumsum(0)])


def side_by_side(embeddings: Embeddings, groups: Tensor) -> Embeddings:
    """The same pictures with those of a group next to each other, groups in their order."""
    if (groups.diff() >= 0).all():
        return embeddings
    return embeddings[groups.argsort(stable=True)]


def pooled(embeddings: Embeddings, groups: Tensor, pooling: Pooling) -> Embeddings:
    """One embedding for each group; all but the features are those of its first picture.

    groups: (N,) int64, from 0 without gaps

    The same features give the same sums on every device: nothing is added in random order.

    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> samples = [Sample(Path(name), 7, 1) for name in "abc"]
    >>> three = Embeddings.of(torch.tensor([[0.0, 4.0], [2.0, 2.0], [5.0, 5.0]]), samples, "", "")
    >>> both = pooled(three, torch.tensor([0, 0, 1]), "mean")
    >>> both.features.tolist(), both.keys
    ([[1.0, 3.0], [5.0, 5.0]], ('a', 'c'))
    """
    if len(embeddings) == 0:
        return embeddings
    embeddings = side_by_side(embeddings, groups)
    edges = ends(groups)
    features = embeddings.features.detach()
    lengths = edges.diff().to(features.device)
    one_each = torch.segment_reduce(features, pooling, lengths=lengths, axis=0)
    return replace(embeddings[edges[:-1]], features=one_each)


def of_length_one(embeddings: Embeddings) -> Embeddings:
    """The same embeddings with features of Euclidean length 1."""
    return replace(embeddings, features=normalize(embeddings.features.detach(), dim=1))
