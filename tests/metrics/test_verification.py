import json
import math
import statistics
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.labelled_problems import NAMES, Label, Problem, kind, measured, problems

from passerby.core.errors import PasserbyError
from passerby.metrics.roc import Roc
from passerby.metrics.verification import VerificationScores, verification_scores


@pytest.fixture(params=["1", "0"], ids=["compiled", "tensors"], autouse=True)
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", request.param)


def scored(
    distances: list[list[float]],
    query: list[Label],
    gallery: list[Label],
    *rules: Any,
    bins: int = 10,
) -> VerificationScores:
    """`rules` are the protocol and the block, where they are not the usual ones."""
    return verification_scores(*measured(distances, query, gallery, *rules), bins)


@given(
    problem=problems(),
    protocol=st.sampled_from(NAMES),
    block=st.integers(1, 7),
    bins=st.integers(1, 9),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_agrees_with_the_oracle(problem: Problem, protocol: str, block: int, bins: int) -> None:
    distances, query, gallery = problem
    genuine, impostors = [], []
    for row, asked in zip(distances, query, strict=True):
        for distance, entry in zip(row, gallery, strict=True):
            what = kind(asked, entry, protocol)
            if asked[0] != -1 and what != "none":
                (genuine if what == "right" else impostors).append(distance)
    if not genuine or not impostors:
        with pytest.raises(PasserbyError, match=r"no right answer|no impostor pair"):
            scored(distances, query, gallery, protocol, block, bins=bins)
        return
    scores = scored(distances, query, gallery, protocol, block, bins=bins)
    # The curve itself is checked against counting, and against scikit-learn, in test_roc.py.
    curve = Roc.of(torch.tensor(genuine), torch.tensor(impostors))
    for name in ("thresholds", "accepted", "below", "mistaken"):
        assert torch.equal(getattr(scores.roc, name), getattr(curve, name)), name
    assert (scores.roc.genuine, scores.roc.impostors) == (len(genuine), len(impostors))
    assert scores.area == curve.area()
    assert scores.equal_error == curve.equal_error()[0]
    assert scores.equal_error_threshold == curve.thresholds[curve.equal_error()[1]]

    finite = [d for d in genuine + impostors if math.isfinite(d)]
    edges = scores.edges.numpy()
    if finite and min(finite) < max(finite):
        assert (edges[0], edges[-1]) == (min(finite), max(finite))
    for histogram, kept in (
        (scores.genuine_histogram, genuine),
        (scores.impostor_histogram, impostors),
    ):
        inside = [d for d in kept if math.isfinite(d)]
        assert histogram.tolist() == np.histogram(inside, edges)[0].tolist()
    if len(finite) == len(genuine) + len(impostors):
        spread = math.sqrt((statistics.pvariance(genuine) + statistics.pvariance(impostors)) / 2)
        if spread:
            means = statistics.fmean(genuine) - statistics.fmean(impostors)
            assert scores.d_prime == pytest.approx(abs(means) / spread, abs=1e-9)
        else:
            assert math.isnan(scores.d_prime)


def test_by_hand() -> None:
    # Genuine 0.25 and 0.5; impostors 0.5 (a tie), 0.75, 1 and 2, the last by a distractor.
    gallery = [(1, 2), (2, 2), (1, 1), (-1, 2), (3, 2), (1, 3), (4, 2), (0, 1)]
    scores = scored([[0.25, 0.5, 0.1, 0.0, 0.75, 0.5, 1.0, 2.0]], [(1, 1)], gallery)
    assert scores.roc.thresholds.tolist() == [0.25, 0.5]
    assert scores.roc.mistaken.tolist() == [0, 1]
    assert scores.area == (2 * 4 - 0.5) / 8
    # At 0.5 one of four impostors and the second genuine pair come in together: a straight line
    # from (0, 1/2) to (1/4, 0), which crosses the line of equal errors at 1/6.
    assert scores.equal_error == pytest.approx(1 / 6)
    assert scores.equal_error_threshold == 0.5
    assert (scores.tpr_at(0.25), scores.threshold_at(0.25)) == (1.0, 0.5)
    assert scores.d_prime == pytest.approx(
        (4.25 / 4 - 0.375) / math.sqrt((0.015625 + statistics.pvariance([0.5, 0.75, 1, 2])) / 2)
    )


def test_a_threshold_that_accepts_nothing() -> None:
    scores = scored([[1.0, 0.5, 0.5]], [(1, 1)], [(1, 2), (2, 2), (3, 2)])
    assert (scores.tpr_at(0.5), scores.threshold_at(0.5)) == (0.0, -math.inf)
    assert (scores.tpr_at(1.0), scores.threshold_at(1.0)) == (1.0, 1.0)
    with pytest.raises(PasserbyError, match=r"cannot be measured with 2 impostor pairs"):
        scores.tpr_at(0.01)


def test_without_impostors() -> None:
    with pytest.raises(PasserbyError, match="no impostor pair under protocol 'market1501'"):
        scored([[1.0]], [(1, 1)], [(1, 2)])
    with pytest.raises(PasserbyError, match="bins is 0"):
        scored([[1.0, 2.0]], [(1, 1)], [(1, 2), (2, 2)], bins=0)


def test_json_gives_the_same_figures_and_a_thin_curve() -> None:
    generator = torch.Generator().manual_seed(6)
    query, gallery = [(1 + i % 9, 1) for i in range(60)], [(1 + i % 9, 2) for i in range(400)]
    same = torch.tensor([[q == g for g, _ in gallery] for q, _ in query])
    matrix = torch.randn(60, 400, generator=generator) + 2.0 * ~same
    matrix[0, :3] = torch.inf
    scores = scored(matrix.tolist(), query, gallery, "market1501", 7)
    text = scores.to_json()
    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text)["at"][2]["fpr"] == 0.001
    read = VerificationScores.from_json(text)
    assert 500 < len(read.roc.thresholds) <= 1000 < len(scores.roc.thresholds)
    for name in ("area", "equal_error", "equal_error_threshold", "protocol", "genuine_distances"):
        assert str(getattr(read, name)) == str(getattr(scores, name)), name
    for fpr in (0.1, 0.01, 0.001):
        assert read.tpr_at(fpr) == scores.tpr_at(fpr)
        assert read.threshold_at(fpr) == scores.threshold_at(fpr)
    assert torch.equal(read.impostor_histogram, scores.impostor_histogram)
    assert read.to_json() == text
