import base64
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from passerby.reports.tiles import HEIGHT, Tile, strip, thumbnail


def decoded(uri: str) -> np.ndarray:
    encoded = base64.b64decode(uri.removeprefix("data:image/jpeg;base64,"))
    image = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def test_thumbnails_keep_colour_and_shape_and_are_small() -> None:
    pixels = np.zeros((800, 400, 3), np.uint8)
    pixels[:] = (200, 30, 60)
    shown = decoded(thumbnail(pixels))
    assert shown.shape == (HEIGHT, HEIGHT // 2, 3)
    assert shown.reshape(-1, 3).mean(0) == pytest.approx([200, 30, 60], abs=4)
    noise = np.random.default_rng(0).integers(0, 256, (800, 400, 3), dtype=np.uint8)
    assert len(thumbnail(noise)) < 40_000


def test_small_pictures_are_not_enlarged() -> None:
    assert decoded(thumbnail(np.zeros((40, 3000, 3), np.uint8))).shape == (40, 3000, 3)
    assert decoded(thumbnail(np.zeros((3000, 2, 3), np.uint8))).shape == (HEIGHT, 1, 3)


def test_right_and_wrong_differ_by_sign_as_well_as_by_colour() -> None:
    tiles = [
        Tile("data:,", "right", "rank 1", "1", ["0.1"]),
        Tile("data:,", "wrong", "rank 2", "2"),
        Tile("", "plain", "rank 30", "30", gap=True),
    ]
    text = strip("Person <7>", "AP 50 %", Tile("", "query", "the query"), tiles)
    ElementTree.fromstring(str(text).replace('decoding="async">', "/>"))
    assert "1 ✓" in text
    assert "2 ✗" in text
    assert "30<" in text
    assert text.count("⋯") == 1
    assert 'alt="rank 1"' in text
    assert "Person &lt;7&gt;" in text
    assert text.count("(picture not found)") == 2


def test_a_large_strip_has_groups_and_whole_captions() -> None:
    first, second = Tile("", "plain", "one"), Tile("", "right", "two", apart=True)
    text = strip("Person 7", "", first, [first, second], large=True)
    assert '<article class="strip large">' in text
    assert text.count('class="tile right apart"') == 1
    assert '<article class="strip">' in strip("Person 7", "", first, [second])
