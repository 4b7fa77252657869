import re
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.pipelines.small_streets import Memory, contents, embedder, run, street
from tests.video import streaming

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.data.mp4 import write_mp4
from passerby.pipelines import ingest as ingest_module
from passerby.pipelines.ingest_plan import Progress
from passerby.video.decode import Video
from passerby.video.detectors import DETECTORS
from passerby.video.motion import MotionDetector

STAGES = {"decode", "detect", "look", "track", "crop", "split", "embed", "store"}


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    write_mp4(folder / "two.mp4", street(2), fps=10)
    write_mp4(folder / "one.mp4", street(1, seed=5), fps=10)
    write_mp4(folder / "empty.mp4", street(0), fps=10)
    # Four people one after the other, twenty seconds each, eight of them without anybody.
    write_mp4(folder / "long.mp4", street(1, count=100, rounds=4), fps=5)
    return folder


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Memory:
    memory = Memory()
    monkeypatch.setattr(ingest_module, "create_gallery", memory.create)
    return memory


LOAD = ingest_module.load_embedder


@pytest.fixture(autouse=True)
def _no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_module, "load_embedder", lambda which, device: embedder(which))


def test_people_become_tracklets_in_the_gallery(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    start = "2026-05-31T14:30:00+02:00"
    (done,) = run([videos / "two.mp4"], tmp_path / "g", start=[start])
    assert (done.source, done.camera, done.added, done.whole) == ("two.mp4", "door", True, True)
    assert (done.frames, done.lost, done.dropped, done.breaks) == (60, 0, 0, 0)
    assert (done.tracklets, done.recordings) == (2, (done.id,))
    assert done.detections > 60
    assert set(done.seconds) == STAGES
    assert store.closed == 1
    (recording,) = store.recordings()
    noon = 1780230600.0  # 12:30 UTC
    assert (recording.camera, recording.source, recording.start) == ("door", "two.mp4", noon)
    assert (recording.frames, recording.duration) == (60, pytest.approx(5.9))
    assert (recording.settings["part"], recording.settings["next"]) == (0, None)
    assert len(store.entries()) == 2
    for entry in store.entries():
        assert entry.clocked
        assert noon + 0.5 < entry.start < noon + 2 < entry.end < noon + 6
        assert len(entry.crops) > 2


def test_several_videos_of_several_cameras(videos: Path, store: Memory, tmp_path: Path) -> None:
    run([videos / "two.mp4", videos / "one.mp4"], tmp_path / "g")
    run([videos / "one.mp4"], tmp_path / "g", camera="hall")
    assert sorted(entry.camera for entry in store.entries()) == ["door"] * 3 + ["hall"]


def test_a_folder_of_images_and_fewer_frames(store: Memory, tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "frames").mkdir()
    for number, pixels in enumerate(street(1, count=50)):
        Image.fromarray(pixels).save(tmp_path / "frames" / f"{number:04}.png")
    (done,) = run([tmp_path / "frames"], tmp_path / "g", rate=20, fps=10)
    assert (done.frames, done.tracklets) == (25, 1)


def test_a_video_without_people_is_noted_and_skipped_next_time(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    (done,) = run([videos / "empty.mp4"], tmp_path / "g")
    assert (done.added, done.tracklets, done.detections, done.frames) == (True, 0, 0, 60)
    (again,) = run([videos / "empty.mp4"], tmp_path / "g")
    assert not again.added
    assert store.entries() == ()


def test_ingesting_again_changes_nothing(videos: Path, store: Memory, tmp_path: Path) -> None:
    (done,) = run([videos / "two.mp4"], tmp_path / "g")
    before = contents(store)
    (again,) = run([videos / "two.mp4"], tmp_path / "g")
    assert (again.added, again.frames, again.recordings) == (False, 0, done.recordings)
    assert contents(store) == before


def test_long_recordings_are_cut_where_nobody_is(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    (done,) = run([videos / "long.mp4"], tmp_path / "g", segment="15s")
    assert (done.frames, done.tracklets, done.whole) == (400, 4, True)
    parts = sorted(store.recordings(), key=lambda one: one.settings["part"])
    assert tuple(one.id for one in parts) == done.recordings
    assert len(parts) == 4
    assert sum(one.frames for one in parts) == 400
    assert [one.settings["next"] is None for one in parts] == [False, False, False, True]
    for before, after in pairwise(parts):
        place = before.settings["next"]
        assert place["time"] == pytest.approx(place["number"] / 5)
        assert 15 <= place["time"] % 20 < 20.1 or place["time"] % 20 < 2  # nobody is there
        assert after.settings["part"] == before.settings["part"] + 1
    # Times and frame numbers count from the video's beginning, whatever was cut.
    entries = sorted(store.entries(), key=lambda entry: entry.start)
    assert [entry.start // 20 for entry in entries] == [0, 1, 2, 3]
    for entry in entries:
        assert not entry.clocked
        for sighting in entry.sightings:
            assert entry.start <= sighting.frame / 5 <= entry.end
    (again,) = run([videos / "long.mp4"], tmp_path / "g", segment="15s")
    assert (again.added, again.recordings) == (False, done.recordings)


def test_where_it_is_never_quiet_it_is_cut_in_the_end(store: Memory, tmp_path: Path) -> None:
    crowd = write_mp4(tmp_path / "crowd.mp4", street(1, count=60), fps=5)
    (done,) = run([crowd], tmp_path / "g", segment="4s")
    assert [one.frames for one in sorted(store.recordings(), key=lambda o: o.settings["part"])] == [
        30,
        30,
    ]
    assert done.frames == 60


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_what_was_stored_before_an_interruption_is_gone_on_from(
    kept: int, videos: Path, store: Memory, tmp_path: Path
) -> None:
    start = ["2026-05-31T14:30:00"]
    run([videos / "long.mp4"], tmp_path / "g", segment="15s", start=start)
    whole = contents(store)
    for recording in store.recordings():
        if recording.settings["part"] >= kept:
            del store.held[recording.id]
    (done,) = run([videos / "long.mp4"], tmp_path / "g", segment="15s", start=start)
    assert contents(store) == whole
    assert len(done.recordings) == 4
    assert done.frames < 400 * (4 - kept + 0.2) / 4
    # Should a part in the middle be gone, those after it are not there twice.
    second = next(one for one in store.recordings() if one.settings["part"] == 1)
    del store.held[second.id]
    run([videos / "long.mp4"], tmp_path / "g", segment="15s", start=start)
    assert contents(store) == whole


def test_a_recording_can_be_cancelled_and_gone_on_with(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    run([videos / "long.mp4"], tmp_path / "g", segment="15s")
    whole = contents(store)
    store.held.clear()
    (stopped,) = run(
        [videos / "long.mp4"], tmp_path / "g", segment="15s", cancelled=lambda: bool(store.held)
    )
    assert not stopped.whole
    assert 1 <= len(store.held) < 4
    (done,) = run([videos / "long.mp4"], tmp_path / "g", segment="15s")
    assert done.whole
    assert contents(store) == whole


def test_progress_is_told_in_the_callers_thread(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        assert threading.current_thread() is threading.main_thread()
        told.append(progress)

    run([videos / "two.mp4"], tmp_path / "g", progress=tell)
    last = told[-1]
    assert (last.done, last.total, last.cameras[0].state) == (60, 60, "done")
    assert last.cameras[0].tracklets == 2
    assert last.text == "door: frame 60 of 60, 2 tracklets, done"
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)


def test_what_goes_wrong_in_the_caller_ends_the_work(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    def fail(progress: Progress) -> None:
        raise RuntimeError("the listener broke")

    with pytest.raises(RuntimeError, match="the listener broke"):
        run([videos / "long.mp4"], tmp_path / "g", progress=fail)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("camera")]


def test_a_truncated_video_is_added_and_its_loss_told(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.mp4"
    data = (videos / "two.mp4").read_bytes()
    cut.write_bytes(data[: len(data) * 7 // 10])
    (done,) = run([cut], tmp_path / "g")
    assert done.frames + done.lost == 60
    assert 10 < done.lost < 50
    assert store.recordings()[0].lost == done.lost


def test_nothing_is_begun_when_one_video_is_unreadable(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    (tmp_path / "bad.mp4").write_text("this is no video")
    with pytest.raises(PasserbyError, match=r"camera 'door': .*bad\.mp4 cannot be read as a video"):
        run([videos / "two.mp4", tmp_path / "bad.mp4"], tmp_path / "g")
    (tmp_path / "sound.mp4").write_bytes((videos / "two.mp4").read_bytes()[:200])
    with pytest.raises(PasserbyError, match="holds no pictures"):
        run([tmp_path / "sound.mp4"], tmp_path / "g")
    with pytest.raises(PasserbyError, match="there is no video at"):
        run([tmp_path / "missing.mp4"], tmp_path / "g")
    assert store.model is None


def test_a_recording_without_a_good_frame_does_not_stop_the_others(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    from PIL import Image

    (tmp_path / "torn").mkdir()
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(tmp_path / "torn" / "0.png")
    (tmp_path / "torn" / "0.png").write_bytes(b"no picture")
    with pytest.raises(PasserbyError, match="not one frame could be decoded"):
        run([tmp_path / "torn", videos / "one.mp4"], tmp_path / "g")
    assert [one.source for one in store.recordings()] == ["one.mp4"]


def test_other_settings_would_double_people(videos: Path, store: Memory, tmp_path: Path) -> None:
    run([videos / "one.mp4"], tmp_path / "g")
    with pytest.raises(PasserbyError, match=r"other settings \(fps\).* would double its people"):
        run([videos / "one.mp4"], tmp_path / "g", fps=5)
    with pytest.raises(PasserbyError, match=r"other settings \(start\)"):
        run([videos / "one.mp4"], tmp_path / "g", start=["2026-05-31T14:30:00"])


def test_another_model_is_refused_before_work(videos: Path, store: Memory, tmp_path: Path) -> None:
    run([videos / "one.mp4"], tmp_path / "g")
    with pytest.raises(PasserbyError, match="holds features of 'colours'"):
        run([videos / "two.mp4"], tmp_path / "g", embedder="shapes")


def test_a_gallery_that_cannot_be_written_ends_everything(
    videos: Path, store: Memory, tmp_path: Path
) -> None:
    store.failing = PasserbyError("the disk of the gallery is full; free some space")
    with pytest.raises(PasserbyError, match="the disk of the gallery is full"):
        run([videos / "one.mp4", videos / "two.mp4"], tmp_path / "g")
    assert store.closed == 1
    store.failing = None
    assert [one.added for one in run([videos / "one.mp4"], tmp_path / "g")] == [True]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": ["noon"]}, "'noon' is no date and time"),
        ({"start": ["2026-05-31T14:30:00"] * 2}, "1 videos came with 2 start times"),
        ({"start": ["container"]}, "does not say when it was made"),
        ({"start": ["name:%Y"]}, "does not read as '%Y'"),
        ({"camera": " "}, "the camera needs a name"),
        ({"camera": None}, "the camera needs a name"),
        ({"detector": "yolo"}, "there is no detector 'yolo'"),
        ({"tracker": "magic"}, "there is no tracker 'magic'"),
        ({"crops": 0}, "crops is 0"),
        ({"fps": -1.0}, "fps is -1"),
        ({"rate": 0.0}, "rate is 0"),
        ({"budget": 0.0}, "budget is 0"),
        ({"seconds": -5.0}, "seconds is -5"),
        ({"segment": "soon"}, "'soon' is no length of time"),
        ({"hardware": "toaster"}, "cannot be decoded by 'toaster'"),
        ({"threshold": 2.0}, "threshold is 2.0; scores of boxes are from 0 to 1"),
    ],
)
def test_wrong_settings_are_errors(
    options: dict, message: str, videos: Path, store: Memory, tmp_path: Path
) -> None:
    with pytest.raises(PasserbyError, match=re.escape(message)):
        run([videos / "one.mp4"], tmp_path / "g", **options)
    assert store.model is None
    with pytest.raises(PasserbyError, match="no video was given"):
        run([], tmp_path / "g")
    with pytest.raises(PasserbyError, match="no gallery was given; add --gallery"):
        run([videos / "one.mp4"], "")


def test_a_list_of_cameras_runs_all_of_them(videos: Path, store: Memory, tmp_path: Path) -> None:
    (tmp_path / "cameras.yaml").write_text(
        f"cameras:\n"
        f"- name: door\n  source: {videos}/two.mp4\n  zone: ground floor\n  retention: 30\n"
        f"  start: 2026-05-31T14:30:00Z\n"
        f"- name: hall\n  source: [{videos}/one.mp4, {videos}/empty.mp4]\n  fps: 5\n"
    )
    done = run([tmp_path / "cameras.yaml"], tmp_path / "g", camera=None)
    assert [(one.camera, one.source, one.frames) for one in done] == [
        ("door", "two.mp4", 60),
        ("hall", "one.mp4", 30),
        ("hall", "empty.mp4", 30),
    ]
    assert {c.name: (c.zone, c.retention_days) for c in store.cameras()} == {
        "door": ("ground floor", 30),
        "hall": ("", None),
    }
    assert {entry.camera: entry.clocked for entry in store.entries()} == {
        "door": True,
        "hall": False,
    }
    with pytest.raises(PasserbyError, match="give it alone"):
        run([tmp_path / "cameras.yaml"], tmp_path / "g", camera="door")


class Moving:
    """The motion detector for several cameras at once, which tells them by their sizes."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.before: dict[tuple[int, ...], MotionDetector] = {}

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        self.batches.append([frame.shape[1] for frame in frames])
        time.sleep(0.002 * len(frames))
        return [
            self.before.setdefault(frame.shape, MotionDetector(0.1)).detect([frame])[0]
            for frame in frames
        ]


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Moving:
    """A detector that many cameras share; each must be of another width."""
    moving = Moving()
    kind = replace(DETECTORS["motion"], remembers=False)
    monkeypatch.setattr(ingest_module, "detector_kind", lambda name, **rest: kind)
    monkeypatch.setattr(ingest_module, "load_detector", lambda *a, **k: moving)
    return moving


def three_cameras(folder: Path, count: int = 60) -> Path:
    lines = ["cameras:"]
    for number in range(3):
        wide = [np.pad(f, ((0, 0), (0, 8 * number), (0, 0))) for f in street(1, count, number)]
        write_mp4(folder / f"{number}.mp4", wide, fps=10)
        lines += [f"- name: camera {number}", f"  source: {number}.mp4"]
    (folder / "cameras.yaml").write_text("\n".join(lines))
    return folder / "cameras.yaml"


def test_batches_are_shared_over_cameras(shared: Moving, store: Memory, tmp_path: Path) -> None:
    done = run([three_cameras(tmp_path)], tmp_path / "g", camera=None)
    assert [(one.camera, one.frames, one.tracklets) for one in done] == [
        (f"camera {number}", 60, 1) for number in range(3)
    ]
    assert sum(map(len, shared.batches)) == 180
    mixed = [batch for batch in shared.batches if len(set(batch)) > 1]
    assert len(mixed) > len(shared.batches) / 3
    # The same as each camera by itself.
    together = contents(store)
    store.held.clear()
    for number in range(3):
        shared.before.clear()
        run([tmp_path / f"{number}.mp4"], tmp_path / "g", camera=f"camera {number}")
    assert contents(store) == together


def test_a_detector_that_breaks_ends_everything(
    shared: Moving, store: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(frames: Sequence[np.ndarray]) -> list[Detections]:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(shared, "detect", broken)
    with pytest.raises(RuntimeError, match="out of memory"):
        run([three_cameras(tmp_path)], tmp_path / "g", camera=None)
    assert store.held == {}


def test_a_budget_skips_evenly_and_starves_nobody(
    shared: Moving, store: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(frames: Sequence[np.ndarray]) -> list[Detections]:
        time.sleep(0.02 * len(frames))
        return [Detections.none() for _ in frames]

    monkeypatch.setattr(shared, "detect", slow)
    cameras = three_cameras(tmp_path, count=400)
    began = time.monotonic()
    # 3 x 40 s of video at 10 frames/s are 24 s of work; a tenth of 40 s is allowed.
    done = run([cameras], tmp_path / "g", camera=None, budget=0.1)
    assert time.monotonic() - began < 14
    frames = [one.frames for one in done]
    assert all(20 < count < 300 for count in frames)
    assert max(frames) < 2 * min(frames)


def test_live_cameras_are_taken_in_with_the_clocks_time(
    shared: Moving, store: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody(frames: Sequence[np.ndarray]) -> list[Detections]:
        box = np.array([[20.0, 4, 50, 60]])
        return [Detections.of(box, np.array([0.9])) for _ in frames]

    monkeypatch.setattr(shared, "detect", somebody)
    pieces = streaming.transport_stream(100)
    before = time.time()
    with streaming.camera(pieces, breaks={0: 50}) as camera:
        url = camera.url.replace("://", "://user:secret@")
        (done,) = run([url], tmp_path / "g", seconds=7.0, segment="2s")
        assert camera.connections >= 3  # a look before, and one break
    after = time.time()
    assert (done.added, done.whole) == (True, True)
    assert done.breaks >= 1
    assert len(done.recordings) >= 2
    assert "secret" not in repr(store.held) + repr(done)
    for recording in store.recordings():
        assert recording.start is not None
        assert before < recording.start < recording.start + recording.duration < after + 0.1
        assert recording.duration <= 3.2
        assert recording.source == camera.url
    assert done.tracklets >= 2
    for entry in store.entries():
        assert entry.clocked
        assert before < entry.start < entry.end < after + 0.1
    ids = [one.id for one in store.recordings()]
    with streaming.camera(pieces) as camera:
        (again,) = run([camera.url], tmp_path / "g", seconds=2.0)
    assert not set(again.recordings) & set(ids)


def test_a_live_camera_that_is_stopped_is_stored(
    shared: Moving, store: Memory, tmp_path: Path
) -> None:
    with streaming.camera(streaming.transport_stream(200)) as camera:
        began = time.monotonic()
        (done,) = run([camera.url], tmp_path / "g", cancelled=lambda: time.monotonic() - began > 3)
    assert done.whole
    assert len(store.held) == 1
    assert 0 < store.recordings()[0].frames < 150


def test_too_slow_for_a_live_camera_drops_the_oldest(
    shared: Moving, store: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(frames: Sequence[np.ndarray]) -> list[Detections]:
        time.sleep(0.2 * len(frames))
        return [Detections.none() for _ in frames]

    monkeypatch.setattr(shared, "detect", slow)
    with streaming.camera(streaming.transport_stream(200)) as camera:
        (done,) = run([camera.url], tmp_path / "g", seconds=7.0)
    assert done.dropped > 10
    assert done.frames + done.dropped > 60
    assert store.recordings()[0].settings["dropped"] == done.dropped


def test_a_live_camera_has_the_clocks_time_only(store: Memory, tmp_path: Path) -> None:
    with streaming.camera(streaming.transport_stream(30)) as camera:
        (tmp_path / "cameras.yaml").write_text(
            f"- name: a\n  source: {camera.url}\n  start: 2026-05-31T14:30:00\n"
        )
        with pytest.raises(PasserbyError, match="is live and has the clock's time"):
            run([tmp_path / "cameras.yaml"], tmp_path / "g", camera=None)


@pytest.mark.parametrize("tracker", ["motion", "appearance"])
def test_real_models_on_a_real_video(
    tracker: str,
    real_data: Path,
    real_models: Path,
    store: Memory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = real_data / "data" / "one-by-one" / "one-by-one-person-detection.mp4"
    if not source.is_file():
        pytest.skip(f"no one-by-one clip at {source}")
    monkeypatch.setattr(ingest_module, "load_embedder", LOAD)
    shots = [frame.pixels for frame in Video(source).frames() if frame.number < 340]
    write_mp4(tmp_path / "clip.mp4", shots[60:], fps=10)
    models = {"detector": ingest_module.DETECTOR, "embedder": ingest_module.EMBEDDER}
    options = {**models, "tracker": tracker, "segment": "10s"}
    (done,) = run([tmp_path / "clip.mp4"], tmp_path / "g", **options)
    assert (done.frames, done.whole) == (280, True)
    assert len(done.recordings) >= 2
    assert done.tracklets >= 2
    whole = contents(store)
    del store.held[done.recordings[-1]]
    run([tmp_path / "clip.mp4"], tmp_path / "g", **options)
    assert contents(store) == whole  # to the last bit
