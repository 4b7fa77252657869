"""`passerby ingest`: find the people in videos and live cameras and add them to a gallery."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from passerby.pipelines.ingest_plan import Ingested


def main(arguments: list[str]) -> int:
    """Run `passerby ingest ARGUMENTS` and return its exit status."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.ingest import ingest

    parser = ArgumentParser(
        prog="passerby ingest",
        description="Find the people in videos and live cameras and add them to a gallery.",
    )
    parser.add_argument(
        "videos",
        nargs="+",
        metavar="VIDEO",
        help="video files, folders of images, streams (rtsp://...), webcams (webcam:0); or one "
        ".yaml file that lists cameras",
    )
    parser.add_argument(
        "--start",
        action="append",  # a list of words would swallow a video after it
        default=[],
        metavar="TIME",
        help="when the video begins, such as 2026-05-31T14:30:00 (UTC), or with an offset "
        '(+02:00); "container" asks the file and name:PATTERN its name, such as '
        "name:front_%%Y-%%m-%%d_%%H-%%M-%%S; repeat it for each video, in their order; without "
        "it, times count from the video's beginning",
    )
    parser.add_argument("--progress", type=bool, default=True, help="show a progress bar")
    parser.add_function_arguments(ingest, skip={"videos", "start", "progress", "cancelled"})
    given = parser.parse_args(arguments)
    with _asked_to_end() as ending:
        done = ingest(**vars(given), cancelled=ending)
    for source in done:
        print(_line(source))
    added = sum(source.tracklets for source in done)
    print(f"{added} tracklets added to {given.gallery}")
    if all(source.whole for source in done):
        return 0
    print("interrupted; run the same command again to go on")
    return 130


@contextmanager
def _asked_to_end() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or a request to terminate has come; a second one ends everything at once."""
    asked = threading.Event()

    def note(number: int, _: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _line(source: "Ingested") -> str:
    """What came of one source, in words."""
    if not source.added and source.frames == 0:
        return f"{source.source}: was ingested before ({source.id}); skipped"
    frames = f"{source.frames} frames"
    frames += f", {source.lost} lost" if source.lost else ""
    frames += f", {source.dropped} dropped" if source.dropped else ""
    frames += f", {source.breaks} times broken off" if source.breaks else ""
    if not source.whole:
        frames += ", stopped before the end"
    if source.tracklets == 0:
        return (
            f"{source.source}: no people found in {frames} ({source.detections} boxes); noted, "
            "nothing to search. If there are people, lower --threshold or try another --detector"
        )
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in source.seconds.items())
    rate = source.frames / max(source.elapsed or sum(source.seconds.values()), 1e-9)
    kept = ", ".join(source.recordings or (source.id,))
    return (
        f"{source.source}: {source.tracklets} tracklets of {source.detections} boxes in {frames} "
        f"({rate:.1f} frames/s; work on each stage: {stages}); "
        f"recording{'s' if len(source.recordings) > 1 else ''} {kept}"
    )
