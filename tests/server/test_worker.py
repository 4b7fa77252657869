"""The thread that does the model's work."""

import asyncio
import threading
import time

import pytest
from fastapi import HTTPException
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.server.worker import Worker


def doubled(numbers: list[int]) -> list[int]:
    return [2 * number for number in numbers]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(), max_size=40), st.integers(1, 9))
def test_everybody_gets_their_own_answer(numbers: list[int], batch: int) -> None:
    async def ask_all() -> list[int]:
        worker = Worker(doubled, waiting=50, batch=batch, seconds=10)
        try:
            return await asyncio.gather(*map(worker.ask, numbers))
        finally:
            worker.close()

    assert asyncio.run(ask_all()) == doubled(numbers)


def test_what_waits_is_done_together() -> None:
    sizes: list[int] = []

    def slowly(numbers: list[int]) -> list[int]:
        sizes.append(len(numbers))
        time.sleep(0.05)
        return numbers

    async def ask_all() -> None:
        worker = Worker(slowly, waiting=50, batch=8, seconds=10)
        await asyncio.gather(*map(worker.ask, range(17)))
        worker.close()

    asyncio.run(ask_all())
    assert sum(sizes) == 17
    assert max(sizes) == 8
    assert len(sizes) <= 4


def test_a_full_queue_says_so_at_once() -> None:
    free = threading.Event()

    def blocked(numbers: list[int]) -> list[int]:
        free.wait(10)
        return numbers

    async def ask_all() -> list[int | BaseException]:
        worker = Worker(blocked, waiting=2, batch=1, seconds=10)
        asked = [asyncio.ensure_future(worker.ask(0))]
        await asyncio.sleep(0.1)  # it is being done; two more may wait
        asked += [asyncio.ensure_future(worker.ask(n)) for n in range(1, 6)]
        await asyncio.sleep(0.1)
        free.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        worker.close()
        return answers

    answers = asyncio.run(ask_all())
    assert answers[:3] == [0, 1, 2]
    assert all(isinstance(one, HTTPException) and one.status_code == 503 for one in answers[3:])


def test_one_bad_picture_does_not_spoil_the_others() -> None:
    def picky(numbers: list[int]) -> list[int]:
        time.sleep(0.02)
        if 3 in numbers:
            raise ValueError("three")
        return numbers

    async def ask_all() -> list[int | BaseException]:
        worker = Worker(picky, waiting=50, batch=8, seconds=10)
        answers = await asyncio.gather(*map(worker.ask, range(6)), return_exceptions=True)
        worker.close()
        return answers

    answers = asyncio.run(ask_all())
    assert [one for one in answers if isinstance(one, int)] == [0, 1, 2, 4, 5]
    assert isinstance(answers[3], ValueError)


def test_who_waits_too_long_is_sent_away_and_not_worked_for() -> None:
    free, done = threading.Event(), []

    def slowly(numbers: list[int]) -> list[int]:
        free.wait(10)
        done.extend(numbers)
        return numbers

    async def ask() -> None:
        worker = Worker(slowly, waiting=5, batch=1, seconds=0.1)
        first = asyncio.ensure_future(worker.ask(1))
        await asyncio.sleep(0.02)
        with pytest.raises(HTTPException) as late:
            await worker.ask(2)
        assert late.value.status_code == 503
        with pytest.raises(HTTPException):
            await first
        free.set()
        worker.close()

    asyncio.run(ask())
    assert done == [1]
