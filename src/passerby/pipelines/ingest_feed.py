"""`Feed`: the frames of one camera, as they come out of the queues."""

from passerby.pipelines.ingest_queues import Looked, Over, Queues

PULSE = 0.5
"""Seconds after which a camera that shows nothing looks at the clock."""


class Feed:
    """What a camera's queue gives, with one place to put a frame back.

    Attributes: `over`, nothing will come any more; `error`, why, if it was one.
    """

    def __init__(self, queues: Queues, camera: int) -> None:
        self.over = False
        self.error: Exception | None = None
        self._queues, self._camera = queues, camera
        self._kept: Looked | None = None

    def next(self, timeout: float) -> Looked | None:
        """The next frame; None when none came in time, or none will come: then `over` is True."""
        if self._kept is not None:
            kept, self._kept = self._kept, None
            return kept
        if self.over:
            return None
        item = self._queues.get(self._camera, timeout)
        if isinstance(item, Over):
            self.over, self.error = True, item.error
            return None
        return item

    def back(self, looked: Looked) -> None:
        """Give a frame back, to be the next one again."""
        self._kept = looked

    def first(self) -> Looked | None:
        """The frame that comes next, left where it is; None when none will come any more."""
        while (looked := self.next(PULSE)) is None:
            if self.over:
                return None
        self.back(looked)
        return looked
