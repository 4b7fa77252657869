"""Which frames of a video are looked at."""

import math
import threading
from collections.abc import Callable, Sequence

from passerby.core.errors import PasserbyError

Pick = Callable[[float], bool]
"""Time of a frame in seconds, rising -> whether it is looked at."""


def everything(time: float) -> bool:
    """Look at every frame.

    >>> everything(0.1)
    True
    """
    return True


class Evenly:
    """Looks at no more than `fps` frames a second: the first of each slot of 1 / fps seconds.

    Slots count from time 0, so that what is looked at depends on a frame's time alone, wherever
    reading began.

    grace: seconds by which times may be rounded down: half a frame
    Raises PasserbyError when `fps` is not above 0.

    >>> look = Evenly(2.0)
    >>> [look(time) for time in (0.0, 0.25, 0.5, 0.75)]
    [True, False, True, False]
    """

    def __init__(self, fps: float, grace: float = 0.0) -> None:
        if not fps > 0:
            raise PasserbyError(f"fps is {fps}; it must be more than 0")
        self.fps, self.grace = fps, grace
        self._slot = -1

    def __call__(self, time: float) -> bool:
        """Whether the frame at `time` (seconds) is the first of its slot."""
        slot = math.floor((time + self.grace) * self.fps + 1e-9)
        new, self._slot = slot > self._slot, max(slot, self._slot)
        return new


class Paced:
    """Looks at as many frames a second as `Budget` allows at the time, evenly spaced."""

    def __init__(self, budget: "Budget", camera: int) -> None:
        self._budget, self._camera = budget, camera
        self._due = -math.inf
        self._times: list[float] = []

    def __call__(self, time: float) -> bool:
        """Whether there is time for the frame at `time` (seconds)."""
        self._times = [*self._times[-30:], time]
        if len(self._times) > 1 and (span := time - self._times[0]) > 0:
            self._budget.native(self._camera, (len(self._times) - 1) / span)
        rate = self._budget.rate(self._camera)
        if time < self._due - 1e-6:
            return False
        step = 0.0 if math.isinf(rate) else 1 / rate
        # A grid, not "step after this frame": rounding up to whole frames would turn 20 of 25 a
        # second into 12.5. Half a step at least, so that a pause is not made up for by a burst.
        self._due = time + step if math.isinf(self._due) else max(self._due + step, time + step / 2)
        return True


class Budget:
    """How many frames a second each camera may spend, so that the work keeps up with time.

    share:   seconds of work allowed for each second of video, all cameras together
    cameras: how many there are

    What can be done is learnt by doing: while the work falls behind, a little less is asked for
    than was just done; while it does not, a little more. It is shared by `fair_rates`: whoever
    shows few frames keeps them all, the others get the same, and nobody gets none. Threads may
    share a budget.

    Raises PasserbyError when `share` is not above 0.
    """

    def __init__(self, share: float, cameras: int) -> None:
        if not share > 0:
            raise PasserbyError(
                f"budget is {share}; it is seconds of work for each second of video, such as 1"
            )
        self.share = share
        self.capacity = math.inf
        self._native = [0.0] * cameras
        self._lock = threading.Lock()

    def native(self, camera: int, fps: float) -> None:
        """A camera shows so many frames a second; 0 when it shows none any more."""
        with self._lock:
            self._native[camera] = fps

    def note(self, frames: int, seconds: float, *, behind: bool) -> None:
        """So many frames were looked at in the last seconds, by all cameras together.

        behind: whether the work fell behind meanwhile
        """
        with self._lock:
            if behind and frames > 0:
                self.capacity = 0.9 * self.share * frames / seconds
            elif not behind:
                self.capacity *= 1.1

    def rate(self, camera: int) -> float:
        """Frames a second that this camera may spend now; infinite while nothing is known."""
        with self._lock:
            return fair_rates(self._native, self.capacity)[camera] or math.inf


def fair_rates(native: Sequence[float], capacity: float) -> list[float]:
    """`capacity` frames a second shared so that the least served get as much as can be.

    native: what each could use; none gets more. The rest is shared equally by those who want more
            ("max-min fairness", Bertsekas and Gallager, "Data Networks", 1987).

    >>> fair_rates([2.0, 30.0, 30.0], 22.0)
    [2.0, 10.0, 10.0]
    """
    rates = [0.0] * len(native)
    left, order = capacity, sorted(range(len(native)), key=lambda camera: native[camera])
    for place, camera in enumerate(order):
        rates[camera] = min(native[camera], left / (len(order) - place))
        left -= rates[camera]
    return rates
