"""Following people through one part of a recording."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from passerby.core.detections import Detections
from passerby.gallery.seen import Recording
from passerby.pipelines.ingest_feed import PULSE, Feed
from passerby.pipelines.ingest_identity import Identity
from passerby.pipelines.ingest_plan import Plan, Task
from passerby.pipelines.ingest_queues import Looked, Stopped
from passerby.pipelines.ingest_store import Embedding, Gathering
from passerby.video.frame import Frame, Position
from passerby.video.stopwatch import Stopwatch
from passerby.video.tracklets import TrackletBuilder, looks

QUIET = 6.0
"""Seconds without anybody after which a recording may be cut: longer than any tracker waits."""
LATEST = 1.5
"""Where it never is quiet, a recording is cut after so many times the length asked for."""


@dataclass(frozen=True, eq=False)
class Part:
    """What came of it: the recording, its people, and the position of the frame after it."""

    recording: Recording
    gathering: Gathering
    next: Position | None


def cut_here(begun: float, now: float, seen: float, segment: float) -> bool:
    """Whether a recording is cut before the frame at `now`, all in seconds.

    begun: its first frame; seen: when somebody was last followed; segment: the length asked for

    >>> cut_here(0, 700, seen=690, segment=600), cut_here(0, 700, seen=699, segment=600)
    (True, False)
    """
    length = now - begun
    return length >= LATEST * segment or (length >= segment and now - seen >= QUIET)


def follow(
    feed: Feed,
    first: Looked,
    number: int,
    task: Task,
    identity: Identity,
    plan: Plan,
    embedding: Embedding,
    watch: Stopwatch,
    note: Callable[[Frame, Detections], object],
) -> Part:
    """The people from frame `first` on, which `feed` gives next, to where the recording is cut.

    Detector (where it remembers), tracker and tracklets are new, so that a part depends on nothing
    before it. It is cut, at the first frame that must not belong to it, where `cut_here` says so
    or the size of the frames changes; a live one also when nothing comes any more.

    number: of the part, from 0; note: told every frame when it is through

    Raises Stopped when somebody asked for the end; a live source ends here then.
    """
    begins = first.frame
    offset = task.start if begins.wall is None else begins.wall - begins.time
    tracker = plan.make_tracker()
    detector = plan.make_detector() if plan.remembers else None
    builder = TrackletBuilder(task.camera, offset or 0.0, plan.keeping, embedding, watch)
    clocked = offset is not None
    gathering = Gathering(identity.id(number), embedding, watch, clocked=clocked)
    seen = last = begins.time
    count, came = 0, time.monotonic()
    following: Frame | None = None
    while not feed.over:
        try:
            looked = feed.next(PULSE)
        except Stopped:
            if not task.source.live:
                raise
            break
        if looked is None:
            # It broke off: what was seen before is not kept waiting.
            if task.source.live and time.monotonic() - came > LATEST * plan.segment:
                break
            continue
        frame, detections = looked.frame, looked.detections
        if count and (
            cut_here(begins.time, frame.time, seen, plan.segment)
            or frame.pixels.shape != begins.pixels.shape
        ):
            feed.back(looked)
            following = frame
            break
        if detections is None:
            assert detector is not None
            with watch("detect"):
                detections = detector.detect([frame.pixels])[0]
        with watch("look"):
            features = looks(frame, detections, tracker, embedding)
        with watch("track"):
            tracked = tracker.update(detections, frame.time, features)
        gathering.add(builder.add(frame, detections, tracked.ids))
        gathering.add(builder.end(tracked.ended))
        if (tracked.ids >= 0).any():
            seen = frame.time
        count, last, came = count + 1, frame.time, time.monotonic()
        note(frame, detections)
    gathering.add(builder.end(tracker.finish()))
    gathering.flush()
    next = None
    if following is not None:
        next = Position(following.number, following.time, following.lost)
    lost = task.source.lost if following is None else following.lost
    recording = Recording(
        id=gathering.id,
        camera=task.camera,
        source=task.source.name,
        content=identity.content,
        start=None if offset is None else offset + begins.time,
        duration=last - begins.time,
        frames=count,
        lost=lost - (0 if number == 0 else begins.lost),
        settings=identity.of_part(number, next),
    )
    return Part(recording, gathering, next)
