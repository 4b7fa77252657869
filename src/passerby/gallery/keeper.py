"""The parent of an embedded server: stops it when the last process that used it is gone.

It is started as a program of its own with `users` and the server's command line, in the server's
data folder. Every user of the gallery holds a shared lock on the file `users`, which the system
takes back however the user ends. Who gets the lock for itself alone is the last one here.

Only the standard library is imported: the keeper stays small.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading

PATIENCE = 60.0
"""Seconds that a server may take to stop in order before it is stopped at once."""


def keep(users: str, user: int | None, group: int | None, command: list[str]) -> None:
    """Run `command` as `user` until nobody holds a lock on the file `users`; then stop it.

    SIGINT is PostgreSQL's fast and orderly shutdown, SIGQUIT the one that leaves recovery to the
    next start. The file descriptors that this process was given go on to the server.
    """
    waiting = os.open(users, os.O_RDWR)
    groups = None if user is None else []
    server = subprocess.Popen(command, close_fds=False, user=user, group=group, extra_groups=groups)

    def follow() -> None:
        os._exit(server.wait() != 0)

    threading.Thread(target=follow, daemon=True).start()
    fcntl.flock(waiting, fcntl.LOCK_EX)
    server.send_signal(signal.SIGINT)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


if __name__ == "__main__":
    _, _users, _user, _group, *_command = sys.argv
    keep(_users, int(_user) if _user else None, int(_group) if _group else None, _command)
