import math
from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.pipelines.score_tracks import score_tracks

pytest.importorskip("trackeval")

TRUTH = "1,1,0,0,10,20,1\n1,2,50,0,10,20,1\n2,1,0,0,10,20,1\n2,3,90,0,10,20,0\n"


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "gt.txt"
    path.write_text(TRUTH)
    return path


def test_by_hand(tmp_path: Path, truth: Path) -> None:
    found = tmp_path / "found.txt"
    # Right; right under another number after it; one false, in a frame beyond the truth.
    found.write_text("1,5,0,0,10,20,0.9\n2,6,0,0,10,20,0.8\n3,6,0,0,10,20,0.7\n")
    scores = score_tracks(found, truth)
    assert scores.frames == 3
    assert (scores.detection.found, scores.detection.false, scores.detection.missed) == (2, 1, 1)
    assert scores.detection.average_precision == pytest.approx(2 / 3)
    assert scores.tracking is not None
    assert scores.tracking.switches == 1
    assert scores.tracking.mota == pytest.approx(1 - (1 + 1 + 1) / 3)


def test_the_overlap_that_is_asked_for(tmp_path: Path, truth: Path) -> None:
    found = tmp_path / "found.txt"
    found.write_text("1,1,0,0,10,16,1\n")  # IoU 0.8
    assert score_tracks(found, truth, iou=0.8).detection.found == 1
    assert score_tracks(found, truth, iou=0.81).detection.found == 0


def test_detections_and_no_boxes(tmp_path: Path, truth: Path) -> None:
    found = tmp_path / "found.txt"
    found.write_text("1,-1,0,0,10,20,0.9\n1,-1,50,0,10,20,0.9\n")
    scores = score_tracks(found, truth)
    assert scores.tracking is None
    assert scores.summary()["mota"] is None
    assert scores.detection.recall == pytest.approx(2 / 3)
    found.write_text("")
    nothing = score_tracks(found, truth)
    assert math.isnan(nothing.detection.precision)
    assert nothing.summary()["precision"] is None
    assert nothing.summary()["mota"] == 0


def test_what_does_not_fit_is_named(tmp_path: Path, truth: Path) -> None:
    found = tmp_path / "found.txt"
    found.write_text("1,-1,0,0,10,20,0.9\n1,4,50,0,10,20,0.9\n")
    with pytest.raises(PasserbyError, match=r"1 of 2 boxes in .*found.txt' have no identity"):
        score_tracks(found, truth)
    with pytest.raises(PasserbyError, match="in the order FOUND TRUTH"):
        score_tracks(truth, found)
    with pytest.raises(PasserbyError, match="iou is 50"):
        score_tracks(found, truth, iou=50)
    found.write_text("1,1,0,0,10,20,0")
    with pytest.raises(PasserbyError, match="holds no box that is to be judged"):
        score_tracks(truth, found)


def test_a_real_video_against_itself_is_perfect(real_data: Path) -> None:
    folder = real_data / "data/adl-rundle-6"
    figures = score_tracks(folder / "gt.txt", folder / "gt.txt").summary()
    for name in ("average_precision", "precision", "recall", "mota", "idf1", "hota"):
        assert figures[name] == pytest.approx(1), name
    assert (figures["switches"], figures["frames"], figures["found"]) == (0, 525, 5009)
    detections = score_tracks(folder / "det-yolov5l.txt", folder / "gt.txt")
    assert detections.tracking is None
    assert 0.6 < detections.detection.average_precision < detections.detection.recall
