"""The pre-flight check: one thing wrong at a time is found, and nothing else."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.core.sample import Sample
from passerby.data.check import check
from passerby.data.cuhk01 import cuhk01
from passerby.data.finding import Finding
from passerby.data.splits import Splits


@dataclass(frozen=True)
class Flat:
    """A picture of one grey value for each content."""

    content: int

    def read(self) -> np.ndarray:
        return np.full((4, 2, 3), self.content, np.uint8)


def crop(content: int, person: int, camera: int) -> Sample:
    return Sample(Flat(content), person, camera)


CLEAN = Splits(
    "clean",
    train=(crop(1, 1, 1), crop(2, 1, 2), crop(3, 2, 1), crop(4, 2, 2)),
    query=(crop(5, 3, 1), crop(6, 4, 1)),
    gallery=(crop(7, 3, 2), crop(8, 4, 2), crop(9, 0, 2), crop(10, -1, 1)),
)


def only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1, findings
    assert findings[0].advice
    return findings[0]


def test_a_clean_set_has_no_findings_and_every_picture_is_read_once():
    told: list[tuple[int, int]] = []
    assert check(CLEAN, progress=lambda *done: told.append(done)) == ()
    assert told == [(n, 10) for n in range(1, 11)]


def test_an_interruption_does_not_wait_for_the_remaining_pictures():
    read: list[int] = []

    @dataclass(frozen=True)
    class Counted(Flat):
        def read(self) -> np.ndarray:
            read.append(self.content)
            time.sleep(0.002)
            return super().read()

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    samples = tuple(Sample(Counted(n), 1, 1) for n in range(200))
    with pytest.raises(KeyboardInterrupt):
        check(Splits("long", samples, (), ()), workers=1, progress=interrupt)
    assert len(read) < 100


def test_unreadable_pictures(tmp_path: Path):
    whole = cv2.imencode(".jpg", np.random.default_rng(0).integers(0, 255, (64, 32, 3)))[1]
    (tmp_path / "cut.jpg").write_bytes(whole.tobytes()[:-500])
    bad = [Sample(tmp_path / name, 2, 1) for name in ("cut.jpg", "gone.jpg")]
    found = only(check(replace(CLEAN, train=(*CLEAN.train, *bad))))
    assert (found.severity, found.count) == ("error", 2)
    assert found.what == "pictures that cannot be read: 2 of 12"
    assert "cut.jpg' is cut short" in found.examples[0]
    assert "no image" in found.examples[1]


def test_training_people_of_one_camera():
    found = only(check(replace(CLEAN, train=(*CLEAN.train, crop(11, 8, 2)))))
    assert found.severity == "warning"
    assert found.what == "training people seen by one camera only: 1 of 3"
    assert found.examples == ("person 8: camera 2",)


def test_test_people_of_one_camera_without_a_query():
    found = only(check(replace(CLEAN, gallery=(*CLEAN.gallery, crop(11, 8, 2)))))
    assert found.severity == "warning"
    assert found.what == "test people seen by one camera only: 1 of 3"


def test_queries_without_a_match():
    findings = check(replace(CLEAN, query=(*CLEAN.query, crop(11, 8, 1), crop(12, 8, 3))))
    found = only(findings)
    assert found.severity == "error"
    assert found.what.endswith("would be left out of the scores: 2 of 4")
    assert found.examples == ("person 8: searched from cameras 1, 3, in the gallery nowhere",)


def test_one_camera_alone():
    splits = Splits("one", CLEAN.train, query=(crop(5, 3, 1),), gallery=(crop(7, 3, 1),))
    error, *warnings = check(splits)
    assert error.severity == "error"
    assert "camera 1 alone" in error.advice
    assert [w.what for w in warnings] == [
        "the gallery is from camera 1 alone; queries that are from it too: 1",
        "test people seen by one camera only: 1 of 1",
    ]


def test_people_in_training_and_in_test():
    found = only(check(replace(CLEAN, val=(crop(11, 4, 1), crop(12, 4, 2)))))
    assert found.severity == "error"
    assert found.what == "people both in training and in test: 1"
    assert found.examples == ("person 4",)


def test_pictures_in_training_and_in_test():
    found = only(check(replace(CLEAN, train=(*CLEAN.train, crop(6, 2, 1)))))
    assert found.severity == "error"
    assert found.what == "pictures both in training and in test: 1"
    assert "(train+query)" in found.examples[0]


def test_one_picture_of_two_people(tmp_path: Path):
    # The same pixels in two kinds of files: content counts, not bytes.
    for name in ("a.png", "b.bmp"):
        cv2.imwrite(str(tmp_path / name), np.full((6, 3), 50, np.uint8))
    pair = (Sample(tmp_path / "a.png", 1, 1), Sample(tmp_path / "b.bmp", 2, 1))
    found = only(check(replace(CLEAN, train=CLEAN.train + pair)))
    assert found.severity == "error"
    assert found.what == "pictures with the same content under different people: 1"
    assert found.examples[0].endswith("persons 1, 2")


def test_copies(tmp_path: Path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((6, 3), 50, np.uint8))
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes())
    copies = tuple(Sample(tmp_path / name, 1, 1) for name in ("a.png", "b.png"))
    found = only(check(replace(CLEAN, train=CLEAN.train + copies)))
    assert found.severity == "warning"
    assert "a.png" in found.examples[0]
    assert "b.png" in found.examples[0]
    listed_twice = only(check(replace(CLEAN, train=CLEAN.train + copies[:1] * 2)))
    assert listed_twice.what == "pictures that are there more than once: 1"


def test_a_query_that_also_stands_in_the_gallery_is_usual():
    assert check(replace(CLEAN, gallery=(*CLEAN.gallery, CLEAN.query[0]))) == ()


@pytest.mark.parametrize(
    ("emptied", "severity", "what"),
    [
        ({"query": ()}, "error", "no query pictures"),
        ({"gallery": ()}, "error", "no gallery pictures"),
        ({"train": ()}, "warning", "no training pictures"),
        ({"query": (), "gallery": ()}, "warning", "neither query nor gallery"),
        ({"train": (), "query": (), "gallery": ()}, "error", "empty"),
    ],
)
def test_missing_splits(emptied: dict, severity: str, what: str):
    found = check(replace(CLEAN, **emptied))[0]
    assert found.severity == severity
    assert what in found.what


def test_examples_are_few_and_the_count_is_whole():
    gone = tuple(Sample(Path(f"gone-{n}.jpg"), 1, 1) for n in range(20))
    found = only(check(replace(CLEAN, train=CLEAN.train + gone), examples=3))
    assert (len(found.examples), found.count) == (3, 20)


def test_the_real_cuhk01(real_data: Path):
    """Its archive does hold the same pictures under two people, twice, and some copies."""
    errors, warnings = check(cuhk01(real_data / "data" / "cuhk01", shots=2), examples=99)
    assert errors.what == "pictures with the same content under different people: 2"
    assert [example.rpartition(": ")[2] for example in errors.examples] == [
        "persons 162, 257",
        "persons 231, 331",
    ]
    assert warnings.what == "pictures that are there more than once: 13"
