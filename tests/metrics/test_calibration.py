from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.metrics.calibration import Calibration, share_within, threshold_at
from passerby.metrics.logistic import Logistic

ONE = Calibration(
    model="toy", model_hash="ab" * 32, metric="cosine", threshold=0.35, aim="far",
    curve=Logistic(20.0, 8.0), far=0.001, tpr=0.8, f1=None, people=5, tracklets=20, same=30,
    different=160, source="by hand", date="2026-05-31T14:30:00+00:00",
)  # fmt: skip


def test_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    assert Calibration.load(ONE.save(tmp_path / "a" / "calibration.json")) == ONE
    with_f1 = replace(ONE, aim="identity f1", f1=0.875)
    assert Calibration.load(with_f1.save(tmp_path / "b.json")) == with_f1


def test_another_model_is_refused() -> None:
    ONE.require_model("toy", "ab" * 32)
    with pytest.raises(PasserbyError, match=r"'toy' \(abababababab\).*'other'.*calibrate again"):
        ONE.require_model("other", "cd" * 32)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"format": "passerby-calibration-1"}', '{"format": "x"}', "null"]
)
def test_what_is_no_calibration(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.json"
    path.write_text(text)
    with pytest.raises(PasserbyError, match=r"c\.json holds no calibration"):
        Calibration.load(path)
    with pytest.raises(PasserbyError, match="there is no calibration"):
        Calibration.load(tmp_path / "none.json")


def test_a_threshold_that_is_none_is_refused(tmp_path: Path) -> None:
    path = replace(ONE, threshold=float("inf")).save(tmp_path / "c.json")
    with pytest.raises(PasserbyError, match="holds no calibration"):
        Calibration.load(path)


@given(
    st.lists(st.floats(0, 1, width=16), min_size=1),
    st.lists(st.floats(0, 1, width=16), min_size=4),
    st.sampled_from([0.25, 0.5, 1.0]),
)
def test_the_threshold_keeps_the_rate_and_is_the_best(
    same: list[float], different: list[float], far: float
) -> None:
    one, two = np.array(same), np.array(different)
    fitting = [d for d in same if share_within(d, two) <= far]
    if fitting:
        assert threshold_at(far, one, two) == max(fitting)
    else:
        with pytest.raises(PasserbyError, match="accept a higher rate"):
            threshold_at(far, one, two)


def test_too_few_pairs() -> None:
    with pytest.raises(PasserbyError, match="cannot be measured with 10"):
        threshold_at(0.01, np.array([0.1]), np.linspace(0.5, 1, 10))
    with pytest.raises(PasserbyError, match="label more"):
        threshold_at(0.1, np.zeros(0), np.ones(10))
