from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.metrics.roc import Roc

# Few values, so that genuine and impostor distances are often equal.
distances = st.lists(st.integers(0, 6).map(lambda n: n / 4), min_size=1, max_size=12)


def roc(genuine: list[float], impostors: list[float]) -> Roc:
    return Roc.of(torch.tensor(genuine), torch.tensor(impostors))


def crossing(genuine: list[float], impostors: list[float]) -> Fraction:
    """The equal error rate, walked along (false positives, false negatives) in exact fractions."""
    x, y = Fraction(0), Fraction(1)
    for level in sorted({*genuine, *impostors}):
        x1 = Fraction(sum(i <= level for i in impostors), len(impostors))
        y1 = Fraction(sum(g > level for g in genuine), len(genuine))
        if x1 >= y1:
            step = (y - x) / ((y - x) - (y1 - x1))
            return x + step * (x1 - x)
        x, y = x1, y1
    raise AssertionError("the last step accepts everything")


@given(distances, distances)
def test_agrees_with_counting_every_pair(genuine: list[float], impostors: list[float]) -> None:
    curve = roc(genuine, impostors)
    assert curve.thresholds.tolist() == sorted(set(genuine))
    for t, tpr, fpr, below in zip(
        curve.thresholds.tolist(),
        curve.tpr.tolist(),
        curve.fpr.tolist(),
        curve.below.tolist(),
        strict=True,
    ):
        assert tpr == sum(g <= t for g in genuine) / len(genuine)
        assert fpr == sum(i <= t for i in impostors) / len(impostors)
        assert below == sum(i < t for i in impostors)
    wins = sum((g < i) + (g == i) / 2 for g in genuine for i in impostors)
    assert curve.area() == pytest.approx(wins / (len(genuine) * len(impostors)), abs=1e-12)


@given(distances, distances)
def test_equal_error_is_where_the_curve_crosses(genuine: list, impostors: list) -> None:
    curve = roc(genuine, impostors)
    rate, place = curve.equal_error()
    assert rate == pytest.approx(float(crossing(genuine, impostors)), abs=1e-12)
    apart = [
        abs(
            Fraction(sum(i <= t for i in impostors), len(impostors))
            - Fraction(sum(g > t for g in genuine), len(genuine))
        )
        for t in curve.thresholds.tolist()
    ]
    assert place == apart.index(min(apart))


@given(distances, distances, st.integers(1, 12))
def test_the_highest_tpr_at_a_rate_that_the_pairs_can_show(
    genuine: list[float], impostors: list[float], count: int
) -> None:
    curve = roc(genuine, impostors)
    count = min(count, len(impostors))
    place = curve.place_at(count / len(impostors))
    fits = [t for t in set(genuine) if sum(i <= t for i in impostors) <= count]
    assert (place is None) == (not fits)
    if place is not None:
        assert curve.thresholds[place] == max(fits)


@pytest.mark.filterwarnings("error")
def test_agrees_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(1)
    genuine, impostors = rng.integers(0, 60, 300) / 8, rng.integers(20, 90, 2000) / 8
    curve = roc(genuine.tolist(), impostors.tolist())
    same = np.r_[np.ones(300), np.zeros(2000)]
    closeness = -np.r_[genuine, impostors]
    assert curve.area() == pytest.approx(metrics.roc_auc_score(same, closeness), abs=1e-12)
    fpr, tpr, thresholds = metrics.roc_curve(same, closeness, drop_intermediate=False)
    theirs = {-t: (x, y) for x, y, t in zip(fpr, tpr, thresholds, strict=True)}
    for t, x, y in zip(
        curve.thresholds.tolist(), curve.fpr.tolist(), curve.tpr.tolist(), strict=True
    ):
        assert (x, y) == pytest.approx(theirs[t], abs=1e-12)
    # Where our curve is joined by straight lines, so is theirs: the same equal error rate.
    crossed = int((fpr >= 1 - tpr).argmax())
    gaps = (fpr - (1 - tpr))[crossed - 1 : crossed + 1]
    rate = fpr[crossed - 1] - gaps[0] / (gaps[1] - gaps[0]) * (fpr[crossed] - fpr[crossed - 1])
    assert curve.equal_error()[0] == pytest.approx(rate, abs=1e-12)


def test_a_decimal_rate_is_taken_as_it_is_written() -> None:
    # 29 of 100 impostors: 0.29 * 100 is 28.999999999999996 in floating point.
    curve = roc([29.0, 40.0], list(range(1, 101)))
    assert curve.place_at(0.29) == 0
    assert curve.place_at(0.28) is None


def test_rates_that_cannot_be_measured_are_refused() -> None:
    curve = roc([0.1], [0.2, 0.3])
    with pytest.raises(PasserbyError, match=r"0\.1 cannot be measured with 2 impostor pairs.*0\.5"):
        curve.place_at(0.1)
    with pytest.raises(PasserbyError, match="does not exist"):
        curve.place_at(1.5)


def test_a_thinned_curve_keeps_true_points_and_the_marked_rates() -> None:
    generator = torch.Generator().manual_seed(2)
    genuine = torch.randn(20_000, generator=generator)
    impostors = torch.randn(200_000, generator=generator) + 3
    whole = Roc.of(genuine, impostors)
    thin = whole.thinned()
    assert 500 < len(thin.thresholds) <= 1000
    at = torch.searchsorted(whole.thresholds, thin.thresholds)
    assert torch.equal(whole.thresholds[at], thin.thresholds)
    assert torch.equal(whole.fpr[at], thin.fpr)
    assert (thin.tpr[0], thin.tpr[-1]) == (whole.tpr[0], 1)
    for fpr in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5):
        here, there = whole.place_at(fpr), thin.place_at(fpr)
        assert here is not None
        assert there is not None
        assert whole.thresholds[here] == thin.thresholds[there]
    assert whole.thinned(10**6) is whole
