"""Videos and cameras -> the people in them -> a gallery."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.engine.embedder import load_embedder
from passerby.gallery.gallery import Gallery
from passerby.gallery.opening import create_gallery
from passerby.gallery.seen import Camera, Model
from passerby.gallery.times import parse_time
from passerby.pipelines.ingest_bar import progress_bar
from passerby.pipelines.ingest_cameras import read_cameras, seconds_of
from passerby.pipelines.ingest_plan import CameraPlan, Ingested, Plan, Progress, Task
from passerby.pipelines.ingest_run import run
from passerby.pipelines.looks import looks_of
from passerby.video.decode import Video
from passerby.video.detectors import detector_kind, load_detector
from passerby.video.growing import Keeping
from passerby.video.source import open_source
from passerby.video.start_time import container_time, name_time
from passerby.video.trackers import load_tracker

DETECTOR = "person-detection-retail-0013"
EMBEDDER = "person-reidentification-retail-0277"
TRACKER = "motion"


def ingest(
    videos: Sequence[str | Path],
    camera: str | None = None,
    gallery: str | Path = "",
    start: Sequence[str] = (),
    detector: str = DETECTOR,
    threshold: float | None = None,
    tracker: str = TRACKER,
    embedder: str = EMBEDDER,
    fps: float | None = None,
    budget: float | None = None,
    segment: str = "10min",
    seconds: float | None = None,
    rate: float = 25.0,
    crops: int = 5,
    hardware: str = "auto",
    device: str = "cpu",
    progress: bool | Callable[[Progress], object] = True,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Ingested, ...]:
    """Find the people in videos and live cameras and add them to a gallery.

    A recording is added in parts of about `segment`, each whole or not at all: after an
    interruption, run the same command again; what is complete is skipped, and the gallery is the
    same as without it. Models are fetched when they are first needed.

    Args:
        videos: video files, folders of a recording's images, streams (rtsp://, http://, udp://,
            ...), webcams (webcam:0); or one .yaml file that lists cameras, see
            docs/guides/video.md
        camera: name of the camera that saw them; a list of cameras names its own
        gallery: folder of the gallery, made if there is none, or postgresql://USER@HOST/NAME
        start: when each video begins, such as 2026-05-31T14:30:00 (UTC) or with an offset
            (+02:00); "container" asks the file, and "name:PATTERN" its name, such as
            name:front_%Y-%m-%d_%H-%M-%S; without it, times count from the video's beginning
        detector: what finds people: person-detection-retail-0013, nanodet_m, motion (needs no
            weights; for a camera that stands still), or a folder or hub name of an RT-DETR or
            D-FINE
        threshold: lowest score of a box that is used; by default the detector's own
        tracker: what follows people: motion, or appearance (motion and looks)
        embedder: what tells people apart: a checkpoint, a run folder, an .xml or .onnx file, or the
            name of a public model
        fps: look at no more frames a second than this; by default at all
        budget: seconds of work for each second of video, all cameras together; frames are
            skipped evenly where there is no time for all; 1 keeps up with real time. What is
            looked at then depends on the machine. By default every frame is looked at
        segment: a recording is cut about so often, such as 10min, where nobody is to be seen
        seconds: end live sources after so many; by default when the command is interrupted
        rate: frames a second of a folder of images, which carries no times
        crops: pictures kept of each tracklet
        hardware: what decodes video: auto, cpu, or a kind such as cuda
        device: where the embedder runs, such as cpu or cuda; OpenVINO and ONNX models run on the
            CPU
        progress: show a progress bar; or a function that is called with a `Progress` about four
            times a second, in this thread
        cancelled: asked as often; True ends it soon: live sources are stored up to here, of a
            recording the part that was begun is dropped

    Raises:
        PasserbyError: a video is missing or unreadable, a time is no time, the list of cameras is
            wrong, the gallery is another model's, or holds the video with other settings.
    """
    listed = _cameras(videos, camera, start)
    if not str(gallery).strip():
        raise PasserbyError("no gallery was given; add --gallery FOLDER, or postgresql://...")
    if crops < 1:
        raise PasserbyError(f"crops is {crops}; keep 1 picture of a tracklet at least")
    if threshold is not None and not 0 <= threshold <= 1:
        raise PasserbyError(f"threshold is {threshold}; scores of boxes are from 0 to 1")
    for name, value in (("fps", fps), ("rate", rate), ("budget", budget), ("seconds", seconds)):
        if value is not None and not value > 0:
            raise PasserbyError(f"{name} is {value}; it must be more than 0")
    length = seconds_of(segment)
    kind = detector_kind(detector, device=device)
    sure = kind.sure if threshold is None else max(kind.sure, threshold)
    threshold = kind.threshold if threshold is None else threshold
    load_tracker(tracker, sure)  # the name is right, or this says which there are
    tasks = [_tasks(one, fps, rate, hardware) for one in listed]  # fails before any work is done
    model = load_embedder(embedder, device)
    looks = looks_of(model)
    make_detector = partial(load_detector, detector, threshold, device=device)
    first = make_detector()  # its weights are there, or this says why not
    plan = Plan(
        detector=detector,
        tracker=tracker,
        threshold=threshold,
        sure=sure,
        keeping=Keeping(most=crops, differ=looks.differ),
        segment=length,
        budget=budget,
        seconds=seconds,
        embedder=model,
        make_detector=make_detector if kind.remembers else lambda: first,
        make_tracker=partial(load_tracker, tracker, sure, looks),
        remembers=kind.remembers,
    )
    source = str(Path(embedder).resolve()) if Path(embedder).exists() else embedder
    store = create_gallery(gallery, Model(model.name, model.hash, model.metric, source))
    try:
        _note_cameras(store, listed)
        if callable(progress):
            done = run(tasks, plan, store, progress, cancelled)
        else:
            with progress_bar(progress) as show:
                done = run(tasks, plan, store, show, cancelled)
        store.maintain()  # what is new is indexed at once, in bulk
        return done
    finally:
        store.close()


def _cameras(
    videos: Sequence[str | Path], camera: str | None, start: Sequence[str]
) -> tuple[CameraPlan, ...]:
    """The cameras that were asked for, by a list of them or by the command itself."""
    if not videos:
        raise PasserbyError("no video was given; name one at least")
    lists = [video for video in videos if Path(video).suffix.lower() in (".yaml", ".yml")]
    if lists:
        if len(videos) > 1 or camera is not None or start:
            raise PasserbyError(
                f"{lists[0]} is a list of cameras, which names each of them and its sources; give "
                "it alone, without --camera and --start"
            )
        return read_cameras(Path(lists[0]))
    if camera is None or not camera.strip():
        raise PasserbyError("the camera needs a name, such as --camera entrance")
    if start and len(start) != len(videos):
        raise PasserbyError(
            f"{len(videos)} videos came with {len(start)} start times; give one for each video, in "
            "their order, or none"
        )
    return (CameraPlan(camera.strip(), tuple(str(video) for video in videos), tuple(start)),)


def _tasks(camera: CameraPlan, fps: float | None, rate: float, hardware: str) -> list[Task]:
    """A camera's sources, opened."""
    starts: Sequence[str | None] = camera.starts or [None] * len(camera.sources)
    tasks = []
    for place, start in zip(camera.sources, starts, strict=True):
        # The time first: it needs no network.
        begins = None if start is None else _start(start, place)
        try:
            source = open_source(place, rate=rate, hardware=hardware)
        except PasserbyError as error:
            raise PasserbyError(f"camera {camera.name!r}: {error}") from error
        if source.live and start is not None:
            raise PasserbyError(
                f"camera {camera.name!r}: {source.name} is live and has the clock's time; leave "
                "its start out"
            )
        tasks.append(Task(camera.name, source, begins, camera.fps or fps))
    return tasks


def _start(text: str, place: str) -> float:
    """Seconds since the epoch that a start time in words stands for."""
    if text == "container":
        Video(Path(place))  # is there, and a video
        return container_time(Path(place))
    if text.startswith("name:"):
        return name_time(Path(place), text.removeprefix("name:"))
    return parse_time(text)


def _note_cameras(store: Gallery, cameras: Sequence[CameraPlan]) -> None:
    """Write down what the list says of cameras; what it does not say stays as it is."""
    if all(camera.zone is None and camera.retention is None for camera in cameras):
        return
    known = {camera.name: camera for camera in store.cameras()}
    for camera in cameras:
        old = known.get(camera.name, Camera(camera.name))
        new = Camera(
            camera.name,
            old.zone if camera.zone is None else camera.zone,
            old.retention_days if camera.retention is None else camera.retention,
        )
        if camera.name not in known or new != old:
            store.set_camera(new)
