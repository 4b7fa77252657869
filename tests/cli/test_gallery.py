from pathlib import Path

import numpy as np
import pytest
import torch

from passerby.cli.main import main
from passerby.core.embeddings import Embeddings
from passerby.core.sample import JUNK, Sample
from passerby.gallery.folder import FolderGallery
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.seen import Entry, Model, Recording


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    store = FolderGallery.create(tmp_path / "town", Model("toy", "ab" * 32))
    recording = Recording("cafe", "door", "door.mp4", "c0" * 32, 0.0, 9.0, 90, 0, {})
    picture = Jpeg.of("crop", np.zeros((16, 8, 3), np.uint8))
    entries = [Entry("cafe", number, "door", 0.0, 1.0, True, (picture,)) for number in range(3)]
    samples = [Sample(Path(entry.id), JUNK, 0, tracklet=entry.number) for entry in entries]
    store.add(recording, entries, Embeddings.of(torch.eye(3), samples, "toy", "ab" * 32))
    return store.directory


def test_stats_say_what_is_there(gallery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gallery", "stats", str(gallery)]) == 0
    printed = capsys.readouterr().out
    assert "1 recordings, 3 tracklets" in printed
    assert "door.mp4" in printed
    assert "toy" in printed


def test_forget_removes_tracklets_and_recordings(
    gallery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gallery", "forget", "cafe/1", "--gallery", str(gallery)]) == 0
    assert "1 tracklets forgotten" in capsys.readouterr().out
    assert [entry.number for entry in FolderGallery.open(gallery).entries()] == [0, 2]
    assert main(["gallery", "forget", "cafe", "--gallery", str(gallery)]) == 0
    assert FolderGallery.open(gallery).stats().tracklets == 0
    assert list(gallery.rglob("*.jpg")) == []


def test_forgetting_somebody_unknown_forgets_nobody(
    gallery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gallery", "forget", "cafe/0", "cafe/9", "--gallery", str(gallery)]) == 2
    assert "cafe/9" in capsys.readouterr().err
    assert FolderGallery.open(gallery).stats().tracklets == 3


def test_no_gallery_and_no_action(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gallery", "stats", str(tmp_path / "none")]) == 2
    assert "there is no gallery" in capsys.readouterr().err
    assert main(["gallery"]) == 2
    assert "forget ID" in capsys.readouterr().err
