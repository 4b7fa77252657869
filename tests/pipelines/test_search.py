import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tests.gallery.servers import fresh_gallery, url_of
from torch import Tensor, nn

from passerby.core.detections import Detections
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.core.sample import JUNK, Sample
from passerby.engine.embedder import Embedder
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Entry, Model, Recording
from passerby.pipelines import search as search_module
from passerby.pipelines.search import search

COLOURS = {"red": (220, 20, 20), "green": (20, 220, 20), "blue": (20, 20, 220)}


class Mean(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.mean((2, 3))


RAW = Preprocess(32, 16, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def picture(name: str, height: int = 80, width: int = 40) -> np.ndarray:
    return np.full((height, width, 3), COLOURS[name], np.uint8)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> Embedder:
    made = Embedder("person-reidentification-retail-0277", "ab" * 32, Mean(), RAW, "cosine")
    monkeypatch.setattr(search_module, "load_embedder", lambda which, device: made)
    return made


@pytest.fixture
def empty(embedder: Embedder) -> Iterator[PostgresGallery]:
    with fresh_gallery(Model(embedder.name, embedder.hash, embedder.metric)) as made:
        yield made


@pytest.fixture
def gallery(empty: PostgresGallery, embedder: Embedder) -> str:
    """Red and green at the door, at 12:00 and 12:01 UTC; blue in the hall, without a clock."""
    noon = 1780228800.0
    for camera, start, names in (("door", noon, ["red", "green"]), ("hall", None, ["blue"])):
        entries, rows = [], []
        for number, name in enumerate(names):
            begins = (start or 0.0) + 60.0 * number
            crop = Jpeg.of(name, picture(name))
            entries.append(
                Entry(camera, number, camera, begins, begins + 5, start is not None, (crop, crop))
            )
            rows.append(embedder.crops([picture(name)])[0])
        samples = [Sample(Path(name), JUNK, 0, tracklet=n) for n, name in enumerate(names)]
        empty.add(
            Recording(camera, camera, "video.mp4", camera, start, 90, 90, 0, {}),
            entries,
            Embeddings.of(torch.stack(rows), samples, embedder.name, embedder.hash),
        )
    return url_of(empty)


@pytest.fixture
def reddish(tmp_path: Path) -> Path:
    Image.fromarray(picture("red") // 2 + 30).save(tmp_path / "reddish.png")
    return tmp_path / "reddish.png"


def test_the_most_alike_come_first(gallery: str, reddish: Path, tmp_path: Path) -> None:
    found = search(reddish, gallery, out=tmp_path / "sheet.png")
    assert found.hits[0].entry.id == "door/0"
    assert len(found.hits) == 3
    distances = [hit.distance for hit in found.hits]
    assert distances == sorted(distances)
    assert found.sheet == tmp_path / "sheet.png"
    assert found.sheet is not None
    assert stat.S_IMODE(found.sheet.stat().st_mode) == 0o600
    with Image.open(found.sheet) as sheet:
        pixels = np.asarray(sheet)
    # The query's row, then red's: its two crops side by side.
    assert (pixels[300] == COLOURS["red"]).all(1).sum() > 150


def test_top_and_filters(gallery: str, reddish: Path) -> None:
    def ids(**options) -> list[str]:
        return [hit.entry.id for hit in search(reddish, gallery, out=None, **options).hits]

    assert ids(top=1) == ["door/0"]
    assert ids(camera=["hall"]) == ["hall/0"]
    assert set(ids(not_camera=["hall"])) == {"door/0", "door/1"}
    assert ids(after="2026-05-31T12:00:30") == ["door/1"]
    assert ids(before="2026-05-31T14:00:30+02:00") == ["door/0"]
    assert ids(after="2027-01-01T00:00:00") == []


def test_nobody_found_writes_no_sheet(
    tmp_path: Path, reddish: Path, empty: PostgresGallery
) -> None:
    found = search(reddish, url_of(empty), out=tmp_path / "sheet.jpg")
    assert (found.hits, found.sheet, found.nobody) == ((), None, "the gallery is empty")
    assert not (tmp_path / "sheet.jpg").exists()


def test_why_nobody_was_found(gallery: str, reddish: Path) -> None:
    words = "of 3 tracklets in the gallery none passes the filters"
    assert search(reddish, gallery, out=None).nobody == ""
    assert search(reddish, gallery, camera=["hall"], not_camera=["hall"]).nobody == words
    timed = search(reddish, gallery, after="2027-01-01T00:00:00").nobody
    assert timed.startswith(words)
    assert "leave out recordings without a start time" in timed


def frame_with_two_people(tmp_path: Path) -> Path:
    frame = np.full((200, 300, 3), 128, np.uint8)
    frame[50:90, 20:40] = COLOURS["blue"]
    frame[60:160, 100:150] = COLOURS["green"]
    Image.fromarray(frame).save(tmp_path / "frame.png")
    return tmp_path / "frame.png"


class Finds:
    """A detector that finds the same in every frame."""

    def __init__(self, detections: Detections) -> None:
        self.detections = detections

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        return [self.detections for _ in frames]


def test_in_a_whole_frame_the_largest_person_is_taken(
    gallery: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = np.array([[20, 50, 40, 90], [100, 60, 150, 160]])
    detections = Detections.of(boxes, np.array([0.99, 0.6]))
    monkeypatch.setattr(search_module, "load_detector", lambda name, low: Finds(detections))
    found = search(frame_with_two_people(tmp_path), gallery, detect=True, out=None)
    assert found.hits[0].entry.id == "door/1"


def test_nobody_detected_says_what_to_do(
    gallery: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Detections.none()
    monkeypatch.setattr(search_module, "load_detector", lambda name, low: Finds(nobody))
    with pytest.raises(PasserbyError, match=r"nobody was detected in .*frame\.png; cut the person"):
        search(frame_with_two_people(tmp_path), gallery, detect=True)
    with pytest.raises(PasserbyError, match="nothing moves in a single picture"):
        search(frame_with_two_people(tmp_path), gallery, detect=True, detector="motion")


def test_a_wide_query_without_detection_is_warned_of(
    gallery: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    search(frame_with_two_people(tmp_path), gallery, out=None)
    assert "frame.png is wider than high" in caplog.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top": 0}, "top is 0"),
        ({"camera": ["yard"]}, "knows no camera 'yard'; its cameras: door, hall"),
        ({"not_camera": ["yard"]}, "knows no camera 'yard'"),
        ({"after": "noon"}, "'noon' is no date and time"),
        ({"out": Path("sheet.gif")}, r"must end in \.jpg or \.png"),
    ],
)
def test_wrong_settings_are_errors(
    options: dict, message: str, gallery: str, reddish: Path
) -> None:
    with pytest.raises(PasserbyError, match=message):
        search(reddish, gallery, **options)


def test_wrong_pictures_and_galleries_are_errors(
    gallery: str, reddish: Path, tmp_path: Path
) -> None:
    with pytest.raises(PasserbyError, match=r"there is no picture .*missing\.png; check"):
        search(tmp_path / "missing.png", gallery)
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(PasserbyError, match=r"text\.png' is not an image"):
        search(tmp_path / "text.png", gallery)
    with pytest.raises(PasserbyError, match="there is no gallery at"):
        search(reddish, tmp_path / "nowhere")


def test_another_model_is_refused(
    gallery: str, reddish: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Embedder("other", "cd" * 32, Mean(), RAW, "cosine")
    monkeypatch.setattr(search_module, "load_embedder", lambda which, device: other)
    with pytest.raises(PasserbyError, match="use the same model, or a new gallery"):
        search(reddish, gallery, embedder="other")


def test_a_model_that_has_moved_must_be_named(tmp_path: Path, reddish: Path) -> None:
    gone = Model("mine", "ef" * 32, "cosine", source=str(tmp_path / "run"))
    with (
        fresh_gallery(gone) as made,
        pytest.raises(PasserbyError, match="say where it is now with --embedder"),
    ):
        search(reddish, url_of(made))
