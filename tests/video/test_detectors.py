from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.metrics.detection import detection_scores, iou_matrix
from passerby.video.decode import frames
from passerby.video.detectors import DETECTORS, load_detector
from passerby.video.nanodet import NanoDet, grid
from passerby.video.openvino_ssd import OpenVinoSsd


@pytest.fixture(scope="module")
def three_frames(real_data: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Three frames of ADL-Rundle-6 and the true boxes in each."""
    folder = real_data / "data" / "adl-rundle-6"
    if not folder.is_dir():
        pytest.skip(f"no ADL-Rundle-6 at {folder}")
    truth = np.loadtxt(folder / "gt.txt", delimiter=",")
    chosen = []
    for frame in frames(folder / "adl-rundle-6.mp4", every=40):
        rows = truth[truth[:, 0] == frame.number + 1]
        boxes = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1)
        chosen.append((frame.pixels, boxes))
        if len(chosen) == 3:
            break
    return chosen


@pytest.mark.parametrize(
    ("name", "threshold", "recall", "precision"),
    [("person-detection-retail-0013", 0.4, 0.55, 0.5), ("nanodet_m", 0.4, 0.5, 0.6)],
)
def test_real_detectors_find_people(
    name: str,
    threshold: float,
    recall: float,
    precision: float,
    three_frames: list[tuple[np.ndarray, np.ndarray]],
    real_models: Path,
) -> None:
    detector = load_detector(name, threshold)
    found = detector.detect([pixels for pixels, _ in three_frames])
    for together, (pixels, _) in zip(found, three_frames, strict=True):
        alone = detector.detect([pixels])[0]
        assert (together.boxes == alone.boxes).all()
        assert (together.scores == alone.scores).all()
    scores = detection_scores([(d.boxes, d.scores) for d in found], [b for _, b in three_frames])
    assert scores.recall > recall
    assert scores.precision > precision
    for detections, (pixels, _) in zip(found, three_frames, strict=True):
        assert (detections.scores >= threshold).all()
        assert (np.diff(detections.scores) <= 0).all()
        assert detections.boxes.min() >= 0
        assert (detections.boxes[:, 2:] <= [pixels.shape[1], pixels.shape[0]]).all()


@pytest.mark.parametrize("name", DETECTORS)
def test_grey_frames_of_any_size_hold_nobody(name: str, real_models: Path) -> None:
    shapes = [(90, 160), (300, 41), (1, 1), (90, 160), (1080, 1920)] * 2
    frames = [np.full((*shape, 3), 128, np.uint8) for shape in shapes]
    detector = load_detector(name, 0.5)
    found = detector.detect(frames)
    assert [(len(f), f.boxes.shape) for f in found] == [(0, (0, 4))] * len(shapes)
    assert detector.detect([]) == []


@pytest.mark.parametrize("name", ["person-detection-retail-0013", "nanodet_m"])
def test_people_are_found_in_pixels_of_their_own_frame(
    name: str, three_frames: list[tuple[np.ndarray, np.ndarray]], real_models: Path
) -> None:
    large = three_frames[0][0]
    small = cv2.resize(large, (960, 540), interpolation=cv2.INTER_AREA)
    detector = load_detector(name, 0.6)
    many = detector.detect([large, small, large])
    overlaps = iou_matrix(many[0].boxes, many[1].boxes * 2)
    assert (overlaps.max(1) > 0.7).mean() > 0.7
    assert (many[0].boxes == many[2].boxes).all()


def test_threads_may_share_a_detector(
    three_frames: list[tuple[np.ndarray, np.ndarray]], real_models: Path
) -> None:
    detector = load_detector("person-detection-retail-0013")
    frames = [pixels for pixels, _ in three_frames]
    expected = detector.detect(frames)
    with ThreadPoolExecutor(3) as pool:
        for found in pool.map(detector.detect, [frames] * 6):
            for one, other in zip(found, expected, strict=True):
                assert (one.boxes == other.boxes).all()


def test_after_a_frame_that_is_none_a_detector_still_works(real_models: Path) -> None:
    detector = load_detector("person-detection-retail-0013")
    grey = np.full((90, 160, 3), 128, np.uint8)
    with pytest.raises(cv2.error):
        detector.detect([grey, np.zeros((0, 0, 3), np.uint8)])
    assert len(detector.detect([grey, grey])) == 2


def test_an_unknown_name_lists_the_names() -> None:
    with pytest.raises(PasserbyError, match="no detector 'yolo'; choose one of person-detection"):
        load_detector("yolo")


def test_missing_weights_offline_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(tmp_path))
    monkeypatch.setenv("PASSERBY_OFFLINE", "1")
    with pytest.raises(PasserbyError, match=r"retail-0013\.xml is not there"):
        load_detector("person-detection-retail-0013")


def test_damaged_networks_are_errors(tmp_path: Path) -> None:
    (tmp_path / "bad.xml").write_text("<net")
    (tmp_path / "bad.onnx").write_text("not a network")
    with pytest.raises(PasserbyError, match=r"OpenVINO cannot read .*bad\.xml"):
        OpenVinoSsd(tmp_path / "bad.xml", 0.5)
    with pytest.raises(PasserbyError, match=r"ONNX Runtime cannot read .*bad\.onnx"):
        NanoDet(tmp_path / "bad.onnx", 0.5)


def test_the_grid_covers_the_input() -> None:
    centres, strides = grid(416)
    assert len(centres) == len(strides) == 2704 + 676 + 169
    assert centres.min() == 4
    assert centres.max() == 412
