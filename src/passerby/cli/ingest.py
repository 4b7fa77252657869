"""`passerby ingest`: find the people in videos and add them to a gallery."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from passerby.pipelines.ingest_video import Ingested


def main(arguments: list[str]) -> int:
    """Run `passerby ingest ARGUMENTS` and return its exit status."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.ingest import ingest

    parser = ArgumentParser(
        prog="passerby ingest", description="Find the people in videos and add them to a gallery."
    )
    parser.add_argument(
        "videos", nargs="+", metavar="VIDEO", help="video files, or folders of images"
    )
    parser.add_argument(
        "--start",
        action="append",  # a list of words would swallow a video after it
        default=[],
        metavar="TIME",
        help="when the video begins, such as 2026-05-31T14:30:00 (UTC), or with an offset "
        "(+02:00); repeat it for each video, in their order; without it, times count from the "
        "video's beginning",
    )
    parser.add_function_arguments(ingest, skip={"videos", "start"})
    given = parser.parse_args(arguments)
    done = ingest(**vars(given))
    for video in done:
        print(_line(video))
    added = sum(video.tracklets for video in done)
    print(f"{added} tracklets added to {given.gallery}")
    return 0


def _line(video: "Ingested") -> str:
    """What came of one video, in words."""
    if not video.added:
        return f"{video.source}: was ingested before ({video.id}); skipped"
    frames = f"{video.frames} frames" + (f", {video.lost} lost" if video.lost else "")
    if video.tracklets == 0:
        return (
            f"{video.source}: no people found in {frames} ({video.detections} boxes); noted, "
            "nothing to search. If there are people, lower --threshold or try another --detector"
        )
    whole = sum(video.seconds.values())
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in video.seconds.items())
    return (
        f"{video.source}: {video.tracklets} tracklets of {video.detections} boxes in {frames} "
        f"({video.frames / max(whole, 1e-9):.1f} frames/s: {stages}); recording {video.id}"
    )
