"""Videos -> the people in them -> a gallery."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from passerby.core.errors import PasserbyError
from passerby.engine.embedder import load_embedder
from passerby.gallery.folder import FolderGallery
from passerby.gallery.seen import Model
from passerby.gallery.times import parse_time
from passerby.pipelines.ingest_video import Ingested, Plan, ingest_video
from passerby.video.decode import Video
from passerby.video.detectors import detector_kind, load_detector

DETECTOR = "person-detection-retail-0013"
EMBEDDER = "person-reidentification-retail-0277"


def ingest(
    videos: Sequence[Path],
    camera: str,
    gallery: Path,
    start: Sequence[str] = (),
    detector: str = DETECTOR,
    threshold: float | None = None,
    embedder: str = EMBEDDER,
    fps: float | None = None,
    rate: float = 25.0,
    crops: int = 5,
    device: str = "cpu",
    progress: bool = True,
) -> tuple[Ingested, ...]:
    """Find the people in videos and add them to a gallery.

    A video is added whole or not at all: after an interruption, run the same command again; what
    is complete is skipped. Models are fetched when they are first needed.

    Args:
        videos: video files, or folders of a recording's images
        camera: name of the camera that saw them
        gallery: folder of the gallery; made if there is none
        start: when each video begins, such as 2026-05-31T14:30:00 (UTC) or with an offset
            (+02:00); without it, times count from the video's beginning
        detector: what finds people: person-detection-retail-0013, nanodet_m, or motion (needs no
            weights; for a camera that stands still)
        threshold: lowest score of a box that is used; by default the detector's own
        embedder: what tells people apart: a checkpoint, a run folder, an .xml or .onnx file, or the
            name of a public model
        fps: look at no more frames a second than this; by default at all
        rate: frames a second of a folder of images, which carries no times
        crops: pictures kept of each tracklet
        device: where the embedder runs, such as cpu or cuda; OpenVINO and ONNX models run on the
            CPU
        progress: show a progress bar

    Raises:
        PasserbyError: a video is missing or unreadable, a time is no time, the gallery is another
            model's, or holds the video with other settings.
    """
    if not videos:
        raise PasserbyError("no video was given; name one at least")
    if not camera.strip():
        raise PasserbyError("the camera needs a name, such as --camera entrance")
    if crops < 1:
        raise PasserbyError(f"crops is {crops}; keep 1 picture of a tracklet at least")
    if threshold is not None and not 0 <= threshold <= 1:
        raise PasserbyError(f"threshold is {threshold}; scores of boxes are from 0 to 1")
    if fps is not None and not fps > 0:
        raise PasserbyError(f"fps is {fps}; it must be more than 0")
    if not rate > 0:
        raise PasserbyError(f"rate is {rate}; it must be more than 0")
    if start and len(start) != len(videos):
        raise PasserbyError(
            f"{len(videos)} videos came with {len(start)} start times; give one for each video, in "
            "their order, or none"
        )
    starts = [parse_time(text) for text in start] or [None] * len(videos)
    kind = detector_kind(detector)
    opened = [Video(Path(path), rate=rate) for path in videos]  # fails before any work is done
    model = load_embedder(embedder, device)
    plan = Plan(
        camera=camera.strip(),
        detector=detector,
        threshold=kind.threshold if threshold is None else threshold,
        sure=kind.sure if threshold is None else max(kind.sure, threshold),
        fps=fps,
        crops=crops,
        embedder=model,
    )
    load_detector(detector, plan.threshold)  # its weights are there, or this says why not
    source = str(Path(embedder).resolve()) if Path(embedder).exists() else embedder
    store = FolderGallery.create(gallery, Model(model.name, model.hash, model.metric, source))
    done = []
    with _progress_bar(progress) as bar:
        for video, begins in zip(opened, starts, strict=True):
            done.append(ingest_video(video, begins, plan, store, bar))
    return tuple(done)


@contextmanager
def _progress_bar(show: bool) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("frames"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not show) as bar:
        yield bar
