import numpy as np

from passerby.core.detections import PERSON, Detections


def test_of_lists_has_the_types_of_the_contract() -> None:
    found = Detections.of(np.array([[0, 0, 2, 4], [1, 1, 3, 5]]), np.array([0.5, 0.9]))
    assert (found.boxes.dtype, found.scores.dtype) == (np.float32, np.float32)
    assert found.classes.tolist() == [PERSON, PERSON]
    assert len(found) == 2


def test_parts_keep_boxes_scores_and_classes_together() -> None:
    found = Detections.of(np.arange(12).reshape(3, 4), np.array([0.1, 0.9, 0.5]))
    sure = found[found.scores > 0.4]
    assert sure.boxes.tolist() == [[4, 5, 6, 7], [8, 9, 10, 11]]
    assert len(sure.classes) == 2
    best_first = found[np.argsort(-found.scores)]
    assert best_first.boxes[:, 0].tolist() == [4, 8, 0]
    assert len(found[:0]) == len(Detections.none()) == 0
