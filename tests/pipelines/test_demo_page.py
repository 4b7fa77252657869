from pathlib import Path

import numpy as np

from passerby.gallery.gallery import Hit
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.seen import Entry
from passerby.pipelines.demo_find import Found, Search
from passerby.pipelines.demo_page import find_section, loss_curve
from passerby.pipelines.ingest import Ingested


def test_the_loss_curve_joins_the_logs_of_an_interrupted_run(tmp_path: Path) -> None:
    for version, rows in (
        ("version_0", ["0,9,5.0,", "0,10,,", "1,19,4.0,"]),
        ("version_1", ["1,19,3.5,", "2,29,3.0,"]),
    ):
        folder = tmp_path / "logs" / version
        folder.mkdir(parents=True)
        (folder / "metrics.csv").write_text("epoch,step,loss_epoch,x\n" + "\n".join(rows) + "\n")
    assert loss_curve(tmp_path) == ([1, 2, 3], [5.0, 3.5, 3.0])


def test_the_searches_are_counted_and_shown() -> None:
    picture = Jpeg.of("crop", np.full((32, 16, 3), 90, np.uint8))
    query = Entry("r", 0, "camera 1", 1e9, 1e9, True, (picture,))
    hits = [Hit(Entry("r", n, "camera 2", 1e9, 1e9, True, (picture,)), n / 10) for n in (1, 2)]
    right = Search(Path("a.jpg"), picture.read(), query, 5, ((hits[0], True), (hits[1], False)))
    late = Search(Path("b.jpg"), picture.read(), query, 6, ((hits[0], False), (hits[1], True)))
    lost = Search(Path("c.jpg"), picture.read(), query, 7, ((hits[0], False),))
    done = Ingested("camera-1.mp4", "r", True, frames=100, tracklets=3, seconds={"detect": 2.0})
    frame = np.zeros((36, 64, 3), np.uint8)
    html = find_section(Found((done,), (right, late, lost), frame)).html
    assert "right for 1 of 3 searches" in html
    assert "first seen again at rank 1" in html
    assert "first seen again at rank 2" in html
    assert "not among the first 1" in html
    assert ">50<" in html  # frames a second
