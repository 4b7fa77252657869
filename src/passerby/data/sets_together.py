"""Batches of a few data sets each, so that people are told from others of their own set."""

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.data.passes import Draw, PassSampler, batches_in_pass, crowds
from passerby.data.samplers import Epoch, PKSampler


class SetsTogether(PassSampler):
    """Batches of P people with K pictures each, the people of each batch out of N data sets.

    In a union of many sets chance would fill a batch with people of as many. The look of a set then
    tells them apart, which teaches nothing that another set could use; people of the same set
    differ by what they wear. Each set's share of a batch, P / N people, is drawn as `PKSampler`
    draws, and sets come as often as they have people.

    sets:           (S,) the data set of each sample
    persons:        (S,) the person of each sample
    sets_per_batch: N
    persons_per_batch, shots_per_person, cameras, seed, epoch_of, batches_per_epoch, rank, world:
                    as of `PKSampler`

    Raises PasserbyError when P is no multiple of N, there are fewer than N sets, or a set has too
    few people, and as `PKSampler` does.

    >>> sets, persons = ["a", "a", "b", "b", "c", "c"], [0, 1, 2, 3, 4, 5]
    >>> batches = list(SetsTogether(sets, persons, 2, 1, sets_per_batch=1))
    >>> [len({sets[draw.place] for draw in batch}) for batch in batches]
    [1, 1, 1]
    """

    def __init__(
        self,
        sets: Sequence[Hashable],
        persons: Sequence[int],
        persons_per_batch: int = 16,
        shots_per_person: int = 4,
        *,
        sets_per_batch: int,
        cameras: Sequence[int] | None = None,
        seed: int = 0,
        epoch_of: Epoch = "images",
        batches_per_epoch: int | None = None,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        names = list(dict.fromkeys(sets))
        if sets_per_batch < 1 or persons_per_batch % sets_per_batch:
            raise PasserbyError(
                f"{persons_per_batch} people cannot be shared out evenly among {sets_per_batch} "
                "data sets; choose --data.persons_per_batch as a multiple of --data.sets_per_batch"
            )
        if sets_per_batch > len(names):
            raise PasserbyError(
                f"a batch wants people of {sets_per_batch} data sets, but there are {len(names)}; "
                f"pass --data.sets_per_batch {len(names)} or less"
            )
        self._places = [
            np.array([place for place, one in enumerate(sets) if one == name]) for name in names
        ]
        self._samplers = [
            PKSampler(
                np.asarray(persons)[own].tolist(),
                persons_per_batch // sets_per_batch,
                shots_per_person,
                cameras=None if cameras is None else np.asarray(cameras)[own].tolist(),
                seed=seed,
                epoch_of=epoch_of,
                rank=rank,
                world=world,
            )
            for own in self._places
        ]
        self._at_once, self._seed, self._rank = sets_per_batch, seed, rank
        self._turns = np.array([one.batches_per_pass for one in self._samplers])
        self._start(batches_in_pass(self._turns, sets_per_batch), batches_per_epoch)

    def _one_pass(self, number: int, skip: int) -> Iterator[list[Draw]]:
        """The batches of one pass over all sets, behind the first `skip`."""
        generator = np.random.default_rng([self._seed, number])
        dealt = [one.batches_from(number * one.batches_per_pass) for one in self._samplers]
        together = crowds(self._turns, self._at_once, self.batches_per_pass, generator)
        for at, chosen in enumerate(together):
            places = [self._places[one][draw.place] for one in chosen for draw in next(dealt[one])]
            if at >= skip:
                yield [
                    Draw(int(place), (self._seed, number, at, position, self._rank))
                    for position, place in enumerate(places)
                ]
