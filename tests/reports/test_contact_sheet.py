import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.reports.contact_sheet import CAPTION, GAP, Strip, contact_sheet, write_contact_sheet


def picture(colour: tuple[int, int, int], height: int = 80, width: int = 40) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)


RED, BLUE = (255, 0, 0), (0, 0, 255)


def test_pictures_stand_in_rows_by_rank_and_quality() -> None:
    strips = [
        Strip(("query",), (picture(RED),)),
        Strip(("1  door",), (picture(BLUE), picture(RED), picture(BLUE))),
    ]
    sheet = contact_sheet(strips, height=100)
    left = CAPTION + GAP + 25  # the middle of the first picture, 50 wide
    first, second = GAP + 50, GAP + 100 + GAP + 50
    assert sheet.getpixel((left, first)) == RED
    assert sheet.getpixel((left, second)) == BLUE
    assert sheet.getpixel((left + 50 + GAP, second)) == RED
    assert sheet.getpixel((left + 50 + GAP, first)) not in (RED, BLUE)
    assert sheet.size == (CAPTION + 2 * GAP + 3 * (50 + GAP), GAP + 2 * (100 + GAP))


def test_captions_are_written_and_long_ones_cut() -> None:
    sheet = contact_sheet([Strip(("x" * 500, "small"), (picture(RED),))], height=100)
    text = np.asarray(sheet)[:, :CAPTION].min(axis=2)
    assert (text < 100).any()
    assert (text[:, CAPTION - 4 :] > 200).all()


def test_a_wide_picture_is_no_banner() -> None:
    assert contact_sheet([Strip(("query",), (picture(RED, 10, 900),))], 50).width < CAPTION + 250


@pytest.mark.parametrize("name", ["sheet.jpg", "sheet.png"])
def test_it_is_written_for_its_owner_only(tmp_path: Path, name: str) -> None:
    path = write_contact_sheet([Strip(("query",), (picture(RED),))], tmp_path / "new" / name)
    with Image.open(path) as sheet:
        assert sheet.format == {"jpg": "JPEG", "png": "PNG"}[name[-3:]]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PasserbyError, match="could not write"):
        write_contact_sheet([Strip(("query",), (picture(RED),))], tmp_path / "file" / "sheet.jpg")
