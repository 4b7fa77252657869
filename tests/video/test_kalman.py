import numpy as np
import pytest

from passerby.video import kalman

BOX = np.array([[100.0, 50.0, 140.0, 150.0]])  # centre (120, 100), 40 x 100


def test_a_step_worked_by_hand() -> None:
    # Height 100: measurement variance (0.05 * 100)^2 = 25, velocity variance 100^2 = 10000.
    motion = kalman.begin(BOX)
    assert motion.mean[0].tolist() == [[120, 0], [100, 0], [40, 0], [100, 0]]
    assert motion.covariance[0, 0].tolist() == [[25, 0], [0, 10000]]
    # Half a second later: 25 + 0.25 * 10000 + noise; noise is 100^2 times
    # 0.5^2 * (0.5^3 / 3) + 0.2^2 * 0.5 = 0.0104167 + 0.02, so 304.1667.
    later = kalman.predict(motion, 0.5)
    assert later.mean[0].tolist() == [[120, 0], [100, 0], [40, 0], [100, 0]]
    variance = 25 + 2500 + 304.1666666667
    assert later.covariance[0, 0, 0, 0] == pytest.approx(variance)
    assert later.covariance[0, 0, 0, 1] == pytest.approx(5000 + 10000 * 0.25 * 0.125)
    # Measured 10 pixels to the right: gains v / (v + 25) and covariance / (v + 25).
    seen = kalman.correct(later, BOX + np.array([10, 0, 10, 0]))
    assert seen.mean[0, 0, 0] == pytest.approx(120 + 10 * variance / (variance + 25))
    assert seen.mean[0, 0, 1] == pytest.approx(10 * 5312.5 / (variance + 25))
    assert seen.covariance[0, 0, 0, 0] == pytest.approx(variance * 25 / (variance + 25))


def test_it_agrees_with_the_matrices_of_the_textbook() -> None:
    rng = np.random.default_rng(1)
    motion = kalman.predict(kalman.begin(BOX + rng.normal(0, 3, (5, 4))), 0.1)
    measured = BOX + rng.normal(0, 5, (5, 4))
    seen = kalman.correct(motion, measured)
    H = np.array([[1.0, 0.0]])
    for row in range(5):
        left, top, right, bottom = measured[row]
        positions = ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
        R = (kalman.MEASUREMENT * positions[3]) ** 2
        for axis, position in enumerate(positions):
            P, x = motion.covariance[row, axis], motion.mean[row, axis]
            K = P @ H.T / (H @ P @ H.T + R)
            np.testing.assert_allclose(seen.mean[row, axis], x + (K @ (position - H @ x)))
            np.testing.assert_allclose(
                seen.covariance[row, axis], (np.eye(2) - K @ H) @ P, atol=1e-9
            )


def test_a_steady_walk_is_learned_and_continued() -> None:
    motion = kalman.begin(BOX)
    step = np.array([[6.0, 0, 6, 0]])
    for number in range(1, 30):
        motion = kalman.correct(kalman.predict(motion, 0.04), BOX + number * step)
    assert motion.mean[0, 0, 1] == pytest.approx(150, rel=0.02)  # 6 pixels in 0.04 s
    ahead = kalman.predict(motion, 0.4)
    np.testing.assert_allclose(ahead.boxes, BOX + 39 * step, atol=2)


def test_a_box_never_vanishes() -> None:
    shrinking = kalman.Motion(
        np.array([[[50.0, 0], [50, 0], [10, -100], [20, -100]]]), np.tile(np.eye(2), (1, 4, 1, 1))
    )
    boxes = kalman.predict(shrinking, 1.0).boxes
    assert (boxes[:, 2:] > boxes[:, :2]).all()
