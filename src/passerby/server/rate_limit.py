"""`RateLimit`: how often somebody may ask."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from passerby.server.limits import Rate

_MOST = 10_000


class RateLimit:
    """A token bucket for each name: `rate.burst` at once, then `rate.second` a second.

    Of those who have not asked for longest, more than 10,000 are forgotten; their buckets are
    full again by then, or somebody asks under ten thousand names, whom this cannot stop.

    rate: of each bucket
    now:  a clock in seconds that never goes back

    >>> clock = iter([0.0, 0.0, 0.0, 3.0])
    >>> limit = RateLimit(Rate(burst=2, second=0.5), now=lambda: next(clock))
    >>> [limit.take("a") for _ in range(4)]
    [0.0, 0.0, 2.0, 0.0]
    """

    def __init__(self, rate: Rate, now: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.now = rate, now
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """Take a token of `name`'s bucket: 0 if there was one, or the seconds until there is."""
        return self._look(name, taken=1.0)

    def wait(self, name: str) -> float:
        """The same without taking it."""
        return self._look(name, taken=0.0)

    def _look(self, name: str, taken: float) -> float:
        with self._lock:
            now = self.now()
            tokens, then = self._buckets.get(name, (self.rate.burst, now))
            tokens = min(self.rate.burst, tokens + (now - then) * self.rate.second)
            enough = tokens >= 1
            if taken or name in self._buckets:
                self._buckets[name] = (tokens - taken if enough else tokens, now)
                self._buckets.move_to_end(name)
            while len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        if enough:
            return 0.0
        return (1 - tokens) / self.rate.second if self.rate.second > 0 else math.inf
