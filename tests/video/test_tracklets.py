from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.video.frame import Frame
from passerby.video.growing import Keeping
from passerby.video.stopwatch import Stopwatch
from passerby.video.track_appearance import AppearanceTracker
from passerby.video.track_motion import MotionTracker
from passerby.video.tracklets import TrackletBuilder, looks, tracklets


def walk(count: int) -> Iterator[Frame]:
    """A bright bar of 20 x 60 that walks to the right."""
    for number in range(count):
        pixels = np.zeros((100, 400, 3), np.uint8)
        pixels[20:80, 10 + 4 * number : 30 + 4 * number] = 50 + number
        yield Frame(number, number / 10, pixels)


class Bars:
    """A detector of the bright bar, which notes how many frames it gets."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        self.calls.append(len(frames))
        return [bar_in(pixels) for pixels in frames]


def bar_in(pixels: np.ndarray) -> Detections:
    columns = np.flatnonzero(pixels.any((0, 2)))
    if len(columns) == 0:
        return Detections.none()
    return Detections.of(np.array([[columns[0], 20, columns[-1] + 1, 80]]), np.array([0.9]))


def test_a_walk_becomes_one_tracklet() -> None:
    found = list(
        tracklets(
            walk(50), Bars(), MotionTracker(), camera="door", start=1000.0, keeping=Keeping(most=3)
        )
    )
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

    first = next(tracklets(reading(), Bars(), MotionTracker(patience=0.5), camera="door", batch=4))
    assert len(first) == 10
    assert read < 20


def test_short_ones_are_left_out_and_numbers_have_no_gaps() -> None:
    dark = np.zeros((100, 400, 3), np.uint8)
    shots = [frame.pixels for frame in walk(8)]
    blinks = [*shots[:2], *[dark] * 20, *shots, *[dark] * 20, *shots]
    frames = (Frame(n, n / 10, pixels) for n, pixels in enumerate(blinks))
    found = list(
        tracklets(
            frames, Bars(), MotionTracker(patience=0.5), camera="door", keeping=Keeping(shortest=3)
        )
    )
    assert [(t.number, len(t)) for t in found] == [(0, 8), (1, 8)]


def test_nobody_gives_nothing() -> None:
    assert list(tracklets([], Bars(), MotionTracker(), camera="door")) == []


def test_stages_are_timed_and_frames_are_shown() -> None:
    watch, numbers = Stopwatch(), []
    list(
        tracklets(
            walk(4),
            Bars(),
            MotionTracker(),
            camera="door",
            watch=watch,
            seen=lambda frame, detections, ids: numbers.append((frame.number, ids.tolist())),
        )
    )
    assert set(watch.seconds) == {"decode", "detect", "look", "track", "crop", "split"}
    assert numbers == [(n, [0]) for n in range(4)]


def test_the_detector_gets_frames_together_and_nothing_depends_on_how_many() -> None:
    whole = None
    for batch, calls in ((1, [1] * 10), (4, [4, 4, 2]), (99, [10])):
        detector = Bars()
        found = list(tracklets(walk(10), detector, MotionTracker(), camera="door", batch=batch))
        assert detector.calls == calls
        key = [(t.boxes.tolist(), [(c.frame, c.quality) for c in t.crops]) for t in found]
        whole = key if whole is None else whole
        assert key == whole
    with pytest.raises(PasserbyError, match="batch is 0"):
        next(tracklets(walk(2), Bars(), MotionTracker(), camera="door", batch=0))


def test_only_the_looks_that_a_tracker_wants_are_made() -> None:
    frame = next(walk(1))
    found = Detections.of(
        np.array([[10, 20, 30, 80], [100, 0, 130, 90]]), np.array([0.9, 0.2], np.float32)
    )
    sizes: list[tuple[int, ...]] = []

    def embed(crops: Sequence[np.ndarray]) -> np.ndarray:
        sizes.extend(crop.shape for crop in crops)
        return np.ones((len(crops), 4))

    features = looks(frame, found, AppearanceTracker(sure=0.5), embed)
    assert features is not None
    assert np.isfinite(features).all(1).tolist() == [True, False]
    assert sizes == [(60, 20, 3)]
    assert looks(frame, found, MotionTracker(), embed) is None
    assert looks(frame, found, AppearanceTracker(), None) is None
    assert looks(frame, Detections.none(), AppearanceTracker(), embed) is None


def crossing() -> Iterator[tuple[Frame, Detections, np.ndarray]]:
    """Red walks right and blue left; the tracker mixes them up where they meet."""
    for number in range(40):
        pixels = np.zeros((200, 500, 3), np.uint8)
        red, blue = 10 + 10 * number, 410 - 10 * number
        pixels[50:150, blue : blue + 40, 2] = 250
        pixels[52:152, red : red + 40] = (250, 0, 0)
        boxes = np.array([[red, 52, red + 40, 152], [blue, 50, blue + 40, 150]])
        ids = np.array([0, 1] if number < 20 else [1, 0])
        yield Frame(number, number / 25, pixels), Detections.of(boxes, np.full(2, 0.9)), ids


def colour(crops: Sequence[np.ndarray]) -> np.ndarray:
    return np.array([crop.mean((0, 1)) for crop in crops])


def test_tracks_that_were_mixed_up_are_split_where_people_met() -> None:
    for embed, count in ((colour, 4), (None, 2)):
        builder = TrackletBuilder("door", embed=embed)
        found = [t for frame in crossing() for t in builder.add(*frame)] + builder.end([0, 1])
        assert [t.number for t in found] == list(range(count))
        assert sum(map(len, found)) == 80
        if embed:
            for tracklet in found:
                looks_like = np.argmax([colour([c.pixels])[0] for c in tracklet.crops], axis=1)
                assert len(set(looks_like.tolist())) == 1
            assert sorted(len(t) for t in found) == pytest.approx([20] * 4, abs=2)
