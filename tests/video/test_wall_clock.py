from itertools import pairwise

import pytest

from passerby.video.wall_clock import WallClock


def test_jitter_is_smoothed_by_the_soonest_frame() -> None:
    clock = WallClock(drift=0.0)
    # Frames every 0.1 s, taken at 1000 + own, each delayed by the network.
    delays = [0.05, 0.30, 0.20, 0.05, 0.25, 0.05]
    walls = [clock(0.1 * n, 1000 + 0.1 * n + delay) for n, delay in enumerate(delays)]
    assert walls == pytest.approx([1000.05 + 0.1 * n for n in range(6)])


def test_times_always_rise() -> None:
    clock = WallClock()
    walls = [clock(own, 100.0) for own in (5.0, 5.0, 4.9, 5.1)]
    assert all(b > a for a, b in pairwise(walls))
    assert clock(None, 90.0) > walls[-1]


def test_a_clock_set_anew_is_noticed() -> None:
    clock = WallClock()
    assert clock(1000.0, 50.0) == 50.0
    assert clock(3.0, 51.0) == pytest.approx(51.0)
    clock.restart()
    assert clock(70.0, 60.0) == pytest.approx(60.0)
    clock.restart(lag=-10.5)
    assert clock(71.0, 62.0) == pytest.approx(60.5, abs=0.1)


def test_clocks_that_run_apart_do_not_drift_away() -> None:
    clock = WallClock(drift=0.001)
    # The camera's clock is slow: by 0.5 in a thousand.
    walls = [clock(n * 0.9995, 1000.0 + n) for n in range(3600)]
    assert walls[-1] == pytest.approx(4599.0, abs=0.1)
