"""`Stopwatch`: how long each stage took."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


class Stopwatch:
    """Adds up seconds under names; threads may share one.

    >>> watch = Stopwatch()
    >>> with watch("detect"):
    ...     pass
    >>> list(watch.seconds), watch.seconds["detect"] >= 0
    (['detect'], True)
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def add(self, name: str, seconds: float) -> None:
        """Add `seconds` to `name`."""
        with self._lock:
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Add the time spent inside to `name`."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - began)

    def waiting(self, name: str, items: Iterable[Item]) -> Iterator[Item]:
        """The same items; the time that each takes to come is added to `name`."""
        iterator = iter(items)
        while True:
            with self(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item
