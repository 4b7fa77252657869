import threading
import time

import numpy as np
import pytest

from passerby.core.detections import Detections
from passerby.pipelines.ingest_queues import Looked, Over, Queues, Stopped
from passerby.video.frame import Frame


def frame(number: int) -> Frame:
    return Frame(number, number / 10, np.zeros((2, 2, 3), np.uint8))


def looked(item: Frame) -> Looked:
    return Looked(item, Detections.none())


def test_frames_come_through_in_order_and_then_the_end() -> None:
    queues = Queues([False], 4)
    for number in range(3):
        assert queues.put(0, frame(number))
    assert queues.put(0, Over())
    batch = queues.take(8)
    assert batch is not None
    assert [(camera, one.number) for camera, one in batch] == [(0, 0), (0, 1), (0, 2)]
    assert queues.get(0, 0.01) is None  # the end does not overtake what is away
    for camera, one in batch:
        queues.deliver(camera, looked(one))
    threading.Thread(target=queues.take, args=(8,), daemon=True).start()
    got = [queues.get(0, 5.0) for _ in range(4)]
    assert [one.frame.number for one in got[:3] if isinstance(one, Looked)] == [0, 1, 2]
    assert isinstance(got[3], Over)


def test_cameras_take_turns() -> None:
    queues = Queues([False] * 3, 8)
    for number in range(6):
        queues.put(0, frame(number))
    queues.put(1, frame(0))
    for number in range(3):
        queues.put(2, frame(number))
    first, second = queues.take(4), queues.take(8)
    assert first is not None
    assert second is not None
    assert [camera for camera, _ in first] == [0, 1, 2, 0]
    assert sorted(camera for camera, _ in second) == [0, 0, 0, 0, 2, 2]


def test_a_full_queue_makes_a_recording_wait() -> None:
    queues = Queues([False], 2)
    put = []

    def hand_in() -> None:
        for number in range(4):
            queues.put(0, frame(number))
            put.append(number)

    thread = threading.Thread(target=hand_in, daemon=True)
    thread.start()
    time.sleep(0.2)
    assert put == [0, 1]
    batch = queues.take(8)
    assert batch is not None
    assert [one.number for _, one in batch] == [0, 1]
    thread.join(5)
    assert put == [0, 1, 2, 3]
    # Two are away and nobody has taken them off: the detector gets no more of this camera.
    other = threading.Thread(target=queues.take, args=(8,), daemon=True)
    other.start()
    other.join(0.2)
    assert other.is_alive()
    for camera, one in batch:
        queues.deliver(camera, looked(one))
    queues.get(0, 1.0)
    other.join(5)
    assert not other.is_alive()


def test_a_full_queue_drops_a_live_cameras_oldest() -> None:
    queues = Queues([True, False], 3)
    for number in range(8):
        queues.put(0, frame(number))
    queues.put(0, Over())
    batch = queues.take(8)
    assert batch is not None
    assert [one.number for _, one in batch] == [5, 6, 7]
    assert (queues.dropped(0), queues.dropped(1)) == (5, 0)


def test_one_slow_camera_does_not_hold_up_the_others() -> None:
    queues = Queues([False, False], 2)
    for number in range(2):
        queues.put(0, frame(number))
    for camera, one in queues.take(8) or ():
        queues.deliver(camera, looked(one))  # and nobody takes them off
    queues.put(0, frame(2))
    queues.put(1, frame(0))
    assert [camera for camera, _ in queues.take(8) or ()] == [1]


def test_without_a_detector_they_come_as_they_are() -> None:
    queues = Queues([True], 2, direct=True)
    for number in range(3):
        queues.put(0, frame(number))
    first, second = queues.get(0, 1.0), queues.get(0, 1.0)
    assert isinstance(first, Looked)
    assert isinstance(second, Looked)
    assert (first.frame.number, second.frame.number, first.detections) == (1, 2, None)
    assert queues.dropped(0) == 1


def test_a_closed_camera_lets_everybody_go() -> None:
    queues = Queues([False], 1)
    queues.put(0, frame(0))
    answers: list[object] = []
    waiting = [
        threading.Thread(target=lambda: answers.append(queues.put(0, frame(1))), daemon=True),
    ]
    for thread in waiting:
        thread.start()
    time.sleep(0.1)
    queues.close(0)
    for thread in waiting:
        thread.join(5)
    assert answers == [False]
    assert queues.take(8) is None
    with pytest.raises(Stopped):
        queues.get(0, 1.0)
