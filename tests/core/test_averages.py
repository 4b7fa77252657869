import pytest
import torch

from passerby.core.averages import plain_average, weighted_average

FEATURES = torch.tensor([[3.0, 0.0], [0.0, 1.0]])


def test_weights_are_shares() -> None:
    weights = torch.tensor([3.0, 1.0])
    assert weighted_average(FEATURES, weights, "euclidean").tolist() == [2.25, 0.25]
    assert weighted_average(FEATURES, weights, "cosine").tolist() == [0.75, 0.25]
    assert weighted_average(FEATURES, 10 * weights, "cosine").tolist() == [0.75, 0.25]


def test_pictures_worth_nothing_count_alike() -> None:
    assert weighted_average(FEATURES, torch.zeros(2), "cosine").tolist() == [0.5, 0.5]


def test_plain_is_all_weights_equal() -> None:
    features = torch.randn(7, 5)
    assert plain_average(features, "euclidean") == pytest.approx(features.mean(0), abs=1e-6)
    equal = weighted_average(features, torch.full((7,), 0.3), "cosine")
    assert plain_average(features, "cosine") == pytest.approx(equal, abs=1e-6)
