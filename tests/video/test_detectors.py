from pathlib import Path

import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.metrics.detection import detection_scores
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
    detect = load_detector(name, threshold)
    found = [detect(pixels) for pixels, _ in three_frames]
    scores = detection_scores([(d.boxes, d.scores) for d in found], [b for _, b in three_frames])
    assert scores.recall > recall
    assert scores.precision > precision
    for detections, (pixels, _) in zip(found, three_frames, strict=True):
        assert (detections.scores >= threshold).all()
        assert (np.diff(detections.scores) <= 0).all()
        assert detections.boxes.min() >= 0
        assert (detections.boxes[:, 2:] <= [pixels.shape[1], pixels.shape[0]]).all()


@pytest.mark.parametrize("name", DETECTORS)
@pytest.mark.parametrize("shape", [(90, 160), (300, 41)])
def test_a_grey_frame_holds_nobody(name: str, shape: tuple[int, int], real_models: Path) -> None:
    found = load_detector(name, 0.5)(np.full((*shape, 3), 128, np.uint8))
    assert (len(found), found.boxes.shape) == (0, (0, 4))


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
