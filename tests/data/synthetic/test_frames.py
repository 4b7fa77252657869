"""Whole pictures: person search and films."""

import configparser
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.core.sample import people
from passerby.data.cuhk_sysu import cuhk_sysu, cuhk_sysu_searches
from passerby.data.synthetic.frames import render_frames, render_videos
from passerby.data.synthetic.world import World
from passerby.metrics.mot import read_mot

SEARCH = {"people": 3, "test_people": 4, "cameras": 2, "frames": 16, "height": 180, "width": 320}
FILMS = {"people": 4, "cameras": 2, "seconds": 3.0, "rate": 5, "height": 180, "width": 320}


def test_person_search_reads_back(tmp_path: Path) -> None:
    render_frames(tmp_path, **SEARCH, workers=1)
    told = json.loads((tmp_path / "scenes.json").read_text())
    splits = cuhk_sysu(tmp_path)
    assert set(people(splits.train)) == set(told["train"]) <= {1, 2, 3}
    assert set(people(splits.query)) == {q["person"] for q in told["queries"]} <= {4, 5, 6, 7}
    assert splits.query
    learnt, tested = ({s.pixels.file.name for s in part} for part in (splits.train, splits.gallery))
    assert learnt.isdisjoint(tested)
    world, sample = World(people=7, cameras=2), splits.query[0]
    (scene,) = [s for s in told["frames"] if s["file"] == sample.pixels.file.name]
    frame = world.frame(scene["camera"], scene["time"], height=180, width=320)
    at = frame.persons.tolist().index(sample.person)
    left, top, right, bottom = frame.people.boxes[at]
    np.testing.assert_allclose(
        sample.pixels.box, [left, top, right - left, bottom - top], atol=1.01
    )
    picture = np.asarray(Image.open(sample.pixels.file)).astype(int)
    assert np.abs(picture - frame.pixels).mean() < 8
    with_all = cuhk_sysu(tmp_path, gallery="all")
    assert len(with_all.gallery) >= len(splits.gallery)


def test_searches_have_the_person_in_their_gallery(tmp_path: Path) -> None:
    render_frames(tmp_path, **SEARCH, workers=1)
    searches, boxes = cuhk_sysu_searches(tmp_path, 50)
    assert searches
    for search in searches:
        assert set(search.shown) <= set(search.gallery)
        assert search.shown
        assert search.query.pixels.file.name not in search.gallery
    assert {search.query.person for search in searches} <= {box.person for box in boxes}


def test_frames_are_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    for folder, workers in (("one", 1), ("two", 2)):
        render_frames(tmp_path / folder, **{**SEARCH, "frames": 17}, truth=True, workers=workers)
    one, two = (
        {str(p.relative_to(tmp_path / f)): p.read_bytes()
         for p in (tmp_path / f).rglob("*") if p.is_file()}
        for f in ("one", "two")
    )  # fmt: skip
    assert one == two
    assert sum(name.startswith("truth") for name in one) == 17 * 2 * 4


def test_films_have_the_layout_of_motchallenge(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    render_videos(tmp_path, **FILMS, workers=1)
    for camera in ("c1", "c2"):
        folder = tmp_path / camera
        images = sorted(folder.glob("img1/*.jpg"))
        assert [path.stem for path in images] == [f"{n:06d}" for n in range(1, 16)]
        ini = configparser.ConfigParser()
        ini.read(folder / "seqinfo.ini")
        assert dict(ini["Sequence"]) == {
            "name": camera, "imdir": "img1", "framerate": "5", "seqlength": "15",
            "imwidth": "320", "imheight": "180", "imext": ".jpg",
        }  # fmt: skip
        with av.open(str(tmp_path / f"{camera}.mp4")) as film:
            assert sum(1 for _ in film.decode(video=0)) == 15
        rows = [line.split(",") for line in (folder / "gt/gt.txt").read_text().splitlines()]
        assert all(len(row) == 9 for row in rows)
        assert {int(row[1]) for row in rows} <= {1, 2, 3, 4}
        assert len(read_mot(folder / "gt/gt.txt", truth=True)) == len(rows)


def test_films_go_on_where_they_stopped(tmp_path: Path) -> None:
    pytest.importorskip("av")
    render_videos(tmp_path, **FILMS, workers=1)
    # The encoder does not give the same bytes each time, so the films are left out.
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.suffix not in ("", ".mp4")}
    for name in ("c1/img1/000007.jpg", "c1/boxes/000007.txt", "c1/gt/gt.txt", "c1.mp4"):
        (tmp_path / name).unlink()
    render_videos(tmp_path, **FILMS, workers=1)
    after = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.suffix not in ("", ".mp4")}
    assert after == before
    assert (tmp_path / "c1.mp4").is_file()


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="even sizes"):
        render_videos(tmp_path / "a", **{**FILMS, "height": 181})
    with pytest.raises(PasserbyError, match="seconds above 0"):
        render_videos(tmp_path / "a", **{**FILMS, "seconds": 0})
    with pytest.raises(PasserbyError, match="frames is 0"):
        render_frames(tmp_path / "a", **{**SEARCH, "frames": 0})
    assert not (tmp_path / "a").exists()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "holiday.txt").touch()
    with pytest.raises(PasserbyError, match="holds something else already"):
        render_frames(tmp_path / "b", **SEARCH)
