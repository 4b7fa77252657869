"""`Splits`: the parts of a data set, and holding people out of training."""

from dataclasses import dataclass, replace

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.core.sample import people as people_in


@dataclass(frozen=True)
class Splits:
    """The parts of a data set, each in a fixed order; a part may be empty.

    name:    the data set's name
    train:   what is learnt from
    query:   the crops that are searched for
    gallery: the crops that are searched in
    val:     what is measured while learning

    >>> from pathlib import Path
    >>> one = Sample(Path("a.jpg"), person=1, camera=1)
    >>> len(Splits("tiny", train=(one,), query=(), gallery=(), val=(one,)).trainval)
    2
    """

    name: str
    train: tuple[Sample, ...]
    query: tuple[Sample, ...]
    gallery: tuple[Sample, ...]
    val: tuple[Sample, ...] = ()

    @property
    def trainval(self) -> tuple[Sample, ...]:
        """`train`, then `val`."""
        return self.train + self.val


def hold_out(splits: Splits, people: int, seed: int) -> Splits:
    """Move the crops of `people` people from `train` to `val`, chosen by `seed`.

    An official `val` goes back into `train` first, so that afterwards train and val share nobody;
    with `people` 0 the splits are returned as they are.

    Raises PasserbyError when that would leave nobody to learn from, or `people` is negative.

    >>> from pathlib import Path
    >>> crops = tuple(Sample(Path(f"{p}.jpg"), person=p, camera=1) for p in (1, 2, 3))
    >>> held = hold_out(Splits("tiny", crops, (), ()), people=1, seed=0)
    >>> len(held.train), len(held.val)
    (2, 1)
    """
    if people == 0:
        return splits
    everybody = people_in(splits.trainval)
    if not 0 < people < len(everybody):
        raise PasserbyError(
            f"cannot hold {people} people out of the {len(everybody)} training people of "
            f"{splits.name!r}; choose a number from 0 to {max(len(everybody) - 1, 0)}"
        )
    held = set(shuffled(everybody, seed)[:people])
    return replace(
        splits,
        train=tuple(sample for sample in splits.trainval if sample.person not in held),
        val=tuple(sample for sample in splits.trainval if sample.person in held),
    )


def shuffled(numbers: list[int], seed: int) -> list[int]:
    """The same numbers in an order that depends on `seed` alone.

    >>> shuffled([1, 2, 3, 4], seed=0)
    [3, 4, 2, 1]
    """
    # RandomState's stream is frozen for good; the newer generators may change with a release.
    return [numbers[place] for place in np.random.RandomState(seed).permutation(len(numbers))]
