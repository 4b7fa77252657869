import numpy as np
import pytest

from passerby.video.appearance import cosine_distances, unit


def test_what_tells_nothing_is_unknown() -> None:
    rows = unit(np.array([[0.0, 5.0], [0, 0], [np.nan, 1], [np.inf, 1]]))
    assert rows[0].tolist() == [0, 1]
    assert np.isnan(rows[1:]).all()
    assert rows.dtype == np.float32


def test_distances_agree_with_the_angle() -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 5, 8))
    for row in range(5):
        for column in range(5):
            cosine = a[row] @ b[column] / np.linalg.norm(a[row]) / np.linalg.norm(b[column])
            assert cosine_distances(unit(a), unit(b))[row, column] == pytest.approx(
                1 - cosine, abs=1e-6
            )


def test_unknown_is_at_no_distance() -> None:
    assert np.isnan(cosine_distances(unit(np.zeros((1, 3))), unit(np.ones((2, 3))))).all()
    assert np.isnan(cosine_distances(np.zeros((2, 0)), np.ones((3, 4)))).all()
    assert cosine_distances(np.zeros((0, 0)), np.ones((3, 4))).shape == (0, 3)
