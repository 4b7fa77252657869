"""A progress bar for each camera, on the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

from passerby.pipelines.ingest_plan import Progress


@contextmanager
def progress_bar(show: bool) -> Iterator[Callable[[Progress], object]]:
    """What `run` tells its progress to; it draws a line for each source, on standard error."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("frames, {task.fields[words]}"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), disable=not show) as bars:
        tasks: dict[tuple[str, str], TaskID] = {}

        def draw(progress: Progress) -> None:
            for camera in progress.cameras:
                key = (camera.camera, camera.source)
                if key not in tasks:
                    words = f"{camera.camera}: {camera.source}"
                    tasks[key] = bars.add_task(words, total=camera.total or None, words="")
                words = f"{camera.tracklets} tracklets"
                words += f", {camera.dropped} dropped" if camera.dropped else ""
                words += "" if camera.state in ("running", "done") else f", {camera.state}"
                bars.update(tasks[key], completed=camera.done, words=words)

        yield draw
