import numpy as np
import pytest
from scipy.optimize import minimize

from passerby.core.errors import PasserbyError
from passerby.metrics.logistic import Logistic


def pairs(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0.3, 0.1, 80), rng.normal(0.6, 0.1, 900)


def test_against_a_general_minimiser() -> None:
    same, different = pairs()
    high, low = 81 / 82, 1 / 902

    def loss(b: np.ndarray) -> float:
        def part(x: np.ndarray, target: float) -> float:
            odds = b[0] - b[1] * x
            return float(np.mean(np.logaddexp(0, odds) - target * odds))

        return part(same, high) + part(different, low)

    found = Logistic.fit(same, different)
    best = minimize(loss, np.array([1.0, 1.0]), tol=1e-14).x
    assert (found.offset, found.slope) == pytest.approx(tuple(best), rel=1e-3)


def test_says_what_the_distributions_say() -> None:
    # Normal, of one variance: the odds are linear, (0.6² - 0.3²) / 0.02 - 30 d, 0 in the middle.
    rng = np.random.default_rng(1)
    found = Logistic.fit(rng.normal(0.3, 0.1, 20_000), rng.normal(0.6, 0.1, 50_000))
    assert found.slope == pytest.approx(30, rel=0.05)
    assert found.probability(0.45) == pytest.approx(0.5, abs=0.02)
    assert found.probability(0.45, prior=0.1) == pytest.approx(0.1, abs=0.01)
    assert found.odds(0.3) == pytest.approx(4.5, rel=0.06)


def test_pairs_that_part_clearly_have_a_slope_too() -> None:
    found = Logistic.fit(np.array([0.1, 0.2]), np.array([0.8, 0.9]))
    assert np.isfinite([found.slope, found.offset]).all()
    assert found.probability(0.0) > 0.7 > 0.3 > found.probability(1.0)
    assert found.probability(1e9) == pytest.approx(0)
    assert found.probability(-1e9) == pytest.approx(1)


def test_the_unit_of_distance_does_not_matter() -> None:
    same, different = pairs(2)
    one, other = Logistic.fit(same, different), Logistic.fit(1000 * same, 1000 * different)
    assert one.probability(0.4) == pytest.approx(other.probability(400.0), abs=1e-6)


@pytest.mark.parametrize(
    ("same", "different", "words"),
    [
        ([], [0.5], "0 pairs of one person"),
        ([0.5], [], "0 pairs of different people"),
        ([0.1, np.nan], [0.5], "2 pairs of one person, 1 of them without"),
        ([0.9, 0.8], [0.1, 0.2], "not nearer"),
        ([0.5], [0.5], "not nearer"),
    ],
)
def test_what_nothing_is_learnt_from(same: list[float], different: list[float], words: str) -> None:
    with pytest.raises(PasserbyError, match=words):
        Logistic.fit(np.array(same), np.array(different))
