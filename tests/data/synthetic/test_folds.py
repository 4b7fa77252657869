"""Folds of cloth."""

import numpy as np
import pytest

from passerby.data.synthetic.folds import folds


@pytest.mark.parametrize("motif", range(5))
@pytest.mark.parametrize("amount", [0.0, 0.03, 0.08])
def test_folds_close_around_the_body_and_stay_small(motif: int, amount: float) -> None:
    factors = folds(motif, 9, amount)
    np.testing.assert_allclose(factors[:, 0], factors[:, -1])
    assert np.abs(factors - 1).max() <= amount + 1e-12
    assert factors.mean() == pytest.approx(1, abs=0.3 * amount + 1e-9)


def test_motifs_fold_differently() -> None:
    assert np.abs(folds(1, 9, 0.08) - folds(2, 9, 0.08)).max() > 0.02


def test_shared_folds_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        folds(1, 9, 0.08)[0, 0] = 2.0
