import json
import multiprocessing
import os
import stat
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import JUNK, Sample
from passerby.data.images import read_image
from passerby.gallery import folder as folder_module
from passerby.gallery import segment as segment_module
from passerby.gallery.filter import Filter
from passerby.gallery.folder import FolderGallery
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.seen import Entry, Model, Recording, Sighting

MODEL = Model("toy", "aa" * 32)


def embeddings(features: Tensor, tracklets: list[int], model: Model = MODEL) -> Embeddings:
    samples = [Sample(Path(f"{t}"), JUNK, 0, tracklet=t) for t in tracklets]
    return Embeddings.of(features, samples, model.name, model.hash)


def query(*values: float, model: Model = MODEL) -> Embeddings:
    return embeddings(torch.tensor([list(values)]), [-1], model)


def recording(name: str, camera: str = "door", start: float | None = 100.0) -> Recording:
    return Recording(name, camera, f"{name}.mp4", "c0" * 32, start, 9.0, 90, 0, {"fps": None})


def entry(name: str, number: int, camera: str = "door") -> Entry:
    picture = Jpeg.of(
        "crop", np.full((16, 8, 3), 40 * number % 200 + len(name.strip("a")), np.uint8)
    )
    sightings = (Sighting(7, (1.0, 2.0, 3.0, 4.5)), Sighting(9 + number, (0.0, 0.0, 2.0, 4.0)))
    return Entry(
        name, number, camera, 100.0 + number, 103.0 + number, True, (picture, picture), sightings
    )


def fill(gallery: FolderGallery, name: str, rows: list[list[float]], camera: str = "door") -> bool:
    numbers = list(range(len(rows)))
    return gallery.add(
        recording(name, camera),
        [entry(name, number, camera) for number in numbers],
        embeddings(torch.tensor(rows), numbers),
    )


@pytest.fixture
def gallery(tmp_path: Path) -> FolderGallery:
    made = FolderGallery.create(tmp_path / "gallery", MODEL)
    fill(made, "aaaa", [[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    fill(made, "bbbb", [[0.0, 1.0], [9.0, 0.0]], camera="hall")
    return made


def test_it_is_a_gallery(gallery: Gallery) -> None:
    assert gallery.model == MODEL
    assert [r.id for r in gallery.recordings()] == ["aaaa", "bbbb"]


def test_entries_come_back_as_they_were_added(gallery: FolderGallery) -> None:
    for held, added in zip(
        FolderGallery.open(gallery.directory).entries(),
        [entry("aaaa", n) for n in range(3)] + [entry("bbbb", n, "hall") for n in range(2)],
        strict=True,
    ):
        assert (held.id, held.camera, held.start, held.end) == (
            added.id,
            added.camera,
            added.start,
            added.end,
        )
        assert held.sightings == added.sightings
        assert [read_image(crop).shape for crop in held.crops] == [(16, 8, 3)] * 2


def test_the_nearest_come_first_with_their_distances(gallery: FolderGallery) -> None:
    (hits,) = gallery.search(query(0.0, 0.0), 4)
    assert [(hit.entry.id, round(hit.distance, 4)) for hit in hits] == [
        ("aaaa/0", 0.0),
        ("bbbb/0", 1.0),
        ("aaaa/1", 5.0),
        ("bbbb/1", 9.0),
    ]
    assert len(gallery.search(query(0.0, 0.0), 100)[0]) == 5


def test_an_entry_is_as_near_as_its_nearest_feature(gallery: FolderGallery) -> None:
    features = embeddings(torch.tensor([[50.0, 0.0], [0.0, 0.5], [60.0, 0.0]]), [7, 4, 4])
    gallery.add(recording("cccc"), [entry("cccc", 4), entry("cccc", 7)], features)
    hits = gallery.search(query(0.0, 0.5), 10)[0]
    found = {hit.entry.id: round(hit.distance, 4) for hit in hits}
    assert found["cccc/4"] == 0.0
    assert found["cccc/7"] == pytest.approx(50.0025, abs=1e-3)
    assert len(found) == 7


def test_search_agrees_with_sorting_everything(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(3)
    made = FolderGallery.create(tmp_path / "g", Model("toy", "aa" * 32, "cosine"))
    features = torch.randn(40, 6, generator=generator)
    for start in range(0, 40, 8):
        fill(made, f"{start:04d}", features[start : start + 8].tolist())
    queries = torch.randn(5, 6, generator=generator)
    answers = made.search(embeddings(queries, [-1] * 5), 7)
    cosine = torch.nn.functional.cosine_similarity(queries[:, None], features[None], dim=2)
    for row, hits in enumerate(answers):
        expected = cosine[row].argsort(descending=True)[:7].tolist()
        assert [int(h.entry.recording) + h.entry.number for h in hits] == expected


def test_filters_hold(gallery: FolderGallery) -> None:
    def ids(where: Filter) -> list[str]:
        return [hit.entry.id for hit in gallery.search(query(0.0, 0.0), 9, where)[0]]

    assert ids(Filter(cameras=("hall",))) == ["bbbb/0", "bbbb/1"]
    assert ids(Filter(not_cameras=("hall",), before=101.0)) == ["aaaa/0", "aaaa/1"]
    assert ids(Filter(cameras=("yard",))) == []


def test_crops_and_fields_come_back(gallery: FolderGallery) -> None:
    found = FolderGallery.open(gallery.directory).search(query(3.0, 4.0), 1)[0][0].entry
    assert (found.recording, found.number, found.camera) == ("aaaa", 1, "door")
    assert (found.start, found.end, found.clocked) == (101.0, 104.0, True)
    pixels = [read_image(crop) for crop in found.crops]
    assert [p.shape for p in pixels] == [(16, 8, 3)] * 2
    assert abs(float(pixels[0].mean()) - 40) < 2


def test_a_recording_is_added_once(gallery: FolderGallery) -> None:
    before = gallery.stats()
    assert fill(gallery, "aaaa", [[1.0, 1.0]]) is False
    assert FolderGallery.open(gallery.directory).stats() == before
    assert before.cameras == {"door": 3, "hall": 2}
    assert (before.recordings, before.tracklets, before.features) == (2, 5, 5)


def test_a_recording_without_people_is_noted(gallery: FolderGallery) -> None:
    assert gallery.add(recording("dddd", "yard"), [], embeddings(torch.zeros(0, 0), []))
    assert gallery.stats().cameras == {"door": 3, "hall": 2, "yard": 0}
    assert len(gallery.search(query(0.0, 0.0), 9)[0]) == 5


def test_an_empty_gallery_finds_nobody(tmp_path: Path) -> None:
    assert FolderGallery.create(tmp_path / "g", MODEL).search(query(1.0), 3) == ((),)


def test_another_models_features_are_refused(gallery: FolderGallery) -> None:
    other = Model("other", "bb" * 32)
    with pytest.raises(PasserbyError, match=r"holds features of 'toy' \(aaaaaaaaaaaa\)"):
        gallery.search(query(0.0, 0.0, model=other), 1)
    with pytest.raises(PasserbyError, match="those of 'other'"):
        gallery.add(recording("eeee"), [], embeddings(torch.zeros(0, 0), [], other))
    with pytest.raises(PasserbyError, match="use the same model, or a new gallery"):
        FolderGallery.create(gallery.directory, other)


def test_features_must_fit_the_entries(gallery: FolderGallery) -> None:
    with pytest.raises(PasserbyError, match="do not fit"):
        gallery.add(recording("e"), [entry("e", 0)], embeddings(torch.zeros(1, 2), [1]))
    with pytest.raises(PasserbyError, match="do not fit"):
        gallery.add(
            recording("e"), [entry("e", 0), entry("e", 0)], embeddings(torch.zeros(1, 2), [0])
        )


def test_missing_and_wrong_folders_are_errors(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="there is no gallery at"):
        FolderGallery.open(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(PasserbyError, match=r"notes\.txt is a file or below one"):
        FolderGallery.open(tmp_path / "notes.txt")
    with pytest.raises(PasserbyError, match="holds other files and no gallery") as error:
        FolderGallery.open(tmp_path)
    assert "ingest" not in str(error.value)
    with pytest.raises(PasserbyError, match="holds no gallery; give a new folder"):
        FolderGallery.create(tmp_path, MODEL)
    with pytest.raises(PasserbyError, match="no gallery can be made"):
        FolderGallery.create(tmp_path / "notes.txt" / "g", MODEL)
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "gallery.json").write_text("{")
    with pytest.raises(PasserbyError, match=r"gallery\.json is damaged"):
        FolderGallery.open(tmp_path / "g")


@pytest.mark.parametrize("name", ["features.safetensors", "recording.json"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_recording_is_named(gallery: FolderGallery, name: str, damage: str) -> None:
    file = gallery.directory / "recordings" / "bbbb" / name
    file.write_bytes(file.read_bytes()[:50]) if damage == "cut" else file.unlink()
    with pytest.raises(PasserbyError, match=r"recordings/bbbb is damaged .*Delete that folder"):
        FolderGallery.open(gallery.directory).search(query(0.0, 0.0), 1)


def test_only_the_owner_can_look(gallery: FolderGallery) -> None:
    gallery.search(query(0.0, 0.0), 1)
    for path in [gallery.directory, *gallery.directory.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def files(gallery: FolderGallery) -> dict[str, bytes]:
    return {
        file.relative_to(gallery.directory).as_posix(): file.read_bytes()
        for file in sorted(gallery.directory.rglob("*"))
        if file.is_file() and file.name not in (".lock", "access.jsonl")
    }


def test_forgotten_tracklets_leave_no_byte(gallery: FolderGallery) -> None:
    whole = files(gallery)
    crop = whole["recordings/aaaa/crops/000001-0.jpg"]
    vector = torch.tensor([3.0, 4.0]).numpy().tobytes()
    assert vector in whole["recordings/aaaa/features.safetensors"]
    assert gallery.forget(tracklets=["aaaa/1"]) == 1
    left = files(gallery)
    assert crop not in left.values()
    assert not any(vector in content for content in left.values())
    assert sorted(whole.keys() - left.keys()) == [
        "recordings/aaaa/crops/000001-0.jpg",
        "recordings/aaaa/crops/000001-1.jpg",
    ]
    for held in (gallery, FolderGallery.open(gallery.directory)):
        hits = held.search(query(3.0, 4.0), 9)[0]
        assert [hit.entry.id for hit in hits] == ["bbbb/0", "aaaa/0", "aaaa/2", "bbbb/1"]
    assert fill(gallery, "aaaa", [[1.0, 1.0]]) is False  # ingesting again does not bring it back


def test_forgotten_recordings_are_gone(gallery: FolderGallery) -> None:
    assert gallery.forget(recordings=["aaaa"], tracklets=["bbbb/0", "aaaa/1"]) == 4
    assert not (gallery.directory / "recordings" / "aaaa").exists()
    assert [h.entry.id for h in gallery.search(query(0.0, 0.0), 9)[0]] == ["bbbb/1"]


def test_forgetting_the_unknown_forgets_nothing(gallery: FolderGallery) -> None:
    before = files(gallery)
    for unknown in ("cccc/0", "aaaa/9", "aaaa"):
        with pytest.raises(PasserbyError, match=f"holds no '{unknown}'; nothing was forgotten"):
            gallery.forget(tracklets=["bbbb/0", unknown])
    assert files(gallery) == before


@pytest.mark.parametrize("step", range(7))
def test_interrupted_forgetting_is_gone_on_with(
    gallery: FolderGallery, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop before the step-th change of the disk, as a kill would; the next to open finishes."""
    count = 0

    class Killed(BaseException):
        pass

    def counting(original):
        def call(*arguments, **options):
            nonlocal count
            count += 1
            if count > step:
                raise Killed
            return original(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", counting(Path.unlink))
        patch.setattr(Path, "rename", counting(Path.rename))
        patch.setattr(segment_module, "write_atomically", counting(segment_module.write_atomically))
        patch.setattr(segment_module.shutil, "rmtree", counting(segment_module.shutil.rmtree))
        patch.setattr(Embeddings, "save", counting(Embeddings.save))
        try:
            gallery.forget(recordings=["bbbb"], tracklets=["aaaa/1"])
        except Killed:
            assert (gallery.directory / "forgetting.json").exists()
    left = FolderGallery.open(gallery.directory)
    assert [hit.entry.id for hit in left.search(query(0.0, 0.0), 9)[0]] == ["aaaa/0", "aaaa/2"]
    names = [name for name in files(left) if "000001" in name or "bbbb" in name]
    assert names == []
    assert not (gallery.directory / "forgetting.json").exists()


def test_an_interrupted_addition_leaves_the_gallery_as_it_was(
    gallery: FolderGallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(gallery)

    def killed(folder: Path, segment: object) -> None:
        (folder / "crops").mkdir()
        (folder / "crops" / "000000-0.jpg").write_bytes(b"half of a picture")
        os._exit(9)

    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "write_segment", killed)
        process = multiprocessing.get_context("fork").Process(
            target=fill, args=(gallery, "cccc", [[1.0, 1.0]])
        )
        process.start()
        process.join()
    assert process.exitcode == 9
    assert list(gallery.directory.glob(".incoming-*")) != []
    assert FolderGallery.open(gallery.directory).stats().recordings == 2
    assert fill(gallery, "cccc", [[1.0, 1.0]]) is True
    # What the dead process left is gone, and the rest is untouched.
    assert list(gallery.directory.glob(".incoming-*")) == []
    after = files(gallery)
    assert {name: after[name] for name in before} == before


def test_a_full_disk_leaves_the_gallery_as_it_was(
    gallery: FolderGallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(gallery)

    def full(folder: Path, segment: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module, "write_segment", full)
    with pytest.raises(PasserbyError, match="No space left on device; it is as it was before"):
        fill(gallery, "cccc", [[1.0, 1.0]])
    assert files(gallery) == before


def _add_many(directory: Path, worker: int) -> None:
    gallery = FolderGallery.create(directory, MODEL)
    for number in range(6):
        fill(gallery, f"own-{worker}-{number}", [[float(worker), float(number)]])
        fill(gallery, f"shared-{number}", [[9.0, 9.0]])


def test_processes_that_add_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_add_many, args=(tmp_path / "g", w)) for w in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    stats = FolderGallery.open(tmp_path / "g").stats()
    assert (stats.recordings, stats.tracklets) == (3 * 6 + 6, 3 * 6 + 6)
    assert list((tmp_path / "g").glob(".incoming-*")) == []


def test_searches_and_forgetting_are_logged_without_pictures(gallery: FolderGallery) -> None:
    gallery.search(query(0.0, 0.0), 1)
    gallery.forget(tracklets=["aaaa/1", "aaaa/2"])
    lines = (gallery.directory / "access.jsonl").read_text().splitlines()
    logged = [json.loads(line) for line in lines]
    assert [(line["action"], line["count"]) for line in logged] == [("search", 1), ("forget", 2)]
    assert all(set(line) == {"time", "action", "count"} for line in logged)
