"""What holds of the gallery in PostgreSQL beyond the contract: speed, exactness, many at once."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from sqlalchemy import text
from tests.gallery.crowd import embeddings, entry, fill, named, query, recording, town
from tests.gallery.people_like import people_like
from tests.gallery.reference import ReferenceGallery
from tests.gallery.servers import MODEL, empty_folder, fresh_gallery, url_of

from passerby.core.errors import PasserbyError
from passerby.data.images import read_image
from passerby.gallery import segments
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import loaded
from passerby.gallery.nearest import FEW
from passerby.gallery.opening import open_gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Camera, Entry, Model, Recording

COSINE = Model("toy", "aa" * 32, "cosine")


def add_plain(
    gallery: Gallery, name: str, camera: str, rows: np.ndarray, start: float, step: float = 1.0
) -> None:
    """A recording whose tracklets have no pictures, one feature each, one every `step` seconds."""
    film = Recording(name, camera, name, "c0", start, 1.0, 1, 0, {})
    entries = [
        Entry(name, n, camera, start + n * step, start + n * step, True, ())
        for n in range(len(rows))
    ]
    gallery.add(film, entries, embeddings(torch.from_numpy(rows), range(len(rows))))


def recall(
    gallery: PostgresGallery, asked: np.ndarray, rows: np.ndarray, admitted: np.ndarray,
    names: Sequence[str], where: Filter,
) -> float:  # fmt: skip
    """recall@10 against looking at all admitted rows."""
    right = 0
    allowed = np.flatnonzero(admitted)
    answers = gallery.search(embeddings(torch.from_numpy(asked), [-1] * len(asked)), 10, where)
    for one, hits in zip(asked, answers, strict=True):
        best = allowed[np.argsort(-(rows[allowed] @ one), kind="stable")[:10]]
        right += len({names[row] for row in best} & {hit.entry.id for hit in hits})
        for hit in hits:
            far = 1 - rows[names.index(hit.entry.id)] @ one
            assert hit.distance == pytest.approx(far, abs=1e-5)
    return right / (10 * len(asked))


def test_filters_keep_recall_at_twenty_thousand() -> None:
    """8 recordings of 2,500 tracklets; the last one is fresh, the others have an index."""
    rows, asked = people_like(2000, 10, 512)
    order = np.random.default_rng(1).permutation(len(rows))
    rows, asked = rows[order], asked[:40]
    names = [f"rec{n // 2500}/{n % 2500}" for n in range(len(rows))]
    camera, second = np.arange(len(rows)) // 2500, np.arange(len(rows)) % 2500
    with fresh_gallery(COSINE) as gallery:
        for part in range(7):
            add_plain(gallery, f"rec{part}", f"cam{part}", rows[camera == part], 1e6 * part)
        assert gallery.maintain()
        add_plain(gallery, "rec7", "cam7", rows[camera == 7], 7e6)
        assert not gallery.maintain()  # so few are no reason
        time_range = (camera == 3) & (second >= 500) | (camera == 4) & (second <= 1999)
        cases = {
            "all": (np.ones(len(rows), bool), Filter()),
            "a camera": (camera == 2, Filter(cameras=("cam2",))),
            "the fresh": (camera == 7, Filter(cameras=("cam7",))),
            "not a camera": (camera != 2, Filter(not_cameras=("cam2",))),
            "two thirds": (camera < 5, Filter(before=4e6 + 2499)),
            "a time": (time_range, Filter(after=3e6 + 500, before=4e6 + 1999)),
            "one in a hundred": (
                (camera == 5) & (second < 200), Filter(cameras=("cam5",), before=5e6 + 199),
            ),
        }  # fmt: skip
        assert cases["not a camera"][0].sum() > FEW  # by index; the small ones are looked through
        for name, (admitted, where) in cases.items():
            assert recall(gallery, asked, rows, admitted, names, where) >= 0.99, name
        expected, told = 3 * len(asked), time.monotonic() + 30
        while searches_by_index(gallery) < expected:
            assert time.monotonic() < told, "the index is not used"
            time.sleep(0.2)


def searches_by_index(gallery: PostgresGallery) -> int:
    """As the server counts them; a connection reports its own with a delay of seconds."""
    counted = "SELECT sum(idx_scan) FROM pg_stat_user_indexes WHERE indexrelname LIKE '%hnsw%'"
    with gallery.database.engine.connect() as connection:
        return int(connection.execute(text(counted)).scalar_one())


def test_distances_are_exact_whatever_their_size() -> None:
    """Halves alone would be wrong by 0.01 here, and overflow."""
    rows, asked = people_like(30, 10, 64, unit=False)
    for scale in (1e-6, 30.0, 1e6):
        with fresh_gallery() as gallery:
            add_plain(gallery, "rec", "cam", rows * np.float32(scale), 0.0)
            held = rows[:3] * np.float32(scale)
            near = (asked[:3] * np.float32(scale)).astype(np.float32)
            queries = np.concatenate([held, near])
            for one, hits in zip(
                queries,
                gallery.search(embeddings(torch.from_numpy(queries), [-1] * 6), 10),
                strict=True,
            ):
                far = np.linalg.norm((rows * np.float32(scale)).astype(np.float64) - one, axis=1)
                best = np.sort(far)[:10]
                found = [hit.distance for hit in hits]
                assert found == pytest.approx(best, rel=1e-5, abs=1e-5 * scale)


def test_a_feature_of_nothing_is_as_far_as_can_be() -> None:
    with fresh_gallery(COSINE) as gallery:
        fill(gallery, "aaaa", [[0.0, 0.0], [1.0, 0.0]])
        (hits,) = gallery.search(query(0.0, 0.0), 5)
        assert [hit.distance for hit in hits] == [1.0, 1.0]
        (hits,) = gallery.search(query(2.0, 0.0), 5)
        assert [(hit.entry.id, hit.distance) for hit in hits] == [("aaaa/1", 0.0), ("aaaa/0", 1.0)]


def test_features_of_another_length_are_refused() -> None:
    with fresh_gallery() as gallery:
        town(gallery)
        with pytest.raises(PasserbyError, match="have 2 numbers, these 3"):
            fill(gallery, "cccc", [[1.0, 2.0, 3.0]])
        with pytest.raises(PasserbyError, match="the query has 1 numbers"):
            gallery.search(query(1.0), 1)
        assert gallery.stats().recordings == 2


def test_more_dimensions_than_an_index_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "ENOUGH", 5)
    with fresh_gallery() as gallery:
        rows = torch.randn(20, 4500, generator=torch.Generator().manual_seed(0))
        fill(gallery, "aaaa", rows)
        assert not gallery.maintain()
        assert gallery.search(embeddings(rows[3:4], [-1]), 1)[0][0].entry.id == "aaaa/3"
        wide = Model("wide", "ff" * 32)
        too_many = named(torch.zeros(20, 16001), [one.id for one in gallery.entries()], wide)
        with pytest.raises(PasserbyError, match="keeps 1 to 16000"):
            gallery.renew(wide, too_many)


def test_segments_come_and_merge_and_answers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the plain gallery, while rows are added and forgotten and indexes built."""
    monkeypatch.setattr(segments, "ENOUGH", 30)
    rng = np.random.default_rng(0)
    counts = []
    with fresh_gallery() as gallery:
        plain = ReferenceGallery(MODEL)
        key = gallery.database.read(lambda c: c.execute(text("SELECT key FROM model")).scalar_one())
        for step in range(16):
            rows = rng.standard_normal((25, 8)).astype(np.float32)
            for each in (gallery, plain):
                add_plain(each, f"rec{step:02}", f"cam{step % 3}", rows, 100.0 * step)
                if step % 4 == 3:
                    each.forget(recordings=[f"rec{step - 2:02}"], tracklets=[f"rec{step:02}/3"])
            gallery.maintain()
            held = gallery.database.read(lambda c: segments.segments(c, key))
            assert all(a.last < b.first for a, b in pairwise(held))
            counts.append(len(held))
            asked = embeddings(
                torch.from_numpy(rng.standard_normal((2, 8)).astype(np.float32)), [-1] * 2
            )
            for where in (Filter(), Filter(cameras=("cam0",)), Filter(after=300.0)):
                answers = [each.search(asked, 12, where) for each in (gallery, plain)]
                for real, wanted in zip(*answers, strict=True):
                    assert [hit.entry.id for hit in real] == [hit.entry.id for hit in wanted]
                    assert [hit.distance for hit in real] == pytest.approx(
                        [hit.distance for hit in wanted], rel=1e-5
                    )
        assert max(counts) in (2, 3)
        names = gallery.database.read(lambda c: c.execute(text(
            "SELECT count(*) FROM pg_indexes WHERE indexname LIKE '%hnsw%'")).scalar_one()
        )  # fmt: skip
        assert names == counts[-1]


def test_no_segment_grows_beyond_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came at once is cut, and what came bit by bit is not merged any further."""
    monkeypatch.setattr(segments, "ENOUGH", 30)
    monkeypatch.setattr(segments, "MOST", 100)
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((500, 8)).astype(np.float32)
    with fresh_gallery() as gallery:
        plain = ReferenceGallery(MODEL)
        key = gallery.database.read(lambda c: c.execute(text("SELECT key FROM model")).scalar_one())
        bounds = [(0, 250), *((first, first + 25) for first in range(250, 500, 25))]
        for number, (first, last) in enumerate(bounds):
            for each in (gallery, plain):
                add_plain(each, f"rec{number:02}", f"cam{number}", rows[first:last], 100.0 * number)
            gallery.maintain()
            held = gallery.database.read(lambda c: segments.segments(c, key))
            sizes = [part.last - part.first + 1 for part in held]
            assert max(sizes) <= 100
            if number == 0:
                assert sizes == [100, 100, 50]
        assert len(sizes) <= 6
        asked = embeddings(
            torch.from_numpy(rng.standard_normal((3, 8)).astype(np.float32)), [-1] * 3
        )
        for where in (Filter(), Filter(cameras=("cam0",)), Filter(not_cameras=("cam0",))):
            answers = [each.search(asked, 12, where) for each in (gallery, plain)]
            for real, wanted in zip(*answers, strict=True):
                assert [hit.entry.id for hit in real] == [hit.entry.id for hit in wanted]


def test_an_index_that_gives_up_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the filter admits is farther away than the index goes."""
    monkeypatch.setattr(segments, "ENOUGH", 100)
    monkeypatch.setattr("passerby.gallery.nearest.FEW", 3)
    rng = np.random.default_rng(0)
    with fresh_gallery() as gallery:
        add_plain(gallery, "near", "a", rng.standard_normal((3000, 16)).astype(np.float32), 0.0)
        far = (rng.standard_normal((8, 16)) + 100).astype(np.float32)
        add_plain(gallery, "far", "b", far, 0.0)
        assert gallery.maintain()
        with gallery.database.engine.begin() as connection:
            name = connection.engine.url.database
            connection.execute(text(f"ALTER DATABASE {name} SET hnsw.max_scan_tuples = 50"))
        gallery.database.engine.dispose()
        asked = embeddings(torch.zeros(1, 16), [-1])
        assert len(gallery.search(asked, 5, Filter(cameras=("b",)))[0]) == 5


def test_an_index_of_who_was_killed_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "ENOUGH", 5)
    with fresh_gallery() as gallery:
        fill(gallery, "aaaa", torch.randn(9, 4))
        with gallery.database.engine.begin() as connection:
            connection.execute(text(
                "CREATE INDEX feature_1_hnsw_1_4 ON feature_1 USING hnsw (half halfvec_l2_ops) "
                "WHERE key BETWEEN 1 AND 4"
            ))  # fmt: skip
        assert gallery.maintain()
        with gallery.database.engine.connect() as connection:
            left = connection.execute(text(
                "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%hnsw%'"
            )).scalars().all()  # fmt: skip
        assert left == ["feature_1_hnsw_1_9"]


def test_a_forgotten_tracklet_is_left_out_of_what_comes_back() -> None:
    """As when a backup's recordings are added to a gallery that knows who was forgotten."""
    with fresh_gallery() as gallery:
        with gallery.database.engine.begin() as connection:
            connection.execute(text("INSERT INTO forgotten VALUES ('tracklet', 'aaaa/1')"))
        town(gallery)
        assert [entry.id for entry in gallery.entries()][:2] == ["aaaa/0", "aaaa/2"]
        assert gallery.stats().features == 4


def test_pictures_are_read_when_they_are_looked_at() -> None:
    with fresh_gallery() as gallery:
        town(gallery)
        held = gallery.entry("aaaa/1")
        kept = loaded(held)
        gallery.forget(tracklets=["aaaa/1"])
        with pytest.raises(PasserbyError, match=r"aaaa/1/0 is not in the gallery .* forgotten"):
            read_image(held.crops[0])
        assert read_image(kept.crops[0]).shape == (16, 8, 3)


def test_no_traceback_tells_a_name_or_a_vector() -> None:
    with fresh_gallery() as gallery:
        ann = gallery.add_person("Ann Secret")
        with pytest.raises(Exception, match="null value") as error:
            gallery.database.write(lambda c: c.execute(
                text("INSERT INTO person (id, name, consent, note) VALUES (:id, :name, NULL, '')"),
                {"id": ann.id, "name": "Ann Secret"},
            ))  # fmt: skip
        assert "parameters hidden" in str(error.value)


def _work(url: str, worker: int) -> None:
    random.seed(worker)
    with open_gallery(url) as gallery:
        for number in range(8):
            fill(gallery, f"own{worker}x{number}", [[float(worker), float(number)]])
            fill(gallery, f"shared{number}", [[9.0, 9.0], [8.0, 8.0]])
            hits = gallery.search(query(float(worker), float(number)), 3)[0]
            assert hits[0].entry.id == f"own{worker}x{number}/0"
            gallery.set_camera(Camera("door", zone=str(worker)))
            person = gallery.add_person(str(worker))
            gallery.assign([f"own{worker}x{number}/0"], person.id)
            if number % 3 == 2:
                gallery.forget(people=[person.id])


def test_many_processes_add_search_and_forget_at_once() -> None:
    with fresh_gallery() as gallery:
        url = url_of(gallery)
        workers = [
            multiprocessing.get_context("fork").Process(target=_work, args=(url, n))
            for n in range(3)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0, 0]
        stats = gallery.stats()
        assert stats.recordings == 3 * 8 + 8
        assert stats.features == stats.tracklets
        own = [entry for entry in gallery.entries() if entry.recording.startswith("own")]
        assert len(own) == 3 * 6  # two in eight were forgotten with the person


_ADDING = """if True:
    import sys
    from passerby.gallery.opening import open_gallery
    from tests.gallery.crowd import fill
    gallery = open_gallery(sys.argv[1])
    first = len(gallery.recordings())
    print("ready", flush=True)
    for number in range(first, first + 100000):
        assert fill(gallery, f"rec{number:05}", [[float(n), float(number)] for n in range(4)])
        print(number, flush=True)
"""


def _killed(tmp_path: Path, kills: int, everybody: bool) -> None:
    place = empty_folder(tmp_path / "g")
    draw = random.Random(0)
    told = -1
    for _ in range(kills):
        adding = subprocess.Popen(
            [sys.executable, "-c", _ADDING, str(place)], stdout=subprocess.PIPE, text=True
        )
        assert adding.stdout is not None
        assert adding.stdout.readline() == "ready\n"
        time.sleep(draw.uniform(0.0, 0.5))
        if everybody:  # the server too, as when the power is cut
            postmaster = int((place / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGKILL)
        adding.kill()
        lines = adding.stdout.read().splitlines()
        adding.wait()
        told = int(lines[-1]) if lines else told
        with open_gallery(place) as gallery:
            recordings = [one.id for one in gallery.recordings()]
            assert recordings == [f"rec{n:05}" for n in range(len(recordings))]
            assert len(recordings) >= told + 1
            entries = gallery.entries()
            assert len(entries) == 4 * len(recordings)
            assert {len(entry.crops) for entry in entries} <= {2}
            assert gallery.stats().features == len(entries)
            if entries:
                assert len(gallery.features([entry.id for entry in entries])) == len(entries)
                assert loaded(entries[-1]).crops
    assert told > 0


@pytest.mark.parametrize("everybody", [False, True])
def test_who_is_killed_while_adding_loses_and_halves_nothing(
    everybody: bool, tmp_path: Path
) -> None:
    _killed(tmp_path, 5, everybody)


@pytest.mark.slow
@pytest.mark.parametrize("everybody", [False, True])
def test_fifty_kills_lose_and_halve_nothing(everybody: bool, tmp_path: Path) -> None:
    _killed(tmp_path, 50, everybody)


def test_one_entry_is_not_another(tmp_path: Path) -> None:
    """Recordings whose ids hold signs of SQL and of ids."""
    with fresh_gallery() as gallery:
        for name in ("a'b", "a%b", "a/b", "ü", "a:b"):
            fill(gallery, name, [[1.0, 1.0]], camera=f"c%{name}")
        for name in ("a'b", "a%b", "a/b", "ü", "a:b"):
            assert gallery.entry(f"{name}/0").recording == name
            (hits,) = gallery.search(query(1.0, 1.0), 9, Filter(cameras=(f"c%{name}",)))
            assert [hit.entry.id for hit in hits] == [f"{name}/0"]
        assert gallery.add(recording("b"), [entry("b", 0)], embeddings(torch.ones(1, 2), [0]))
