"""`Sessions`: who signed in on the page."""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST = 10_000


class Sessions:
    """Random tokens that stand for an access key, in memory only: a restart signs everybody out.

    The browser keeps the token in a cookie that scripts cannot read. The key itself is looked at
    again in every request, so that one that is revoked or expires ends its sessions at once.

    seconds: after which a token is worth nothing
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.now = seconds, now
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def open(self, secret: str) -> str:
        """A new token for an access key's secret."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._held[_digest(token)] = (secret, self.now() + self.seconds)
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
        return token

    def secret(self, token: str) -> str | None:
        """The secret that a token stands for; None if it stands for none any more."""
        with self._lock:
            secret, until = self._held.get(_digest(token), ("", 0.0))
            if not secret:
                return None
            if self.now() >= until:
                del self._held[_digest(token)]
                return None
            return secret

    def close(self, token: str) -> None:
        """The token stands for nothing from now on."""
        with self._lock:
            self._held.pop(_digest(token), None)


def _digest(token: str) -> str:
    """What is looked up: how long that takes says nothing about the tokens."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
