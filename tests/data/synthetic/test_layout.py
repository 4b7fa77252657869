"""Worlds on disk: Market-1501 layout, video and MOTChallenge truth."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.data.market1501 import market1501
from passerby.data.synthetic.crops import PARTS, rendered
from passerby.data.synthetic.layout import contact_sheet, render_dataset, write_crops, write_video
from passerby.data.synthetic.world import World

SMALL = {"people": 2, "test_people": 2, "cameras": 2, "shots": 2, "height": 64, "width": 32}


def test_a_written_world_reads_back(tmp_path: Path) -> None:
    splits = rendered(**SMALL)
    written = write_crops(splits, tmp_path, workers=1)
    assert written.name == "rendered"
    for part in ("train", "query", "gallery"):
        before = sorted(
            (s.key, s.person, s.camera, s.time is not None) for s in getattr(splits, part)
        )
        after = sorted(
            (Path(s.key).name, s.person, s.camera, s.time is not None)
            for s in getattr(written, part)
        )
        assert before == after
    assert len(market1501(tmp_path).train) == 8
    picture = np.asarray(Image.open(written.query[0].pixels)).astype(int)
    original = next(s for s in splits.query if s.key == Path(written.query[0].key).name)
    assert np.abs(picture - original.pixels.read()).mean() < 10  # compressed noise
    assert rendered(tmp_path).query == written.query


@pytest.mark.parametrize("part", ["people", "test_people"])
def test_a_world_that_could_not_be_read_back_is_not_written(tmp_path: Path, part: str) -> None:
    with pytest.raises(PasserbyError, match="one of each"):
        render_dataset(tmp_path / "world", **(SMALL | {part: 0}), workers=1)
    assert not (tmp_path / "world").exists()


def test_writing_goes_on_where_it_stopped(tmp_path: Path) -> None:
    splits = rendered(**SMALL)
    write_crops(splits, tmp_path, workers=1)
    files = sorted(tmp_path.glob("*/*.jpg"))
    before = {file: file.read_bytes() for file in files}
    kept = files[0].stat().st_mtime_ns
    files[3].unlink()
    write_crops(splits, tmp_path, workers=1)
    assert {file: file.read_bytes() for file in sorted(tmp_path.glob("*/*.jpg"))} == before
    assert files[0].stat().st_mtime_ns == kept


def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    options = SMALL | {"people": 6}
    render_dataset(tmp_path / "one", **options, workers=1)
    render_dataset(tmp_path / "two", **options, workers=2)
    for part in PARTS:
        one = {f.name: f.read_bytes() for f in (tmp_path / "one" / part).iterdir()}
        two = {f.name: f.read_bytes() for f in (tmp_path / "two" / part).iterdir()}
        assert one == two
        assert one


def test_another_world_is_not_mixed_in(tmp_path: Path) -> None:
    render_dataset(tmp_path, **SMALL, workers=1)
    with pytest.raises(PasserbyError, match="holds another world"):
        render_dataset(tmp_path, **SMALL, seed=1, workers=1)
    (tmp_path / "query" / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(PasserbyError, match="holiday"):
        render_dataset(tmp_path, **SMALL, workers=1)


def test_a_video_and_its_truth(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    world = World(seed=0, people=4, cameras=2, every=2.0)
    visit = world.schedule(1)[1]
    middle = (visit.start + visit.end) / 2
    recording = write_video(
        world, 1, tmp_path / "c1.mp4", start=middle - 1, seconds=2, height=180, width=320
    )
    assert recording.frames == 20
    assert recording.start == middle - 1
    with av.open(str(recording.video)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert float(stream.average_rate) == 10
    assert len(frames) == 20
    assert frames[0].shape == (180, 320, 3)
    truth = world.frame(1, middle - 1 + 0.5, height=180, width=320)
    assert np.abs(frames[5].astype(int) - truth.pixels).mean() < 8
    assert recording.truth == tmp_path / "c1.gt.txt"
    rows = [line.split(",") for line in recording.truth.read_text().splitlines()]
    assert rows
    assert all(len(row) == 9 for row in rows)
    assert {int(row[0]) for row in rows} <= set(range(1, 21))
    sixth = {int(row[1]): [float(v) for v in row[2:6]] for row in rows if row[0] == "6"}
    assert set(sixth) == set(truth.persons.tolist())
    for box, person in zip(truth.people.boxes, truth.persons, strict=True):
        left, top, wide, high = sixth[int(person)]
        np.testing.assert_allclose([left, top, left + wide, top + high], box, atol=0.02)


def test_odd_sizes_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("av")
    with pytest.raises(PasserbyError, match="even"):
        write_video(World(people=1, cameras=1), 1, tmp_path / "a.mp4", height=181, width=320)


def test_a_contact_sheet_places_pictures_row_by_row() -> None:
    pictures = [np.full((2, 2, 3), value, np.uint8) for value in (10, 20, 30)]
    sheet = contact_sheet(pictures, columns=2, gap=1)
    assert sheet.shape == (7, 7, 3)
    assert (sheet[1, 1, 0], sheet[1, 4, 0], sheet[4, 1, 0], sheet[4, 4, 0]) == (10, 20, 30, 255)
    assert contact_sheet([], columns=3).shape == (1, 1, 3)
