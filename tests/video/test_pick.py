import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.video.pick import Budget, Evenly, Paced, fair_rates


def picked(look, fps: float, seconds: float) -> list[float]:
    return [n / fps for n in range(round(fps * seconds)) if look(n / fps)]


def test_so_many_a_second_evenly() -> None:
    assert picked(Evenly(5, 0.025), 20, 1) == [0, 0.2, 0.4, 0.6, 0.8]
    assert len(picked(Evenly(8, 0.025), 20, 10)) == 80
    assert len(picked(Evenly(100), 20, 2)) == 40


@given(st.floats(0.5, 40), st.integers(1, 200))
def test_where_reading_begins_changes_nothing(fps: float, begin: int) -> None:
    times = [n / 25 for n in range(400)]
    whole, rest = Evenly(fps, 0.02), Evenly(fps, 0.02)
    looked = [time for time in times if whole(time)]
    begin = min(range(len(looked)), key=lambda place: abs(looked[place] - times[begin]))
    assert [time for time in times if time >= looked[begin] and rest(time)] == looked[begin:]


def test_shares_are_fair() -> None:
    assert fair_rates([2, 30, 30], 22) == [2, 10, 10]
    assert fair_rates([5, 5], 100) == [5, 5]
    assert fair_rates([math.inf, math.inf], math.inf) == [math.inf, math.inf]
    assert fair_rates([], 3) == []


@given(st.lists(st.floats(0.1, 60), min_size=1, max_size=8), st.floats(0.1, 200))
def test_nobody_starves_and_nothing_is_wasted(native: list[float], capacity: float) -> None:
    rates = fair_rates(native, capacity)
    assert sum(rates) == pytest.approx(min(capacity, sum(native)))
    assert all(0 < rate <= most * (1 + 1e-9) for rate, most in zip(rates, native, strict=True))
    least = min(rates)
    for rate, most in zip(rates, native, strict=True):
        # Who gets more than the least served got what that one could not use.
        assert rate <= most + 1e-9
        assert least == pytest.approx(min(most, rate)) or rate >= least - 1e-9


def test_a_budget_learns_what_can_be_done() -> None:
    budget = Budget(1.0, 2)
    busy, idle = Paced(budget, 0), Paced(budget, 1)
    assert len(picked(busy, 25, 2)) == 50  # nothing is known yet: every frame
    assert len(picked(idle, 2, 2)) == 4
    budget.note(10, 1.0, behind=True)  # 10 frames a second are all that can be done
    assert budget.capacity == pytest.approx(9)
    assert budget.rate(1) == pytest.approx(2, rel=0.3)
    assert budget.rate(0) == pytest.approx(7, rel=0.1)
    times = [2 + n / 25 for n in range(250)]
    taken = [time for time in times if busy(time)]
    assert len(taken) == pytest.approx(70, rel=0.1)
    gaps = [b - a for a, b in pairwise(taken)]
    assert max(gaps) <= 0.25  # evenly
    budget.note(10, 1.0, behind=False)
    assert budget.capacity == pytest.approx(9.9)
    budget.native(0, 0.0)  # it has ended: the other one may have everything
    assert budget.rate(1) == pytest.approx(2, rel=0.3)


def test_nothing_done_says_nothing() -> None:
    budget = Budget(0.5, 1)
    budget.native(0, 25)
    budget.note(0, 1.0, behind=True)
    assert budget.capacity == math.inf
    budget.note(20, 1.0, behind=True)
    assert budget.capacity == pytest.approx(9)  # half of the time, and a tenth to spare


def test_strange_settings_are_errors() -> None:
    with pytest.raises(PasserbyError, match="fps is 0"):
        Evenly(0)
    with pytest.raises(PasserbyError, match="budget is -1"):
        Budget(-1, 1)
