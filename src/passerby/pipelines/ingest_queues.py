"""`Queues`: frames on their way from readers through one detector to their cameras."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from passerby.core.detections import Detections
from passerby.video.frame import Frame


@dataclass(frozen=True, eq=False)
class Looked:
    """A frame and the people in it; `detections` is None while nobody has looked for them."""

    frame: Frame
    detections: Detections | None


class Stopped(Exception):  # noqa: N818 (nothing is wrong)
    """Somebody asked for the end; what is not stored of a recording is dropped."""


@dataclass(frozen=True)
class Over:
    """A source has ended, by itself or by an error."""

    error: Exception | None = None


@dataclass(eq=False)
class _Lane:
    """One camera: frames not yet looked at, those being looked at, those done."""

    drops: bool
    waiting: deque[Frame | Over] = field(default_factory=deque)
    done: deque[Looked | Over] = field(default_factory=deque)
    away: int = 0
    dropped: int = 0
    closed: bool = False


class Queues:
    """Bounded queues, two to a camera: before the detector and after it.

    A full queue makes a recording wait. A live camera never waits: its oldest frame is dropped
    and counted.

    drops: of every camera, whether it is live
    size:  frames in each queue, at most
    direct: there is no detector between the two; frames come out as they came in
    """

    def __init__(self, drops: Sequence[bool], size: int, *, direct: bool = False) -> None:
        self._lanes = [_Lane(live) for live in drops]
        self._size, self._direct = size, direct
        self._change = threading.Condition()
        self._turn = 0

    def open(self, camera: int, *, drops: bool) -> None:
        """A new source of this camera begins; a live one `drops` frames."""
        self._lanes[camera].drops = drops

    def put(self, camera: int, item: Frame | Over) -> bool:
        """A reader hands in the next frame; False when nobody wants it any more."""
        lane = self._lanes[camera]
        with self._change:
            if isinstance(item, Frame):
                if lane.drops and self._filled(lane) >= self._size:
                    self._drop(lane)
                while self._filled(lane) >= self._size and not lane.closed:
                    self._change.wait()
            if lane.closed:
                return False
            if not self._direct:
                lane.waiting.append(item)
            else:
                lane.done.append(item if isinstance(item, Over) else Looked(item, None))
            self._change.notify_all()
        return True

    def take(self, most: int) -> list[tuple[int, Frame]] | None:
        """Frames for the detector, from all cameras in turn; waits for one at least.

        None when all cameras are closed.
        """
        with self._change:
            while True:
                batch: list[tuple[int, Frame]] = []
                idle = 0
                while len(batch) < most and idle < len(self._lanes):
                    camera = self._turn % len(self._lanes)
                    self._turn += 1
                    lane = self._lanes[camera]
                    idle += 1
                    while lane.waiting and isinstance(over := lane.waiting[0], Over):
                        if lane.away:  # after the frames that are away
                            break
                        lane.waiting.popleft()
                        lane.done.append(over)
                        self._change.notify_all()
                    if lane.waiting and len(lane.done) + lane.away < self._size:
                        frame = lane.waiting[0]
                        if isinstance(frame, Frame):
                            lane.waiting.popleft()
                            lane.away += 1
                            batch.append((camera, frame))
                            idle = 0
                if batch:
                    self._change.notify_all()
                    return batch
                if all(lane.closed for lane in self._lanes):
                    return None
                self._change.wait()

    def deliver(self, camera: int, looked: Looked) -> None:
        """The detector hands on a frame that it took."""
        with self._change:
            lane = self._lanes[camera]
            lane.away -= 1
            if not lane.closed:
                lane.done.append(looked)
            self._change.notify_all()

    def get(self, camera: int, timeout: float) -> Looked | Over | None:
        """The next frame of a camera, looked at; None when there is none for `timeout` seconds.

        `Over` when its source has ended. Raises Stopped when the camera was closed.
        """
        lane = self._lanes[camera]
        with self._change:
            self._change.wait_for(lambda: lane.done or lane.closed, timeout)
            if lane.closed:
                raise Stopped
            if not lane.done:
                return None
            item = lane.done.popleft()
            self._change.notify_all()
            return item

    def close(self, camera: int) -> None:
        """Nobody wants this camera's frames any more."""
        with self._change:
            lane = self._lanes[camera]
            lane.closed = True
            lane.waiting.clear()
            lane.done.clear()
            self._change.notify_all()

    def dropped(self, camera: int) -> int:
        """How many frames of a camera were dropped so far."""
        return self._lanes[camera].dropped

    def filled(self, camera: int) -> float:
        """How full the queue of a camera is before the detector, 0 to 1."""
        return self._filled(self._lanes[camera]) / self._size

    def _filled(self, lane: _Lane) -> int:
        queue = lane.done if self._direct else lane.waiting
        return sum(not isinstance(item, Over) for item in queue)

    def _drop(self, lane: _Lane) -> None:
        queue = lane.done if self._direct else lane.waiting
        for place, item in enumerate(queue):
            if not isinstance(item, Over):
                del queue[place]
                lane.dropped += 1
                return
