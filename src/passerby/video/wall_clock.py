"""`WallClock`: when a live stream's frames were taken, by their arrival."""


class WallClock:
    """Turns a stream's own clock into seconds since the epoch.

    Frames come in bursts, but no frame arrives before it was taken: the one that came soonest
    after its own time tells how the two clocks lie, and all others are placed by that. The offset
    may creep back by `drift` seconds a second, for no two clocks run alike. When frames lie more
    than `patience` seconds off, the stream's clock was set anew, and so is the offset.

    Times returned always rise, by a millisecond at least.

    >>> clock = WallClock()
    >>> frames = ((5.0, 100.0), (5.1, 100.3), (5.2, 100.2))  # the second came late
    >>> [round(clock(own, arrival), 2) for own, arrival in frames]
    [100.0, 100.1, 100.2]
    """

    def __init__(self, drift: float = 0.001, patience: float = 2.0) -> None:
        self.drift, self.patience = drift, patience
        self._offset: float | None = None
        self._last: tuple[float, float] | None = None  # arrival, wall

    def __call__(self, own: float | None, arrival: float) -> float:
        """The wall clock of a frame that carries the time `own` (None: none) and came now."""
        if own is None:
            wall = arrival
        else:
            lag = arrival - own
            if self._offset is None or abs(lag - self._offset) > self.patience:
                self._offset = lag
            else:
                since = 0.0 if self._last is None else max(0.0, arrival - self._last[0])
                self._offset = min(lag, self._offset + self.drift * since)
            wall = own + self._offset
        if self._last is not None:
            wall = max(wall, self._last[1] + 0.001)
        self._last = (arrival, wall)
        return wall

    def restart(self, lag: float | None = None) -> None:
        """The stream was opened again: its clock may be another one, ours goes on.

        lag: seconds between the two where that is known
        """
        self._offset = lag
