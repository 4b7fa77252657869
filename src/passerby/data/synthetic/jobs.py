"""Pictures to be written, spread over processes, in a way that can be interrupted."""

import multiprocessing
import os
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import torch

from passerby.core.errors import PasserbyError

_TEMPORARY = re.compile(r"\..+-[0-9a-f]{8}\.\w+$")
_AT_LEAST = 16  # jobs for each process, or starting it takes longer than its work


class Job(Protocol):
    """One file to be written; anything else it writes, it writes before that."""

    @property
    def path(self) -> Path:
        """The file; when it is there, the job is done."""
        ...

    def write(self) -> None:
        """Write it, whole or not at all."""
        ...


def run_jobs(jobs: Sequence[Job], what: str, out: Path, workers: int | None = None) -> int:
    """Do the jobs whose files are not there yet; how many that were.

    what:    shown beside the progress bar
    out:     the folder that all their files are in; halves of files that a killed run left there
             are removed
    workers: processes; by default one for each core. The files do not depend on it.

    Raises PasserbyError when `workers` is below 1.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    if workers is not None and workers < 1:
        raise PasserbyError(f"workers is {workers}; choose 1 or more, or leave it out")
    _tidy(out)
    left = [job for job in jobs if not job.path.exists()]
    workers = min(workers or os.cpu_count() or 1, max(1, len(left) // _AT_LEAST))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(what, total=len(jobs), completed=len(jobs) - len(left))
        for _ in _done(left, workers):
            progress.advance(bar)
    return len(left)


def _done(jobs: Sequence[Job], workers: int) -> Iterable[None]:
    if workers == 1:
        # As in the other processes: more threads gain nothing where operations are small.
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield from map(_write, jobs)
        finally:
            torch.set_num_threads(threads)
        return
    with rendering_processes(workers) as pool:
        yield from pool.map(_write, jobs, chunksize=8)


@contextmanager
def rendering_processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes of one thread each; they go when this process goes, whether it ends, is interrupted
    or is killed.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write(job: Job) -> None:
    job.write()


def _begin() -> None:
    """One thread; and go when the process that asked is gone, however it went."""
    torch.set_num_threads(1)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def _tidy(out: Path) -> None:
    """Remove halves of files that a killed run left."""
    for folder, _, names in os.walk(out):
        for name in names:
            if _TEMPORARY.match(name):
                (Path(folder) / name).unlink(missing_ok=True)
