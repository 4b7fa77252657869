"""How often somebody may ask."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.server.town import GENEROUS, Town

from passerby.server.limits import Rate
from passerby.server.rate_limit import RateLimit


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 10), st.floats(0.1, 20))
def test_never_more_than_the_burst_and_the_rate(
    pauses: list[float], burst: int, second: float
) -> None:
    clock = [0.0]
    limit = RateLimit(Rate(burst, second), now=lambda: clock[0])
    through = 0
    for pause in pauses:
        clock[0] += pause
        through += limit.take("a") == 0
        assert through <= burst + second * clock[0] + 1e-6


def test_waiting_as_long_as_said_is_enough() -> None:
    clock = [0.0]
    limit = RateLimit(Rate(1, 0.3), now=lambda: clock[0])
    assert limit.take("a") == 0
    clock[0] += limit.take("a") + 1e-9
    assert limit.take("a") == 0


def test_each_has_a_bucket_of_their_own_and_the_oldest_is_forgotten() -> None:
    limit = RateLimit(Rate(1, 0), now=lambda: 0.0)
    assert limit.take("a") == 0
    assert limit.take("a") == float("inf")
    assert limit.take("b") == 0
    for number in range(10_000):
        limit.take(str(number))
    assert limit.take("a") == 0


def test_looking_takes_nothing() -> None:
    limit = RateLimit(Rate(1, 0), now=lambda: 0.0)
    assert [limit.wait("a") for _ in range(3)] == [0, 0, 0]
    limit.take("a")
    assert limit.wait("a") == float("inf")


def test_a_key_that_asks_too_often_waits_and_others_do_not(build: Callable[..., Town]) -> None:
    town = build(limits=replace(GENEROUS, key=Rate(3, 0.01)))
    answers = [town.ask("GET", "/stats", "viewer") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 100
    assert town.ask("GET", "/stats", "operator").status_code == 200


def test_an_address_that_asks_too_often_waits(build: Callable[..., Town]) -> None:
    town = build(limits=replace(GENEROUS, address=Rate(3, 0.01)))
    statuses = [town.client.get("/health/live").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
