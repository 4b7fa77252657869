"""`Searches`: what was searched for, for as long as somebody looks at the answers."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from passerby.gallery.filter import Filter

Kind = Literal["picture", "tracklet", "person"]


@dataclass(frozen=True, eq=False)
class Search:
    """A search whose answers are being looked at. Nothing of it is ever on the disk.

    id:        random
    owner:     name of the access key that searched; nobody else gets at it
    kind:      what was searched with
    query:     (D,) feature as it was first asked
    model:     hash of the model that made it
    where:     which entries may be found
    left_out:  ids of tracklets that are no answer: the query's own, and those refused since
    top:       how many were asked for
    hits:      ids and distances, nearest first
    confirmed: ids that a human said show the person; they stand first
    rejected:  ids that a human said do not
    box:       part of the uploaded picture that was searched
    """

    id: str
    owner: str
    kind: Kind
    query: Tensor
    model: str
    where: Filter
    left_out: frozenset[str]
    top: int
    hits: tuple[tuple[str, float], ...]
    confirmed: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    box: tuple[float, float, float, float] | None = None


def new_id() -> str:
    """A random id of a search."""
    return secrets.token_hex(12)


class Searches:
    """The latest searches, in memory, for a while.

    most:    how many; the oldest goes first
    seconds: for which one is kept after it was last looked at
    """

    def __init__(
        self, most: int, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self.seconds, self.now = most, seconds, now
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[Search, float]] = OrderedDict()

    def keep(self, search: Search) -> None:
        """Remember a search, or what became of it."""
        with self._lock:
            self._held[search.id] = (search, self.now() + self.seconds)
            self._held.move_to_end(search.id)
            while len(self._held) > self.most:
                self._held.popitem(last=False)

    def get(self, id: str, owner: str) -> Search | None:
        """A search by its id; None when it is over, or is not `owner`'s."""
        with self._lock:
            search, until = self._held.get(id, (None, 0.0))
            if search is None or search.owner != owner:
                return None
            if self.now() >= until:
                del self._held[id]
                return None
            self._held[id] = (search, self.now() + self.seconds)
            self._held.move_to_end(id)
            return search

    def clear(self) -> int:
        """Forget all of them, as when a person is forgotten; how many there were."""
        with self._lock:
            gone = len(self._held)
            self._held.clear()
            return gone

    def __len__(self) -> int:
        return len(self._held)
