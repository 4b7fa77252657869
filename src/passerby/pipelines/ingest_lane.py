"""One camera's way through ingestion: its sources one after the other, each part by part."""

import threading
import time
from dataclasses import dataclass, field, replace

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.gallery.gallery import Gallery
from passerby.pipelines.ingest_feed import Feed
from passerby.pipelines.ingest_identity import identity_of, resume
from passerby.pipelines.ingest_part import Part, follow
from passerby.pipelines.ingest_plan import CameraProgress, Ingested, Plan, Task
from passerby.pipelines.ingest_queues import Over, Queues, Stopped
from passerby.pipelines.ingest_store import Embedding
from passerby.video.frame import BEGINNING, Frame, Position
from passerby.video.pick import Budget, Evenly, Paced, Pick, everything
from passerby.video.stopwatch import Stopwatch
from passerby.video.stream import Stream


@dataclass(frozen=True, eq=False)
class Common:
    """What all cameras share.

    storing: held by whoever reads or writes the gallery
    """

    plan: Plan
    store: Gallery
    queues: Queues
    embedding: Embedding
    budget: Budget | None
    storing: threading.Lock = field(default_factory=threading.Lock)


@dataclass(eq=False)
class _Counts:
    """What came of one source so far."""

    watch: Stopwatch = field(default_factory=Stopwatch)
    frames: int = 0
    detections: int = 0
    tracklets: int = 0
    crops: int = 0
    dropped: int = 0
    ids: list[str] = field(default_factory=list)
    added: bool = False
    last: float | None = None


class Lane:
    """One camera, worked on by two threads: one reads, the other follows people and stores them.

    number: of the camera, from 0; tasks: its sources, opened

    Attributes, for whoever looks after it: `results`; `errors`, of sources and, last, what ended
    the thread, and then `broken`; `looked`, frames, and `video`, seconds, of all sources so far.
    """

    def __init__(self, number: int, tasks: list[Task], common: Common) -> None:
        self.number, self.tasks, self.camera = number, tasks, tasks[0].camera
        self.results: list[Ingested] = []
        self.errors: list[Exception] = []
        self.broken = False
        self.looked, self.video = 0, 0.0
        self._common, self._queues = common, common.queues
        self._task, self._counts = tasks[0], _Counts()
        self._state, self._passed, self._tracklets = "waiting", 0, 0
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"camera {self.camera}", daemon=True)

    @property
    def live(self) -> bool:
        """Whether the source that it is at is live."""
        return self._task.source.live

    @property
    def watch(self) -> Stopwatch:
        """Counts the stages of the source that it is at."""
        return self._counts.watch

    @property
    def progress(self) -> CameraProgress:
        """How far it is."""
        source, state = self._task.source, self._state
        if state == "running" and isinstance(source, Stream) and not source.connected:
            state = "away"
        return CameraProgress(
            self.camera,
            source.name,
            state,
            done=self._passed,
            total=source.expected,
            frames=self._counts.frames,
            dropped=self._queues.dropped(self.number),
            tracklets=self._tracklets,
        )

    def stop(self) -> None:
        """End soon. Live sources end here and are stored; of recordings the part begun is not."""
        self._stop.set()
        for task in self.tasks:
            task.source.close()
        if not self.live:
            self._queues.close(self.number)

    def _run(self) -> None:
        try:
            for task in self.tasks:
                if self._stop.is_set():
                    break
                self._take_in(task)
        except Exception as error:
            self.errors.append(error)
            self.broken = True
        finally:
            self._state = "failed" if self.errors else "done"
            if self._common.budget is not None:
                self._common.budget.native(self.number, 0.0)
            self._queues.close(self.number)

    def _take_in(self, task: Task) -> None:
        """One source, from where it was left to its end."""
        began = time.perf_counter()
        self._counts = _Counts()
        self._task, self._passed, self._state = task, 0, "running"
        part, position, identity = 0, BEGINNING, None
        if not task.source.live:
            identity = identity_of(task, self._common.plan)
            with self._common.storing:
                recordings = self._common.store.recordings()
            try:
                left = resume(identity, recordings, task.source.name)
            except PasserbyError as error:  # the camera's next recording may be new
                self.errors.append(error)
                return
            self._counts.ids += left.held
            if left.position is None:
                self._passed = task.source.expected
                self._finish(task, began, whole=True)
                return
            part, position = left.part, left.position
        self._queues.open(self.number, drops=task.source.live)
        reading = threading.Thread(
            target=self._read, args=(task, position), name=f"reading {self.camera}", daemon=True
        )
        reading.start()
        feed, whole = Feed(self._queues, self.number), True
        try:
            while (first := feed.first()) is not None:
                if identity is None:
                    identity = identity_of(task, self._common.plan, first.frame.wall)
                dropped = self._queues.dropped(self.number)
                common, watch = self._common, self._counts.watch
                found = follow(
                    feed, first, part, task, identity, common.plan, common.embedding, watch,
                    self._note,
                )  # fmt: skip
                if feed.error is not None:  # it is not known where it would have ended
                    break
                self._keep(found, self._queues.dropped(self.number) - dropped)
                part += 1
        except Stopped:
            whole = task.source.live
        finally:
            task.source.close()
        if isinstance(feed.error, PasserbyError):
            self.errors.append(feed.error)  # the camera's next recording may be sound
        elif feed.error is not None:
            raise feed.error
        self._finish(task, began, whole=whole and feed.error is None)

    def _keep(self, part: Part, dropped: int) -> None:
        """Store a part."""
        counts, recording = self._counts, part.recording
        if self._task.source.live:
            recording = replace(recording, settings={**recording.settings, "dropped": dropped})
        entries = part.gathering.entries
        with counts.watch("store"), self._common.storing:
            added = self._common.store.add(recording, entries, part.gathering.embeddings())
        counts.ids.append(recording.id)
        counts.dropped += dropped
        if added:
            counts.added = True
            counts.tracklets += len(entries)
            counts.crops += sum(len(entry.crops) for entry in entries)
            self._tracklets += len(entries)

    def _note(self, frame: Frame, detections: Detections) -> None:
        """A frame is through."""
        counts = self._counts
        counts.frames += 1
        counts.detections += len(detections)
        self.video += frame.time - (frame.time if counts.last is None else counts.last)
        counts.last = frame.time
        self.looked += 1
        self._passed = frame.number + 1

    def _read(self, task: Task, position: Position) -> None:
        """The reader's thread: hand in frames until nobody wants them."""
        error: Exception | None = None
        timer = threading.Timer(self._common.plan.seconds or 0.0, task.source.close)
        timer.daemon = True
        if task.source.live and self._common.plan.seconds is not None:
            timer.start()
        try:
            frames = task.source.frames(begin=position, pick=self._picks(task))
            for frame in self._counts.watch.waiting("decode", frames):
                if not self._queues.put(self.number, frame):
                    break
        except Exception as failure:
            error = failure
        finally:
            timer.cancel()
            self._queues.put(self.number, Over(error))

    def _picks(self, task: Task) -> Pick:
        """Which frames are looked at."""
        evenly: Pick = everything
        if task.fps is not None:
            # Half a frame of grace: times are rounded to the container's clock.
            evenly = Evenly(task.fps, 0.5 / max(task.source.rate, task.fps))
        if self._common.budget is None:
            return evenly
        paced = Paced(self._common.budget, self.number)
        return lambda time: evenly(time) and paced(time)

    def _finish(self, task: Task, began: float, *, whole: bool) -> None:
        """Write down what came of a source."""
        counts = self._counts
        self.results.append(
            Ingested(
                source=task.source.name,
                id=counts.ids[0] if counts.ids else "",
                added=counts.added,
                frames=counts.frames,
                lost=task.source.lost,
                detections=counts.detections,
                tracklets=counts.tracklets,
                crops=counts.crops,
                seconds=dict(counts.watch.seconds),
                camera=task.camera,
                elapsed=time.perf_counter() - began,
                recordings=tuple(counts.ids),
                whole=whole,
                dropped=counts.dropped,
                breaks=task.source.breaks if isinstance(task.source, Stream) else 0,
            )
        )
