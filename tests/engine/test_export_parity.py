import pytest
import torch

from passerby.engine.export_parity import BOUNDS, Parity, parity, shortfalls


def test_by_hand():
    wanted = torch.tensor([[0.0, 1.0], [0.0, 2.0], [3.0, 0.0]])
    found = torch.tensor([[0.0, 1.0], [0.0, 2.0], [0.0, 3.0]])
    result = parity(wanted, found, "euclidean")
    assert result.crops == 3
    assert result.cosine == pytest.approx(2 / 3)
    assert result.least_cosine == 0
    assert result.difference == 3
    assert result.relative == pytest.approx(3 / (14 / 6) ** 0.5)
    # Of the third crop the nearest is the first (distance 3.16) by `wanted`, the second by `found`.
    assert result.nearest == pytest.approx(2 / 3)
    assert result.overlap == 1  # all two others are among the nearest ten


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_the_same_features_agree_wholly(metric):
    features = torch.randn(30, 8)
    found = parity(features, features.clone(), metric)
    assert (found.difference, found.nearest, found.overlap) == (0, 1, 1)
    for precision in BOUNDS:
        assert shortfalls(found, precision) == []


def test_unrelated_features_fail_every_bound():
    found = parity(torch.randn(50, 8), torch.randn(50, 8), "cosine")
    for precision, bounds in BOUNDS.items():
        assert len(shortfalls(found, precision)) == len(bounds)


def test_what_is_no_number_falls_short():
    nan = float("nan")
    assert len(shortfalls(Parity(3, nan, nan, nan, nan, nan, nan), "f32")) == len(BOUNDS["f32"])


def test_a_neighbour_as_near_is_as_good():
    # Crops 2 and 3 are equally far from crop 1, and rounding may choose either.
    wanted = torch.tensor([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0]])
    found = torch.tensor([[0.0, 0.0], [1.001, 0.0], [-1.0, 0.0]])
    assert parity(wanted, found, "euclidean").nearest == 1
