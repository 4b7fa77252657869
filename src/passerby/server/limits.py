"""`Limits`: how much the service takes of anything."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rate:
    """So many at once, and so many a second in the long run.

    burst:  requests that may come at once
    second: requests a second that may follow
    """

    burst: float
    second: float


@dataclass(frozen=True)
class Limits:
    """How much the service takes of anything; more is refused in words.

    upload_bytes:   of an uploaded picture
    upload_pixels:  of an uploaded picture, width times height
    uploads:        that are read at the same time; others wait
    decoding:       that are decoded at the same time; others wait
    upload_wait:    seconds for which they wait
    json_bytes:     of any other body
    body_seconds:   until a body must be here as a whole
    answer_seconds: for which a picture may wait for the model
    waiting:        pictures that wait for the model
    batch:          pictures that the model looks at together
    streams:        open streams of events
    searches:       that are remembered, to be paged through and refined
    search_seconds: for which they are remembered
    session_seconds: after which who signed in must do so again
    key, address:   requests by one access key, and from one address
    failures:       wrong keys from one address
    """

    upload_bytes: int = 20 << 20
    upload_pixels: int = 24_000_000
    uploads: int = 32
    decoding: int = 4
    upload_wait: float = 10.0
    json_bytes: int = 1 << 20
    body_seconds: float = 30.0
    answer_seconds: float = 30.0
    waiting: int = 128
    batch: int = 16
    streams: int = 64
    searches: int = 1000
    search_seconds: float = 1800.0
    session_seconds: float = 12 * 3600.0
    key: Rate = field(default_factory=lambda: Rate(600, 60))
    address: Rate = field(default_factory=lambda: Rate(1200, 120))
    failures: Rate = field(default_factory=lambda: Rate(10, 0.1))
