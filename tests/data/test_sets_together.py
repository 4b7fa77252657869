"""Batches out of a few data sets each."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.data.passes import Draw
from passerby.data.sets_together import SetsTogether

SETS = [name for name, people in (("a", 5), ("b", 9), ("c", 4)) for _ in range(2 * people)]
PERSONS = [place // 2 for place in range(len(SETS))]


def sampler(sets_per_batch: int = 2, people: int = 4, **options: int | None) -> SetsTogether:
    return SetsTogether(SETS, PERSONS, people, 2, sets_per_batch=sets_per_batch, **options)  # pyright: ignore


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 99), st.sampled_from([1, 2]))
def test_every_batch_is_of_few_sets_and_nobody_is_dropped(
    sets_per_batch: int, people: int, seed: int, shots: int
) -> None:
    drawn: list[Draw] = []
    at_once = people * sets_per_batch
    for batch in SetsTogether(
        SETS, PERSONS, at_once, shots, sets_per_batch=sets_per_batch, seed=seed
    ):
        people_of = Counter(SETS[place] for place in {d.place - d.place % 2 for d in batch})
        assert set(people_of.values()) == {people}
        assert len(people_of) == sets_per_batch
        assert set(Counter(PERSONS[draw.place] for draw in batch).values()) == {shots}
        drawn += batch
    assert {draw.place for draw in drawn} == set(range(len(SETS)))
    assert len({draw.seed for draw in drawn}) == len(drawn)


def test_sets_come_as_often_as_they_have_people() -> None:
    dealt = Counter(SETS[draw.place] for batch in sampler(1, 1) for draw in batch)
    assert dealt == {"a": 10, "b": 18, "c": 8}


@pytest.mark.parametrize("batches_per_epoch", [None, 3])
def test_a_run_is_taken_up_where_it_stopped(batches_per_epoch: int | None) -> None:
    whole: list[list[Draw]] = []
    unbroken = sampler(batches_per_epoch=batches_per_epoch)
    for epoch in range(4):
        unbroken.set_epoch(epoch)
        whole += list(unbroken)
    resumed = sampler(batches_per_epoch=batches_per_epoch)
    done = len(unbroken) + 1
    resumed.start_at(done)
    assert list(resumed) == whole[done : 2 * len(unbroken)]


def test_processes_get_different_people_and_other_chance() -> None:
    both = [list(sampler(2, 2, rank=rank, world=2)) for rank in (0, 1)]
    for one, other in zip(*both, strict=True):
        assert not {PERSONS[d.place] for d in one} & {PERSONS[d.place] for d in other}
        assert not {d.seed for d in one} & {d.seed for d in other}


@pytest.mark.parametrize(
    ("sets_per_batch", "people", "message"),
    [(3, 4, "multiple"), (0, 4, "multiple"), (4, 4, "there are 3"), (2, 10, "but there are 4")],
)
def test_what_cannot_be_dealt_is_refused(sets_per_batch: int, people: int, message: str) -> None:
    with pytest.raises(PasserbyError, match=message):
        sampler(sets_per_batch, people)


def test_an_epoch_without_batches_is_refused() -> None:
    with pytest.raises(PasserbyError, match="1 batch or more"):
        sampler(batches_per_epoch=0)
