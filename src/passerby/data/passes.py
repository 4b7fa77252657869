"""Batches that come pass after pass over the data, and can be taken up anywhere."""

from abc import abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple, Self

import numpy as np
from torch.utils.data import Sampler

from passerby.core.errors import PasserbyError


class Draw(NamedTuple):
    """One picture of a batch, and the seed of what chance does to it.

    place: in the list of samples
    seed:  the state of its augmentation: drawn again with the same seed it looks the same
    """

    place: int
    seed: tuple[int, ...]


class PassSampler(Sampler[list[Draw]]):
    """Batches in epochs of any length: one pass over the data follows another.

    A sampler says what a pass is; seed, number of the pass and place in it decide everything, so
    that a run can be taken up anywhere.
    """

    batches_per_pass: int
    epoch: int
    _batches: int
    _skip: int

    def _start(self, batches_per_pass: int, batches_per_epoch: int | None) -> None:
        """Stand at the beginning; an epoch is one pass unless `batches_per_epoch` says otherwise.

        Raises PasserbyError when an epoch would have no batch.
        """
        if batches_per_epoch is not None and batches_per_epoch < 1:
            raise PasserbyError(
                f"batches_per_epoch is {batches_per_epoch}; an epoch has 1 batch or more"
            )
        self.batches_per_pass = batches_per_pass
        self._batches = batches_per_epoch or batches_per_pass
        self.epoch, self._skip = 0, 0

    @property
    def sampler(self) -> Self:
        """Itself: Lightning tells the epoch to the `sampler` of a loader's batch sampler."""
        return self

    def set_epoch(self, epoch: int) -> None:
        """Make the next epoch this one, from 0."""
        self.epoch = epoch

    def start_at(self, batches: int) -> None:
        """Make the next epoch begin as if `batches` batches, counted over epochs, had gone by."""
        self.epoch, self._skip = divmod(batches, len(self))

    def __len__(self) -> int:
        return self._batches

    def __iter__(self) -> Iterator[list[Draw]]:
        skip, self._skip = self._skip, 0
        first = self.epoch * self._batches + skip  # counted over all epochs
        yield from islice(self.batches_from(first), self._batches - skip)

    def batches_from(self, first: int) -> Iterator[list[Draw]]:
        """All batches from number `first`, pass after pass, for ever."""
        number, skip = divmod(first, self.batches_per_pass)
        while True:
            yield from self._one_pass(number, skip)
            number, skip = number + 1, 0

    @abstractmethod
    def _one_pass(self, number: int, skip: int) -> Iterator[list[Draw]]:
        """The batches of pass `number`, behind the first `skip`."""


def batches_in_pass(turns: np.ndarray, at_once: int) -> int:
    """Enough batches of `at_once` for all `turns`, and for whoever has most, once in each.

    >>> batches_in_pass(np.array([2, 1, 1]), 2), batches_in_pass(np.array([3, 1]), 2)
    (2, 3)
    """
    return max(-(-int(turns.sum()) // at_once), int(turns.max()))


def crowds(
    turns: np.ndarray, at_once: int, batches: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """Who is in each of `batches` batches: (at_once,) each, all of them different within one.

    turns: (M,) how often each of M comes at least; `batches` is `batches_in_pass` of them or more

    >>> chosen = list(crowds(np.array([2, 1, 1]), 2, 2, np.random.default_rng(0)))
    >>> sorted(np.concatenate(chosen).tolist())
    [0, 0, 1, 2]
    """
    left = turns.copy()
    for batches_left in range(batches, 0, -1):
        # By chance, but likelier for whoever has more turns left (Efraimidis and Spirakis
        # 2006); first of all those who would otherwise not get all their turns.
        chance = generator.exponential(size=len(left)) / np.maximum(left, 1e-9)
        chance[left == batches_left] = -1.0
        chosen = np.argsort(chance, kind="stable")[:at_once]
        left[chosen] = np.maximum(left[chosen] - 1, 0)
        yield generator.permutation(chosen)
