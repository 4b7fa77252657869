import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.data.mp4 import write_mp4
from passerby.engine.embedder import Embedder
from passerby.gallery.folder import FolderGallery
from passerby.pipelines import ingest as ingest_module
from passerby.pipelines.ingest import ingest
from passerby.pipelines.ingest_video import pool


class Colours(nn.Module):
    """Mean colours of upper and lower half: enough to tell red shirts from blue ones."""

    def forward(self, images: Tensor) -> Tensor:
        return adaptive_avg_pool2d(images, (4, 1)).flatten(1)


def embedder(name: str = "colours") -> Embedder:
    return Embedder(name, f"{name:_<64}", Colours(), Preprocess(64, 32), "cosine")


def street(walkers: int, count: int = 60, seed: int = 0) -> Iterator[np.ndarray]:
    """A wall, empty for a second, before which figures of 24 x 72 walk to the right."""
    rng = np.random.default_rng(seed)
    wall = rng.integers(90, 130, (160, 320, 3), np.uint8)
    suits = rng.integers(0, 255, (walkers, 6, 1, 3)).repeat(12, axis=1)
    for number in range(count):
        frame = wall.copy()
        for walker in range(walkers if number >= 10 else 0):
            left = 10 + 5 * (number - 10) + 80 * walker
            frame[50 : 50 + 72, left : left + 24] = suits[walker]
        yield frame


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    write_mp4(folder / "two.mp4", street(2), fps=10)
    write_mp4(folder / "one.mp4", street(1, seed=5), fps=10)
    write_mp4(folder / "empty.mp4", street(0), fps=10)
    return folder


@pytest.fixture(autouse=True)
def _no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_module, "load_embedder", lambda which, device: embedder(which))


def run(videos: list[Path], gallery: Path, camera: str = "door", **options):
    options = {"detector": "motion", "embedder": "colours", "progress": False, **options}
    return ingest(videos, camera, gallery, **options)


def test_people_become_tracklets_in_the_gallery(videos: Path, tmp_path: Path) -> None:
    start = "2026-05-31T14:30:00+02:00"
    (done,) = run([videos / "two.mp4"], tmp_path / "g", start=[start])
    assert (done.source, done.added, done.frames, done.lost) == ("two.mp4", True, 60, 0)
    assert done.tracklets == 2
    assert done.detections > 60
    assert set(done.seconds) == {"decode", "detect", "track", "crop", "embed", "store"}
    stats = FolderGallery.open(tmp_path / "g").stats()
    assert (stats.cameras, stats.features, stats.model.name) == ({"door": 2}, 2, "colours")
    segment = FolderGallery.open(tmp_path / "g")._read()[0]
    noon = 1780230600.0  # 12:30 UTC
    for entry in segment.entries:
        assert entry.clocked
        assert noon + 0.5 < entry.start < noon + 2 < entry.end < noon + 6
        assert len(entry.crops) > 2


def test_several_videos_of_several_cameras(videos: Path, tmp_path: Path) -> None:
    run([videos / "two.mp4", videos / "one.mp4"], tmp_path / "g")
    run([videos / "one.mp4"], tmp_path / "g", camera="hall")
    assert FolderGallery.open(tmp_path / "g").stats().cameras == {"door": 3, "hall": 1}


def test_a_folder_of_images_and_fewer_frames(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "frames").mkdir()
    for number, pixels in enumerate(street(1, count=50)):
        Image.fromarray(pixels).save(tmp_path / "frames" / f"{number:04}.png")
    (done,) = run([tmp_path / "frames"], tmp_path / "g", rate=20, fps=10)
    assert (done.frames, done.tracklets) == (25, 1)


def test_a_video_without_people_is_noted_and_skipped_next_time(
    videos: Path, tmp_path: Path
) -> None:
    (done,) = run([videos / "empty.mp4"], tmp_path / "g")
    assert (done.added, done.tracklets, done.detections, done.frames) == (True, 0, 0, 60)
    (again,) = run([videos / "empty.mp4"], tmp_path / "g")
    assert not again.added
    assert FolderGallery.open(tmp_path / "g").stats().tracklets == 0


def contents(gallery: Path) -> dict[str, object]:
    """Every file by name; of features the values, for safetensors shuffles its header."""
    return {
        file.relative_to(gallery).as_posix(): (
            (found := Embeddings.load(file)).keys,
            found.features.tolist(),
            found.tracklets.tolist(),
        )
        if file.suffix == ".safetensors"
        else file.read_bytes()
        for file in sorted(gallery.rglob("*"))
        if file.is_file() and file.name != ".lock"
    }


def test_ingesting_again_changes_nothing(videos: Path, tmp_path: Path) -> None:
    run([videos / "two.mp4"], tmp_path / "g")
    before = contents(tmp_path / "g")
    (again,) = run([videos / "two.mp4"], tmp_path / "g")
    assert not again.added
    assert contents(tmp_path / "g") == before


@pytest.mark.parametrize(
    ("where", "patch"),
    [
        (
            "while looking at the second video",
            "calls = []\n"
            "def seen(self, d, t, original=track.Tracker.update):\n"
            "    calls.append(t)\n"
            "    return kill() if len(calls) == 90 else original(self, d, t)\n"
            "track.Tracker.update = seen",
        ),
        (
            "in the middle of storing the second video",
            "calls = []\n"
            "def write(path, writing, original=segment.write_atomically):\n"
            "    calls.append(path)\n"
            "    return kill() if len(calls) == CALLS else original(path, writing)\n"
            "segment.write_atomically = write",
        ),
    ],
)
def test_a_killed_ingestion_run_again_gives_the_same_gallery(
    where: str, patch: str, videos: Path, tmp_path: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    both = [videos / "two.mp4", videos / "one.mp4"]
    crops = run(both, whole)[0].crops
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
import test_ingest as t
from passerby.gallery import segment
from passerby.video import track
def kill():
    os.kill(os.getpid(), signal.SIGKILL)
CALLS = {crops + 1 + 2}
{patch}
t.ingest_module.load_embedder = lambda which, device: t.embedder(which)
t.run([Path(p) for p in {[str(p) for p in both]!r}], Path({str(broken)!r}))
"""
    killed = subprocess.run([sys.executable, "-c", script], env=os.environ, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert FolderGallery.open(broken).stats().recordings == 1
    (one, two) = run(both, broken)
    assert (one.added, two.added) == (False, True)
    assert contents(broken) == contents(whole)


def test_a_truncated_video_is_added_and_its_loss_told(videos: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    data = (videos / "two.mp4").read_bytes()
    cut.write_bytes(data[: len(data) * 7 // 10])
    (done,) = run([cut], tmp_path / "g")
    assert done.frames + done.lost == 60
    assert 10 < done.lost < 50
    assert FolderGallery.open(tmp_path / "g").recordings()[0].lost == done.lost


def test_nothing_is_begun_when_one_video_is_unreadable(videos: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_text("this is no video")
    with pytest.raises(PasserbyError, match=r"bad\.mp4 cannot be read as a video"):
        run([videos / "two.mp4", tmp_path / "bad.mp4"], tmp_path / "g")
    assert not (tmp_path / "g").exists()


def test_other_settings_would_double_people(videos: Path, tmp_path: Path) -> None:
    run([videos / "one.mp4"], tmp_path / "g")
    with pytest.raises(PasserbyError, match="Adding it again would double its people"):
        run([videos / "one.mp4"], tmp_path / "g", fps=5)


def test_another_model_is_refused_before_work(videos: Path, tmp_path: Path) -> None:
    run([videos / "one.mp4"], tmp_path / "g")
    with pytest.raises(PasserbyError, match="holds features of 'colours'"):
        run([videos / "two.mp4"], tmp_path / "g", embedder="shapes")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": ["noon"]}, "'noon' is no date and time"),
        ({"start": ["2026-05-31T14:30:00"] * 2}, "1 videos came with 2 start times"),
        ({"camera": " "}, "the camera needs a name"),
        ({"detector": "yolo"}, "there is no detector 'yolo'"),
        ({"crops": 0}, "crops is 0"),
        ({"fps": -1.0}, "fps is -1"),
        ({"rate": 0.0}, "rate is 0"),
        ({"threshold": 2.0}, "threshold is 2.0; scores of boxes are from 0 to 1"),
    ],
)
def test_wrong_settings_are_errors(
    options: dict, message: str, videos: Path, tmp_path: Path
) -> None:
    with pytest.raises(PasserbyError, match=message):
        run([videos / "one.mp4"], tmp_path / "g", **options)
    assert not (tmp_path / "g").exists()
    with pytest.raises(PasserbyError, match="no video was given"):
        run([], tmp_path / "g")


def test_pooling_weighs_by_quality() -> None:
    features = torch.tensor([[4.0, 0.0], [0.0, 1.0]])
    weights = torch.tensor([3.0, 1.0])
    assert pool(features, weights, "euclidean").tolist() == [3.0, 0.25]
    assert pool(features, weights, "cosine").tolist() == [0.75, 0.25]
    assert pool(features, torch.zeros(2), "cosine").tolist() == [0.5, 0.5]
