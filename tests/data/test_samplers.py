"""Batches of P people with K pictures: what holds for any data set."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.data.samplers import Draw, Epoch, PKSampler

Batches = list[list[Draw]]


@st.composite
def settings_of_a_sampler(draw: st.DrawFn) -> tuple[list[int], int, int, int, Epoch, int]:
    """Persons of the samples, P, K, processes, what an epoch is, seed."""
    processes = draw(st.integers(1, 3))
    at_once = draw(st.integers(1, 4))
    people = draw(st.integers(processes * at_once, processes * at_once + 8))
    counts = draw(st.lists(st.integers(1, 12), min_size=people, max_size=people))
    persons = [person for person, count in enumerate(counts) for _ in range(count)]
    shuffled = draw(st.permutations(persons))
    epoch_of: Epoch = draw(st.sampled_from(["images", "people"]))
    return shuffled, at_once, draw(st.integers(1, 5)), processes, epoch_of, draw(st.integers(0, 99))


@settings(max_examples=150, deadline=None)
@given(settings_of_a_sampler())
def test_what_every_epoch_of_every_data_set_has(
    given_: tuple[list[int], int, int, int, Epoch, int],
) -> None:
    persons, at_once, shots, processes, epoch_of, seed = given_
    ranks = [
        PKSampler(persons, at_once, shots, seed=seed, epoch_of=epoch_of, rank=rank, world=processes)
        for rank in range(processes)
    ]
    epochs: list[Batches] = [list(sampler) for sampler in ranks]
    assert {len(epoch) for epoch in epochs} == {len(ranks[0])}

    counts = Counter(persons)
    for steps in zip(*epochs, strict=True):
        everybody: list[int] = []
        for batch in steps:
            held = Counter(persons[draw.place] for draw in batch)
            assert len(held) == at_once
            assert set(held.values()) == {shots}
            everybody += held
            places = Counter(draw.place for draw in batch)
            for place, times in places.items():
                # No picture again while another of the person is left, and then evenly.
                assert times <= -(-shots // counts[persons[place]])
        assert len(set(everybody)) == len(everybody), "processes share a person"

    drawn = [draw for epoch in epochs for batch in epoch for draw in batch]
    assert {persons[draw.place] for draw in drawn} == set(persons), "somebody was dropped"
    assert len({draw.seed for draw in drawn}) == len(drawn)
    if epoch_of == "images":
        assert {draw.place for draw in drawn} == set(range(len(persons))), "a picture was dropped"
    else:
        assert len(ranks[0]) == -(-len(counts) // (at_once * processes))


def epochs(sampler: PKSampler, number: int) -> list[Batches]:
    found = []
    for epoch in range(number):
        sampler.set_epoch(epoch)
        found.append(list(sampler))
    return found


PERSONS = [person for person in range(9) for _ in range(person + 1)]


def test_seed_and_epoch_decide_everything() -> None:
    first, second = epochs(PKSampler(PERSONS, 3, 2, seed=5), 2)
    assert epochs(PKSampler(PERSONS, 3, 2, seed=5), 2) == [first, second]
    assert first != second
    assert list(PKSampler(PERSONS, 3, 2, seed=6)) != first


def test_starts_anywhere_as_if_it_had_run_there() -> None:
    whole = [batch for epoch in epochs(PKSampler(PERSONS, 3, 2), 3) for batch in epoch]
    length = len(PKSampler(PERSONS, 3, 2))
    for done in range(2 * length + 1):
        sampler = PKSampler(PERSONS, 3, 2)
        sampler.start_at(done)
        epoch = done // length
        assert list(sampler) == whole[done : (epoch + 1) * length]
        # The pass after it is whole again.
        sampler.set_epoch(epoch)
        assert len(list(sampler)) == length


def test_an_epoch_is_no_longer_than_it_must_be() -> None:
    # 12 hands of 2 for 4 people at once; the one with 8 hands needs 8 batches.
    assert len(PKSampler([0] * 16 + [1, 2, 3, 4], 4, 2)) == 8
    assert len(PKSampler([person for person in range(8) for _ in range(4)], 4, 2)) == 4


@pytest.mark.parametrize(
    ("people", "at_once", "shots", "world", "message"),
    [
        (5, 16, 4, 1, "16 different people, but there are 5.*persons_per_batch 5 or less"),
        (5, 3, 4, 2, "in each of 2 processes.*persons_per_batch 2 or less, or fewer devices"),
        (0, 1, 1, 1, "there are 0"),
        (5, 0, 4, 1, "must be 1 or more"),
        (5, 2, 0, 1, "must be 1 or more"),
    ],
)
def test_too_few_people(people: int, at_once: int, shots: int, world: int, message: str) -> None:
    with pytest.raises(PasserbyError, match=message):
        PKSampler(list(range(people)), at_once, shots, world=world)
