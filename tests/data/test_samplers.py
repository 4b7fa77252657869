"""Batches of P people with K pictures: what holds for any data set."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.data.passes import Draw
from passerby.data.samplers import Epoch, PKSampler

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


@st.composite
def people_and_cameras(draw: st.DrawFn) -> list[tuple[int, int]]:
    """(person, camera) of each sample of 4 people, who have 1 to 14 pictures by 1 to 4 cameras."""
    cameras = st.lists(st.integers(1, 4), min_size=1, max_size=14)
    return draw(
        st.permutations([(person, camera) for person in range(4) for camera in draw(cameras)])
    )


@settings(max_examples=150, deadline=None)
@given(people_and_cameras(), st.integers(2, 5), st.sampled_from(["images", "people"]))
def test_two_cameras_where_a_person_was_seen_by_two(
    labels: list[tuple[int, int]], shots: int, epoch_of: Epoch
) -> None:
    persons, cameras = ([label[part] for label in labels] for part in (0, 1))
    sampler = PKSampler(persons, 3, shots, cameras=cameras, epoch_of=epoch_of)
    seen_by = {person: {c for p, c in labels if p == person} for person in set(persons)}
    counts = Counter(persons)
    for epoch in (0, 1):
        sampler.set_epoch(epoch)
        batches = list(sampler)
        for batch in batches:
            for person in {persons[draw.place] for draw in batch}:
                hand = [draw.place for draw in batch if persons[draw.place] == person]
                assert len(hand) == shots
                assert len({cameras[place] for place in hand}) >= min(2, len(seen_by[person]))
                assert max(Counter(hand).values()) <= -(-shots // counts[person])
        drawn = {draw.place for batch in batches for draw in batch}
        assert {persons[place] for place in drawn} == set(persons), "somebody was dropped"
        if epoch_of == "images":
            assert drawn == set(range(len(persons))), "a picture was dropped"


def test_two_cameras_cost_no_batch_where_both_have_pictures_enough() -> None:
    persons = [person for person in range(6) for _ in range(10)]
    cameras = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2] * 6
    plain = PKSampler(persons, 3, 4)
    assert len(PKSampler(persons, 3, 4, cameras=cameras)) == len(plain)
    one_sided = [1] * 10 * 6
    assert list(PKSampler(persons, 3, 4, cameras=one_sided)) == list(plain)


def test_one_picture_cannot_show_two_cameras() -> None:
    with pytest.raises(PasserbyError, match="1 picture of a person cannot show two cameras"):
        PKSampler([0, 0, 1], 2, 1, cameras=[1, 2, 1])


@pytest.mark.parametrize("batches", [1, 4, 7, 30])
def test_an_epoch_of_any_length_takes_its_batches_out_of_pass_after_pass(batches: int) -> None:
    endless = [batch for epoch in epochs(PKSampler(PERSONS, 3, 2), 12) for batch in epoch]
    cut = PKSampler(PERSONS, 3, 2, batches_per_epoch=batches)
    assert len(cut) == batches
    found = epochs(cut, 3)
    assert [len(epoch) for epoch in found] == [batches] * 3
    assert [batch for epoch in found for batch in epoch] == endless[: 3 * batches]
    # Whoever is not in one epoch comes in the next: nobody is dropped.
    seen = {
        PERSONS[draw.place] for batch in endless[: len(PKSampler(PERSONS, 3, 2))] for draw in batch
    }
    assert seen == set(PERSONS)


@pytest.mark.parametrize("batches", [3, 20])
def test_an_epoch_of_any_length_starts_anywhere(batches: int) -> None:
    whole = [
        batch
        for epoch in epochs(PKSampler(PERSONS, 3, 2, batches_per_epoch=batches), 3)
        for batch in epoch
    ]
    for done in range(2 * batches + 1):
        sampler = PKSampler(PERSONS, 3, 2, batches_per_epoch=batches)
        sampler.start_at(done)
        assert sampler.epoch == done // batches
        assert list(sampler) == whole[done : (done // batches + 1) * batches]
        sampler.set_epoch(done // batches + 1)
        assert len(list(sampler)) == batches


def test_processes_share_nobody_in_an_epoch_of_any_length() -> None:
    ranks = [
        PKSampler(PERSONS, 2, 2, rank=rank, world=2, batches_per_epoch=25) for rank in range(2)
    ]
    for mine, yours in zip(*ranks, strict=True):
        people = [{PERSONS[draw.place] for draw in batch} for batch in (mine, yours)]
        assert len(people[0] | people[1]) == 4


def test_an_epoch_without_a_batch() -> None:
    with pytest.raises(PasserbyError, match="batches_per_epoch is 0; an epoch has 1 batch or more"):
        PKSampler([0, 1], 1, 2, batches_per_epoch=0)
