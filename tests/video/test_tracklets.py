from collections.abc import Iterator

import numpy as np

from passerby.core.detections import Detections
from passerby.video.decode import Frame
from passerby.video.stopwatch import Stopwatch
from passerby.video.track import Tracker
from passerby.video.tracklets import tracklets


def walk(count: int) -> Iterator[Frame]:
    """A bright bar of 20 x 60 that walks to the right."""
    for number in range(count):
        pixels = np.zeros((100, 400, 3), np.uint8)
        pixels[20:80, 10 + 4 * number : 30 + 4 * number] = 50 + number
        yield Frame(number, number / 10, pixels)


def bars(pixels: np.ndarray) -> Detections:
    columns = np.flatnonzero(pixels.any((0, 2)))
    if len(columns) == 0:
        return Detections.none()
    return Detections.of(np.array([[columns[0], 20, columns[-1] + 1, 80]]), np.array([0.9]))


def test_a_walk_becomes_one_tracklet() -> None:
    found = list(tracklets(walk(50), bars, Tracker(), camera="door", start=1000.0, most=3))
    assert len(found) == 1
    tracklet = found[0]
    assert (tracklet.camera, tracklet.number, len(tracklet)) == ("door", 0, 50)
    assert tracklet.frames.tolist() == list(range(50))
    assert (tracklet.start, tracklet.end) == (1000.0, 1004.9)
    assert tracklet.boxes[0].tolist() == [10, 20, 30, 80]
    assert tracklet.boxes.dtype == np.float32
    assert len(tracklet.crops) == 3
    for crop in tracklet.crops:
        assert crop.pixels.shape == (60, 20, 3)
        assert (crop.pixels == 50 + crop.frame).all()  # cut from the frame that it names
        assert crop.box == (10 + 4 * crop.frame, 20, 30 + 4 * crop.frame, 80)


def test_tracklets_come_as_soon_as_they_end() -> None:
    frames = [
        *walk(10),
        *(Frame(n, n / 10, np.zeros((100, 400, 3), np.uint8)) for n in range(10, 40)),
    ]
    read = 0

    def reading() -> Iterator[Frame]:
        nonlocal read
        for frame in frames:
            read += 1
            yield frame

    first = next(tracklets(reading(), bars, Tracker(patience=0.5), camera="door"))
    assert len(first) == 10
    assert read < 20


def test_short_ones_are_left_out_and_numbers_have_no_gaps() -> None:
    dark = np.zeros((100, 400, 3), np.uint8)
    shots = [frame.pixels for frame in walk(8)]
    blinks = [*shots[:2], *[dark] * 20, *shots, *[dark] * 20, *shots]
    frames = (Frame(n, n / 10, pixels) for n, pixels in enumerate(blinks))
    found = list(tracklets(frames, bars, Tracker(patience=0.5), camera="door", shortest=3))
    assert [(t.number, len(t)) for t in found] == [(0, 8), (1, 8)]


def test_nobody_gives_nothing() -> None:
    assert list(tracklets([], bars, Tracker(), camera="door")) == []


def test_stages_are_timed_and_frames_are_shown() -> None:
    watch, numbers = Stopwatch(), []
    list(
        tracklets(
            walk(4),
            bars,
            Tracker(),
            camera="door",
            watch=watch,
            seen=lambda frame, detections, ids: numbers.append((frame.number, ids.tolist())),
        )
    )
    assert set(watch.seconds) == {"decode", "detect", "track", "crop"}
    assert numbers == [(n, [0]) for n in range(4)]
