"""All cameras at once: readers, one detector, one embedder, and whoever looks after them."""

import threading
import time
from collections.abc import Callable, Sequence

from passerby.core.errors import PasserbyError
from passerby.gallery.gallery import Gallery
from passerby.pipelines.ingest_lane import Common, Lane
from passerby.pipelines.ingest_plan import Ingested, Plan, Progress, Task
from passerby.pipelines.ingest_queues import Looked, Queues
from passerby.pipelines.ingest_store import Embedding
from passerby.video.detector import Detector
from passerby.video.pick import Budget

BATCH = 8
"""Frames that the detector gets at once, at most."""
FRAMES = 64
"""Frames in the queues of all cameras together, about: 6 MB each where they are 1920 x 1080."""
PULSE = 0.25
"""Seconds between two looks at how things go."""


def run(
    cameras: Sequence[Sequence[Task]],
    plan: Plan,
    store: Gallery,
    progress: Callable[[Progress], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Ingested, ...]:
    """Ingest the tasks of each camera one after the other, and all cameras at the same time.

    progress, cancelled: called in this thread, about four times a second

    Raises PasserbyError when a source failed, after all others are through; or at once when the
    gallery cannot be written. Live sources are stored up to here in any case.
    """
    live = [tasks[0].source.live for tasks in cameras]
    size = max(2, min(16, FRAMES // (2 * len(cameras))))
    queues = Queues(live, size, direct=plan.remembers)
    budget = None if plan.budget is None else Budget(plan.budget, len(cameras))
    common = Common(plan, store, queues, Embedding(plan.embedder), budget)
    lanes = [Lane(number, list(tasks), common) for number, tasks in enumerate(cameras)]
    failures: list[Exception] = []
    detecting = None
    if not plan.remembers:
        detector = plan.make_detector()
        detecting = threading.Thread(
            target=_detect, args=(detector, queues, lanes, failures), name="detector", daemon=True
        )
        detecting.start()
    for lane in lanes:
        lane.thread.start()
    try:
        pace = _Pace(budget, lanes, queues)
        while any(lane.thread.is_alive() for lane in lanes):
            _join(lanes, PULSE)
            pace()
            if progress is not None:
                progress(Progress(tuple(lane.progress for lane in lanes)))
            if failures or any(lane.broken for lane in lanes):
                break
            if cancelled is not None and cancelled():
                break
    finally:
        for lane in lanes:
            lane.stop()
        for lane in lanes:
            lane.thread.join()
    if detecting is not None:
        detecting.join()
    if progress is not None:
        progress(Progress(tuple(lane.progress for lane in lanes)))
    _raise(failures, lanes)
    return tuple(result for lane in lanes for result in lane.results)


def _detect(
    detector: Detector, queues: Queues, lanes: Sequence[Lane], failures: list[Exception]
) -> None:
    """The detector's thread: frames of all cameras together, for as long as there are any."""
    try:
        while (batch := queues.take(BATCH)) is not None:
            began = time.perf_counter()
            found = detector.detect([frame.pixels for _, frame in batch])
            each = (time.perf_counter() - began) / len(batch)
            for (camera, frame), detections in zip(batch, found, strict=True):
                lanes[camera].watch.add("detect", each)
                queues.deliver(camera, Looked(frame, detections))
    except Exception as error:
        failures.append(error)
        for lane in lanes:
            queues.close(lane.number)


class _Pace:
    """Tells a budget how the work goes."""

    def __init__(self, budget: Budget | None, lanes: Sequence[Lane], queues: Queues) -> None:
        self._budget, self._lanes, self._queues = budget, lanes, queues
        self._last = self._now()

    def __call__(self) -> None:
        if self._budget is None:
            return
        now = self._now()
        seconds = now[0] - self._last[0]
        if seconds < 2 * PULSE:
            return
        frames = sum(now[1]) - sum(self._last[1])
        active = [lane for lane in self._lanes if lane.thread.is_alive()]
        behind = False
        for lane in active:
            if lane.live:
                dropped = now[3][lane.number] > self._last[3][lane.number]
                behind |= dropped or self._queues.filled(lane.number) > 0.5
            else:
                video = now[2][lane.number] - self._last[2][lane.number]
                behind |= seconds > self._budget.share * video
        self._budget.note(frames, seconds, behind=behind)
        self._last = now

    def _now(self) -> tuple[float, list[int], list[float], list[int]]:
        lanes = self._lanes
        return (
            time.monotonic(),
            [lane.looked for lane in lanes],
            [lane.video for lane in lanes],
            [self._queues.dropped(lane.number) for lane in lanes],
        )


def _join(lanes: Sequence[Lane], seconds: float) -> None:
    """Wait until all are through, or so long."""
    until = time.monotonic() + seconds
    for lane in lanes:
        lane.thread.join(max(0.0, until - time.monotonic()))


def _raise(failures: Sequence[Exception], lanes: Sequence[Lane]) -> None:
    """Raise what went wrong, if anything did."""
    for error in failures:
        raise error
    errors = [(lane, error) for lane in lanes for error in lane.errors]
    for _, error in errors:
        if not isinstance(error, PasserbyError):
            raise error
    if len(lanes) == 1 and len(errors) == 1:
        raise errors[0][1]
    if errors:
        words = "; ".join(f"camera {lane.camera!r}: {error}" for lane, error in errors)
        raise PasserbyError(f"{words}. All else that was asked for is in the gallery")
