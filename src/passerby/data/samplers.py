"""Which pictures stand in which batch while learning."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.data.hands import hands, rounds
from passerby.data.passes import Draw, PassSampler, batches_in_pass, crowds

Epoch = Literal["images", "people"]


class PKSampler(PassSampler):
    """Batches of P people with K pictures each.

    "In Defense of the Triplet Loss for Person Re-Identification", Alexander Hermans, Lucas
    Beyer, Bastian Leibe, arXiv 2017, section 2.

    Nobody is dropped: every person comes in every epoch, also one with fewer than K pictures,
    whose pictures then repeat as evenly as they can; and nobody is twice in a batch.

    persons:           (N,) the person of each sample
    persons_per_batch: P, in each process
    shots_per_person:  K
    cameras:           (N,) the camera of each sample, where the K pictures of a person must show
                       two cameras at least if the person was seen by two; pictures by the rarer
                       cameras may then repeat. Without it the cameras are left to chance
    seed:              of the order; seed, epoch and place decide everything, so a run can be
                       taken up anywhere (`start_at`)
    epoch_of:          "images": an epoch shows every picture at least once.
                       "people": an epoch shows every person at least once, in as few batches as
                       can be.
    batches_per_epoch: an epoch has so many batches, whatever the data: one pass as above follows
                       another, and the next epoch goes on where this one ended. None: an
                       epoch is one pass
    rank, world:       number of this process and of all; they get different people in each step

    Raises PasserbyError when there are fewer than P x `world` people, P, K or `batches_per_epoch`
    is below 1, or K is 1 where it should show two cameras.

    >>> batches = list(PKSampler([7, 7, 8, 8, 8, 9], persons_per_batch=2, shots_per_person=2))
    >>> [len(batch) for batch in batches], sorted({draw.place for b in batches for draw in b})
    ([4, 4], [0, 1, 2, 3, 4, 5])
    """

    def __init__(
        self,
        persons: Sequence[int],
        persons_per_batch: int = 16,
        shots_per_person: int = 4,
        *,
        cameras: Sequence[int] | None = None,
        seed: int = 0,
        epoch_of: Epoch = "images",
        batches_per_epoch: int | None = None,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, person in enumerate(persons):
            places[int(person)].append(place)
        _require_enough(len(places), persons_per_batch, shots_per_person, world)
        if cameras is not None and shots_per_person < 2:
            raise PasserbyError(
                "1 picture of a person cannot show two cameras; pass --data.shots_per_person 2 or "
                "more, or leave the cameras to chance"
            )
        self._places = [np.array(places[person]) for person in sorted(places)]
        self._at_once = persons_per_batch * world  # people in one step of all processes
        self._mine = slice(rank * persons_per_batch, (rank + 1) * persons_per_batch)
        self._shots = shots_per_person
        self._seed = seed
        self._cameras = [
            np.zeros(len(own), np.int64) if cameras is None else np.asarray(cameras)[own]
            for own in self._places
        ]
        whole = epoch_of == "images"
        self._turns = np.array([rounds(c, shots_per_person) if whole else 1 for c in self._cameras])
        self._start(batches_in_pass(self._turns, self._at_once), batches_per_epoch)

    def _one_pass(self, number: int, skip: int) -> Iterator[list[Draw]]:
        """The batches of one pass over the people, behind the first `skip`."""
        generator = np.random.default_rng([self._seed, number])
        states = generator.integers(2**63, size=len(self._places))
        held = [
            hands(own, seen, self._shots, np.random.default_rng(state))
            for own, seen, state in zip(self._places, self._cameras, states, strict=True)
        ]
        together = crowds(self._turns, self._at_once, self.batches_per_pass, generator)
        for at, chosen in enumerate(together):
            drawn = [
                (place, seat * self._shots + shot)
                for seat, person in enumerate(chosen)
                for shot, place in enumerate(next(held[person]))
            ]
            if at < skip:
                continue
            mine = drawn[self._mine.start * self._shots : self._mine.stop * self._shots]
            yield [Draw(int(place), (self._seed, number, at, position)) for place, position in mine]


def _require_enough(people: int, at_once: int, shots: int, world: int) -> None:
    """Raise PasserbyError unless `people` can fill a batch."""
    if at_once < 1 or shots < 1:
        raise PasserbyError(
            f"a batch of {at_once} people with {shots} pictures each is empty; "
            "persons_per_batch and shots_per_person must be 1 or more"
        )
    if people < at_once * world:
        processes = f" in each of {world} processes" if world > 1 else ""
        raise PasserbyError(
            f"a batch wants {at_once} different people{processes}, but there are {people} to learn "
            f"from; pass --data.persons_per_batch {people // world or 1} or less"
            + (", or fewer devices" if world > 1 else "")
        )
