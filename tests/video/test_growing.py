from collections.abc import Sequence

import numpy as np
import pytest

from passerby.core.tracklet import Crop
from passerby.video.growing import Growing, Keeping, Part, Sight, cut_part, difference, joined

RED, BLUE = 1, 2


def embed(crops: Sequence[np.ndarray]) -> np.ndarray:
    """The look of a crop is its colour, which its one pixel tells."""
    return np.eye(3)[[int(crop[0, 0, 0]) for crop in crops]]


def sight(number: int, colour: int, quality: float = 0.5) -> tuple[Sight, Crop]:
    box = np.array([number, 0.0, number + 10, 40], np.float32)
    pixels = np.full((1, 1, 3), colour, np.uint8)
    crop = Crop(pixels, number, number / 10, quality, (number, 0.0, number + 10, 40.0))
    return Sight(number, number / 10, box, 0.9), crop


def grow(growing: Growing, colours: str, closeness: str) -> list[list[int]]:
    """Frames of the parts that come of a track: r red, b blue; closeness in tenths, "-" unseen."""
    parts = []
    for number, (colour, close) in enumerate(zip(colours, closeness, strict=True)):
        if close != "-":
            shot = sight(number, RED if colour == "r" else BLUE)
            parts += growing.add(*shot, int(close) / 10, 0.1)
    parts += growing.finish()
    return [[sight.frame for sight in part.sights] for part in parts]


KEEPING = Keeping(most=3, apart=0.1, close=0.3, lasts=0.3, gap=0.3, differ=0.5)


def test_a_track_that_went_over_to_another_is_split_where_they_were_closest() -> None:
    growing = Growing(KEEPING, embed)
    assert grow(growing, "rrrrrrrbbbbbbb", "00000468400000") == [
        list(range(7)),
        list(range(7, 14)),
    ]


def test_one_who_comes_out_as_he_went_in_stays_whole() -> None:
    assert grow(Growing(KEEPING, embed), "rrrrrrrrrrrrrr", "00000468400000") == [list(range(14))]


def test_without_looks_a_track_stays_whole() -> None:
    assert grow(Growing(KEEPING, None), "rrrrrrrbbbbbbb", "00000468400000") == [list(range(14))]


def test_without_an_occasion_nobody_asks() -> None:
    def never(crops: Sequence[np.ndarray]) -> np.ndarray:
        raise AssertionError("asked")

    assert grow(Growing(KEEPING, never), "rrrrrrrbbbbbbb", "0" * 14) == [list(range(14))]


def test_after_a_gap_the_same_question_is_asked() -> None:
    frames = grow(Growing(KEEPING, embed), "rrrrrbbbbbbbbb", "00000-----0000")
    assert frames == [[0, 1, 2, 3, 4], [10, 11, 12, 13]]
    frames = grow(Growing(KEEPING, embed), "rrrrrrrrrrrrrr", "00000-----0000")
    assert frames == [[0, 1, 2, 3, 4, 10, 11, 12, 13]]


def test_there_and_back_is_three() -> None:
    colours, closeness = "rrrrrrrbbbbbbbbrrrrrrr", "0000046840000468400000"
    frames = grow(Growing(KEEPING, embed), colours, closeness)
    assert [len(part) for part in frames] == [7, 8, 7]


def test_what_is_too_short_to_tell_is_not_split_off() -> None:
    # The occasion lasts to the end, or its second person is seen twice only.
    assert grow(Growing(KEEPING, embed), "rrrrrrrbb", "000004684") == [list(range(9))]
    assert grow(Growing(KEEPING, embed), "rrrrrrrbb", "000046680") == [list(range(9))]


def test_crops_go_with_their_part_and_are_few() -> None:
    part = Part()
    for number in range(10):
        shot, crop = sight(number, RED, quality=number / 10)
        part.sights.append(shot)
        part.crops = (*part.crops, crop)
    before, after = cut_part(part, 4)
    assert [crop.frame for crop in before.crops] == [0, 1, 2, 3]
    assert [shot.frame for shot in after.sights] == [4, 5, 6, 7, 8, 9]
    whole = joined(before, after, KEEPING)
    assert [crop.frame for crop in whole.crops] == [9, 7, 5]  # best first, 0.15 s apart
    assert [shot.frame for shot in whole.sights] == list(range(10))


def test_the_difference_weighs_good_pictures_more() -> None:
    red, poor_blue = sight(0, RED, quality=0.9)[1], sight(1, BLUE, quality=0.1)[1]
    assert difference([red], [red], embed) == pytest.approx(0, abs=1e-6)
    # 0.9 red + 0.1 blue against red: 1 - 0.9 / sqrt(0.9^2 + 0.1^2).
    expected = 1 - 0.9 / np.hypot(0.9, 0.1)
    assert difference([red, poor_blue], [red], embed) == pytest.approx(expected, abs=1e-6)
    assert np.isnan(difference([], [red], embed))


def test_a_part_is_a_tracklet() -> None:
    part = Part([sight(3, RED)[0]], (sight(3, RED)[1],))
    tracklet = part.tracklet("door", 7)
    assert (tracklet.camera, tracklet.number, len(tracklet)) == ("door", 7, 1)
    assert tracklet.boxes.shape == (1, 4)
    assert tracklet.boxes.dtype == np.float32
