"""`EmbeddedServer`: PostgreSQL inside a gallery's folder, shared by whoever uses that gallery.

    postgres/     its data, see `cluster`
    users.lock    locked, shared, by every process that uses the gallery
    server.lock   locked by the server's processes, as long as one of them lives
    server.log    what it had to say since it was started

The first to come starts the server, and it stops with the last one to go, also if that one is
killed (see `keeper`). It listens on a socket in its own folder, never on the network.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.gallery import cluster, keeper

PORT = 5432  # no port of the network: part of the socket's name
_SHORT = 90  # bytes; the system allows 107 for a socket and its name
_STEP = 0.02  # seconds between two looks


class EmbeddedServer:
    """A hold on the server of a gallery's folder; `release` lets go.

    place:  the gallery's folder, which must be there
    create: make the data folder if there is none

    Raises PasserbyError when it cannot be started, in PostgreSQL's own words.
    """

    def __init__(self, place: Path, *, create: bool) -> None:
        self.place = place
        self.data = place / "postgres"
        self._maker = os.getpid()
        self._users = _open(place / "users.lock", place)
        try:
            fcntl.flock(self._users, fcntl.LOCK_SH)  # waits while the last user stops the server
            self._ensure(create)
            self._folder = os.open(self.data, os.O_RDONLY | os.O_DIRECTORY)
        except BaseException:
            os.close(self._users)
            raise

    @property
    def socket(self) -> str:
        """The folder of the server's socket, as its clients must write it: not too long."""
        path = str(self.data.resolve())
        if len(os.fsencode(path)) <= _SHORT and not any(sign in path for sign in ",'\"\\ "):
            return path
        return f"/proc/{self._maker}/fd/{self._folder}"

    def ensure(self) -> None:
        """Start the server again if it has died."""
        self._ensure(create=False)

    def release(self) -> None:
        """Let go; the last one stops the server, and returns when everything is on disk."""
        if os.getpid() == self._maker:
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()
            except BlockingIOError:  # others use it, or its keeper was faster
                pass
        os.close(self._users)
        os.close(self._folder)

    def _ensure(self, create: bool) -> None:
        lock = _open(self.place / "server.lock", self.place)
        try:
            while not _locked(lock):
                if _answers(self.data):
                    return
                time.sleep(_STEP)  # another process is starting it
            if not (self.data / "PG_VERSION").exists() and create and not self.data.exists():
                cluster.make(self.data, cluster.account(self.place, self.data))
            cluster.require_version(self.data, self.place)
            # We have the lock, so no server lives; what stands in here is of one that was killed.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            self._start(lock)
        finally:
            os.close(lock)

    def _start(self, lock: int) -> None:
        who = cluster.account(self.place, self.data)
        command = [
            sys.executable, "-I", "-S", keeper.__file__, str(self.place / "users.lock"),
            *("" if part is None else str(part) for part in (who.user, who.group)),
            str(cluster.programs() / "postgres"), "-D", cluster.HERE, "-k", ".", "-p", str(PORT),
            *(f"-c{name}={value}" for name, value in settings().items()),
        ]  # fmt: skip
        with open(self.place / "server.log", "wb", opener=_private) as log:
            process = subprocess.Popen(
                command, cwd=self.data, env=cluster.surroundings(), pass_fds=[lock],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        while not _answers(self.data):
            if process.poll() is not None:
                raise PasserbyError(self._why())
            time.sleep(_STEP)

    def _why(self) -> str:
        said = (self.place / "server.log").read_text(errors="replace").splitlines()
        fatal = [line for line in said if any(w in line for w in ("FATAL", "PANIC", "Error"))]
        reason = (fatal or said or ["it gave no reason"])[-1].strip()
        return (
            f"the database of the gallery {self.place} does not start: {reason}. If the disk is "
            f"full or read-only, mend that; {self.place / 'server.log'} tells more"
        )

    def _stop(self) -> None:
        """Stop the server, if it runs, and wait until it has."""
        lock = _open(self.place / "server.lock", self.place)
        try:
            asked = False
            end = time.monotonic() + keeper.PATIENCE
            while not _locked(lock) and time.monotonic() < end:
                if not asked and (number := _postmaster(self.data)):
                    os.kill(number, signal.SIGINT)
                    asked = True
                time.sleep(_STEP)
        except (ProcessLookupError, PermissionError):
            pass  # it is gone, or its keeper, who has the right, stops it
        finally:
            os.close(lock)


def settings() -> dict[str, str]:
    """How the server runs, whatever stands in its folder; durable, quiet, without a network."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "shared_buffers": f"{min(max(memory // 8, 64), 4096)}MB",
        "max_wal_size": "4GB",
        "wal_recycle": "off",  # a used segment leaves the disk, with what was forgotten in it
        "jit": "off",
        "log_min_messages": "warning",
        "log_min_error_statement": "panic",  # no vector and no name of a person in the log
        "log_error_verbosity": "terse",
        "dynamic_shared_memory_type": "posix" if _roomy() else "mmap",
    }


def _roomy() -> bool:
    """Whether the system's shared memory holds more than a container's customary 64 MB."""
    try:
        found = os.statvfs("/dev/shm")
    except OSError:
        return False
    return found.f_bavail * found.f_frsize > 1 << 30


def _open(file: Path, place: Path) -> int:
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.geteuid() == 0:  # root is a guest in somebody's folder
            owner = place.stat()
            os.fchown(handle, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise PasserbyError(
            f"the gallery {place} cannot be used: {error.strerror} ({file.name}). Its database "
            "needs a disk that it may write to, also for searching; run as the user whose folder "
            "it is, or copy it to where you may write"
        ) from error
    return handle


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _postmaster(data: Path) -> int | None:
    """The number of the server's first process, from its own note."""
    try:
        return int((data / "postmaster.pid").read_text().split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def _answers(data: Path) -> bool:
    """Whether the server says of itself that it is ready."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False
