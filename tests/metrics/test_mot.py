from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.metrics.mot import VideoBoxes, read_mot


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "boxes.txt"


def test_by_hand(path: Path) -> None:
    path.write_text("3,7,10.5,20,30,40,0.5,-1,-1,-1\n\n1,-1,0,0,2,3,-0.25,-1,-1,-1\n3,8,1,1,1,1\n")
    boxes = read_mot(path)
    assert boxes.frames.tolist() == [3, 1, 3]
    assert boxes.ids.tolist() == [7, -1, 8]
    assert boxes.boxes.tolist() == [[10.5, 20, 40.5, 60], [0, 0, 2, 3], [1, 1, 2, 2]]
    assert boxes.scores.tolist() == [0.5, -0.25, 1]
    frames = boxes.by_frame(boxes.last)
    assert [frame.ids.tolist() for frame in frames] == [[-1], [], [7, 8]]


def test_blanks_part_numbers_as_commas_do(path: Path) -> None:
    path.write_text("1 2 3 4 5 6 0.5 -1 -1 -1\r\n1, 3, 3, 4, 5, 6, 0.25\r\n")
    assert read_mot(path).boxes.tolist() == [[3, 4, 8, 10]] * 2
    assert read_mot(path).scores.tolist() == [0.5, 0.25]


def test_true_boxes_that_are_not_to_be_judged_are_left_out(path: Path) -> None:
    path.write_text("1,1,0,0,5,5,1,1,1\n1,2,0,0,5,5,0,8,1\n1,2,0,0,6,6,1,1,1\n")
    truth = read_mot(path, truth=True)
    assert truth.ids.tolist() == [1, 2]
    assert truth.boxes[1].tolist() == [0, 0, 6, 6]


def test_an_empty_file_holds_no_boxes(path: Path) -> None:
    path.write_text("\n")
    boxes = read_mot(path)
    assert (len(boxes), boxes.last, boxes.boxes.shape) == (0, 0, (0, 4))
    assert boxes.by_frame(0) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3,4,5,6\n1,2,3,4", "line 2 of .* has 4 numbers"),
        ("frame,id,x,y,w,h", "line 1 of .* no number: 'frame,id"),
        ("0,1,2,3,4,5", "frame 0 and id 1; frames are whole numbers from 1"),
        ("1.5,1,2,3,4,5", "frame 1.5"),
        ("1763658297000,1,2,3,4,5", r"1\.76366e\+12 .*from 1 to 10,000,000, not times"),
        ("1,1e20,2,3,4,5", r"id 1e\+20"),
        ("1,1.5,2,3,4,5", "id 1.5"),
        ("1,1,2,3,0,5", "a box of 0 x 5"),
        ("1,1,2,nan,4,5", "NaN or infinity"),
        ("1,4,2,3,4,5\n\n2,4,2,3,4,5\n1,4,2,3,4,9", "line 4 of .*frame 1 has identity 4 a second"),
    ],
)
def test_a_line_that_does_not_fit_is_named(path: Path, text: str, words: str) -> None:
    path.write_text(text)
    with pytest.raises(PasserbyError, match=words):
        read_mot(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"none.txt' cannot be read \(No such file"):
        read_mot(tmp_path / "none.txt")
    (tmp_path / "picture.txt").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(PasserbyError, match="cannot be read"):
        read_mot(tmp_path / "picture.txt")


@given(st.lists(st.integers(1, 6), max_size=20))
def test_frames_hold_all_boxes_in_the_order_of_the_file(frames: list[int]) -> None:
    count = len(frames)
    boxes = VideoBoxes(
        np.array(frames, np.int64), np.arange(count), np.ones((count, 4)), np.ones(count)
    )
    for number, frame in enumerate(boxes.by_frame(6), start=1):
        assert frame.ids.tolist() == [n for n in range(count) if frames[n] == number]


def test_a_real_ground_truth(real_data: Path) -> None:
    truth = read_mot(real_data / "data/adl-rundle-6/gt.txt", truth=True)
    assert (len(truth), truth.last, len(np.unique(truth.ids))) == (5009, 525, 24)
    detections = read_mot(real_data / "data/adl-rundle-6/det-yolov5l.txt")
    assert (detections.ids == -1).all()
