import logging
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.core.errors import PasserbyError
from passerby.data.mp4 import write_mp4
from passerby.video import decode
from passerby.video.decode import Video, frames, upright
from passerby.video.frame import Position


def shades(count: int = 40) -> list[np.ndarray]:
    """Frames whose brightness tells their number, with noise so that they fill some bytes."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 40, (count, 64, 96, 3), np.uint8)
    return [noise[n] + np.uint8(5 * n % 200) for n in range(count)]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mp4(tmp_path_factory.mktemp("video") / "shades.mp4", shades(), fps=20)


def test_frames_come_in_order_with_number_time_and_rgb(video: Path) -> None:
    read = list(frames(video))
    assert [frame.number for frame in read] == list(range(40))
    assert [frame.time for frame in read] == pytest.approx([n / 20 for n in range(40)])
    assert read[0].pixels.shape == (64, 96, 3)
    assert read[0].pixels.dtype == np.uint8
    for frame, wanted in zip(read, shades(), strict=True):
        assert frame.pixels.mean() == pytest.approx(wanted.mean(), abs=4)


def test_colours_are_red_green_blue(tmp_path: Path) -> None:
    red = np.zeros((64, 64, 3), np.uint8)
    red[..., 0] = 255
    pixels = next(iter(frames(write_mp4(tmp_path / "red.mp4", [red])))).pixels
    assert pixels[..., 0].mean() > 200 > 60 > pixels[..., 2].mean()


def test_one_frame_in_every_few(video: Path) -> None:
    assert [frame.number for frame in frames(video, every=15)] == [0, 15, 30]


def test_no_more_than_fps(video: Path) -> None:
    assert [frame.number for frame in frames(video, fps=5)] == list(range(0, 40, 4))
    read = list(frames(video, fps=8))  # 20 / 8 is no whole number
    assert [b.number - a.number for a, b in pairwise(read)].count(2) > 3
    assert len(read) == 16
    assert len(list(frames(video, fps=1000))) == 40


def test_a_truncated_video_gives_what_is_left_and_says_what_is_lost(
    video: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(video.read_bytes()[: video.stat().st_size * 6 // 10])
    opened = Video(cut)
    with caplog.at_level(logging.WARNING):
        read = list(opened.frames())
    assert 10 <= len(read) < 40
    assert opened.read == len(read)
    assert opened.lost == 40 - len(read)
    assert [frame.number for frame in read] == sorted(frame.number for frame in read)
    assert f"{len(read)} frames were decoded, {opened.lost} were lost" in caplog.text


def test_damage_in_the_middle_costs_only_some_frames(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = write_mp4(tmp_path / "whole.mp4", shades(300), fps=20)
    data = bytearray(whole.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    hurt = tmp_path / "hurt.mp4"
    hurt.write_bytes(data)
    opened = Video(hurt)
    read = list(opened.frames())
    assert 100 < len(read) < 300
    assert opened.lost >= 300 - len(read)
    assert read[-1].number > 280  # it went on after the damage
    times = [frame.time for frame in read]
    assert all(a < b for a, b in pairwise(times))
    assert "is damaged or cut short" in caplog.text


def test_a_video_without_its_index_is_an_error(video: Path, tmp_path: Path) -> None:
    headless = tmp_path / "headless.mp4"
    headless.write_bytes(video.read_bytes()[:200])
    with pytest.raises(PasserbyError, match=r"headless\.mp4 holds no pictures that can be read"):
        Video(headless)


def test_what_is_no_video_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="there is no video at"):
        Video(tmp_path / "missing.mp4")
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(PasserbyError, match="is empty"):
        Video(tmp_path / "empty.mp4")
    (tmp_path / "text.mp4").write_text("hello " * 100)
    with pytest.raises(PasserbyError, match="cannot be read as a video"):
        Video(tmp_path / "text.mp4")
    (tmp_path / "folder").mkdir()
    with pytest.raises(PasserbyError, match="holds no images"):
        Video(tmp_path / "folder")


def test_strange_rates_are_errors(video: Path) -> None:
    with pytest.raises(PasserbyError, match="every is 0"):
        next(frames(video, every=0))
    with pytest.raises(PasserbyError, match="fps is 0"):
        next(frames(video, fps=0))


def test_a_folder_of_images_is_a_video(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in (2, 0, 1, 3):
        cv2.imwrite(str(tmp_path / f"{number:03}.png"), np.full((8, 8, 3), 10 * number, np.uint8))
    (tmp_path / "002.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("not a frame")
    opened = Video(tmp_path, rate=10)
    read = list(opened.frames())
    assert [(f.number, round(f.time, 3), int(f.pixels[0, 0, 0])) for f in read] == [
        (0, 0.0, 0),
        (1, 0.1, 10),
        (3, 0.3, 30),
    ]
    assert (opened.expected, opened.lost) == (4, 1)
    assert "002.png" in caplog.text


def test_pictures_are_turned_counter_clockwise() -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 2] = 255  # upper right
    turned = upright(pixels, 90)
    assert turned.shape == (3, 2, 3)
    assert turned[0, 0, 0] == 255  # is upper left then
    assert (upright(pixels, -90) == upright(pixels, 270)).all()


def test_encoding_needs_even_sizes_and_a_frame(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="even sizes"):
        write_mp4(tmp_path / "odd.mp4", [np.zeros((63, 64, 3), np.uint8)])
    with pytest.raises(PasserbyError, match="no frames"):
        write_mp4(tmp_path / "none.mp4", [])
    assert list(tmp_path.iterdir()) == []


def moving(count: int = 200) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    wall = rng.integers(0, 255, (64, 96, 3), np.uint8)
    return [np.roll(wall, number, axis=1) for number in range(count)]


@pytest.mark.parametrize("name", ["long.mp4", "long.mkv", "long.ts", "folder"])
@pytest.mark.parametrize("fps", [None, 7.0])
def test_going_on_gives_what_reading_through_gives(
    name: str, fps: float | None, tmp_path: Path
) -> None:
    if name == "folder":
        (tmp_path / name).mkdir()
        for number, pixels in enumerate(moving(40)):
            cv2.imwrite(str(tmp_path / name / f"{number:03}.png"), pixels)
    else:
        write_mp4(tmp_path / name, moving(), fps=20)
    whole = list(Video(tmp_path / name, rate=20).frames(fps=fps))
    for frame in (whole[1], whole[len(whole) // 2], whole[-2]):
        opened = Video(tmp_path / name, rate=20)
        begin = Position(frame.number, frame.time, frame.lost)
        rest = list(opened.frames(fps=fps, begin=begin))
        wanted = [one for one in whole if one.number >= frame.number]
        assert [(one.number, one.time) for one in rest] == [
            (one.number, one.time) for one in wanted
        ]
        assert all((a.pixels == b.pixels).all() for a, b in zip(rest, wanted, strict=True))
        assert opened.lost == 0


def test_going_on_seeks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_mp4(tmp_path / "long.mp4", moving(600), fps=20)  # key frames every 250
    made = []
    original = decode.as_pixels
    monkeypatch.setattr(decode, "as_pixels", lambda p: made.append(p) or original(p))
    opened = Video(file)
    read = []
    original_read = opened._read_from

    def counting(*arguments):
        for item in original_read(*arguments):
            read.append(item)
            yield item

    monkeypatch.setattr(opened, "_read_from", counting)
    rest = list(opened.frames(begin=Position(560, 28.0)))
    assert [frame.number for frame in rest] == list(range(560, 600))
    assert len(made) == 40
    assert len(read) < 110  # the first frame, and those from the key frame at 500 on


def test_joined_recordings_whose_clock_begins_anew_go_on(tmp_path: Path) -> None:
    one = write_mp4(tmp_path / "a.ts", moving(30), fps=20).read_bytes()
    joined = tmp_path / "joined.ts"
    joined.write_bytes(one + one)
    read = list(Video(joined).frames())
    assert len(read) >= 55
    assert all(a.time < b.time for a, b in pairwise(read))
    assert read[-1].time == pytest.approx(len(read) / 20, abs=0.2)
