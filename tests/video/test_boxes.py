import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.video.boxes import cover_matrix, iou_matrix, nms


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(0, 1000), st.sampled_from([0.2, 0.5, 0.8]))
def test_nms_agrees_with_its_definition(count: int, seed: int, iou: float) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 40, (count, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(5, 30, (count, 2))], axis=1)
    scores = rng.choice([0.3, 0.6, 0.9], count)
    expected: list[int] = []
    for row in sorted(range(count), key=lambda r: (-scores[r], r)):
        if all(iou_matrix(boxes[[row]], boxes[[kept]])[0, 0] <= iou for kept in expected):
            expected.append(row)
    assert nms(boxes, scores, iou).tolist() == expected


def test_cover_is_the_share_of_the_first() -> None:
    small, large = np.array([[0, 0, 10, 10]]), np.array([[0, 0, 20, 20]])
    assert cover_matrix(small, large).tolist() == [[1.0]]
    assert cover_matrix(large, small).tolist() == [[0.25]]
    assert cover_matrix(np.array([[1, 1, 1, 5]]), large).tolist() == [[0.0]]
