"""Locks and unfinished business of a gallery folder."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_UNFINISHED = ".incoming-"


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Wait until no other process is in here for the same gallery; the system frees a dead one's
    lock."""
    handle = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def staging(directory: Path) -> Iterator[Path]:
    """A new folder inside the gallery, its owner's only; gone afterwards unless it was renamed."""
    with alone(directory):  # `sweep` must not see it before it is locked
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=directory))
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def sweep(directory: Path) -> None:
    """Remove the staging folders of processes that were killed; needs `alone`."""
    for folder in sorted(directory.glob(f"{_UNFINISHED}*")):
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # finished between the two lines
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # its process lives
            continue
        finally:
            os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def write_once(path: Path, text: str) -> None:
    """Write `path` in one step, unless it is there or another process is faster."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".once-")
    try:
        with open(handle, "w") as file:
            file.write(text)
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink(missing_ok=True)
