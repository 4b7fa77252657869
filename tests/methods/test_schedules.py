"""The learning rates that the papers print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.methods.schedules import cosine, exponential_tail, steps_down, warm_up


@pytest.mark.parametrize(
    ("epoch", "rate"),
    # Luo et al. 2019, equation 1, whose epochs count from 1.
    [
        (1, 3.5e-5),
        (5, 1.75e-4),
        (10, 3.5e-4),
        (40, 3.5e-4),
        (41, 3.5e-5),
        (70, 3.5e-5),
        (71, 3.5e-6),
    ],
)
def test_bag_of_tricks(epoch: int, rate: float) -> None:
    found = 3.5e-4 * warm_up(epoch - 1, 10) * steps_down(epoch - 1, (40, 70))
    assert found == pytest.approx(rate)


@pytest.mark.parametrize(
    ("step", "rate"),
    # Hermans et al. 2017, equation 9.
    [(0, 3e-4), (15_000, 3e-4), (20_000, 3e-4 * 0.001**0.5), (25_000, 3e-7), (30_000, 3e-7)],
)
def test_trinet(step: int, rate: float) -> None:
    assert 3e-4 * exponential_tail(step, 15_000, 25_000) == pytest.approx(rate)


@given(st.integers(0, 300), st.integers(0, 20), st.integers(1, 200))
def test_shares_stay_within_0_and_1_and_fall_after_the_warm_up(
    epoch: int, warm: int, epochs: int
) -> None:
    assert 0 < warm_up(epoch, warm) <= 1
    assert 0 <= cosine(epoch + 1, epochs) <= cosine(epoch, epochs) <= 1
    assert 0 < steps_down(epoch + 1, (40, 70)) <= steps_down(epoch, (40, 70)) <= 1
