"""A user's own crops, in a CSV file."""

from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.data.csv_file import csv_file

HEAD = "path,person,camera,split\n"


def write(folder: Path, text: str, *images: str) -> Path:
    folder.mkdir(exist_ok=True)
    for image in images or ("a.jpg", "b.jpg", "c.jpg"):
        (folder / image).touch()
    path = folder / "crops.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_become_sorted_samples(tmp_path: Path):
    text = (
        "\ufeffPath, person ,camera,split,time,tracklet,note\n"
        "c.jpg,ann,gate,train,,,\n"
        "a.jpg,bob,gate,train,12.5,7,x\n"
        "\n"
        '"b.jpg",ann,lobby,query,1970-01-02T01:00:00+01:00,,"two, words"\n'
    )
    splits = csv_file(write(tmp_path, text))
    assert splits.name == "crops"
    assert [(s.key, s.person, s.camera) for s in splits.train] == [
        ((tmp_path / "a.jpg").as_posix(), 2, 1),
        ((tmp_path / "c.jpg").as_posix(), 1, 1),
    ]
    assert [(s.time, s.tracklet) for s in splits.train] == [(12.5, 7), (None, -1)]
    assert [(s.person, s.camera, s.time) for s in splits.query] == [(1, 2, 86400.0)]
    assert csv_file(tmp_path) == splits


def test_semicolons_and_special_persons(tmp_path: Path):
    text = "path;person;camera;split\na.jpg;-1;3;gallery\nb.jpg;0;3;gallery\nc.jpg;9;1;query\n"
    splits = csv_file(write(tmp_path, text))
    assert [(s.person, s.camera) for s in splits.gallery] == [(-1, 3), (0, 3)]
    assert [(s.person, s.camera) for s in splits.query] == [(9, 1)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "path,person,split\n",
            "line 1: the column 'camera' is missing.*names path, person, split",
        ),
        ("", "line 1: the column 'path' is missing.*names nothing"),
        (HEAD, "lists no crops"),
        (HEAD + "a.jpg,1,1,train\n\nb.jpg,,1,train\n", "line 4: person is empty"),
        (HEAD + "a.jpg,1,1\n", "line 2: split is empty"),
        (HEAD + "a.jpg,1,1,test\n", "line 2: split is 'test'; use one of train, query"),
        (HEAD + "a.jpg,1,1,train\nz.jpg,1,1,train\n", r"line 3: there is no file '.*z\.jpg'"),
        (HEAD[:-1] + ",time\na.jpg,1,1,train,noon\n", "line 2: time is 'noon'"),
        (HEAD[:-1] + ",time\na.jpg,1,1,train,2026-01-01T00:00\n", "line 2: time is '2026"),
        (HEAD[:-1] + ",tracklet\na.jpg,1,1,train,x\n", "line 2: tracklet is 'x'"),
    ],
)
def test_errors_name_the_line(tmp_path: Path, text: str, words: str):
    with pytest.raises(PasserbyError, match=words):
        csv_file(write(tmp_path, text))


def test_the_file_itself_must_be_clear(tmp_path: Path):
    with pytest.raises(PasserbyError, match="no CSV file"):
        csv_file(tmp_path)
    write(tmp_path, HEAD)
    (tmp_path / "more.csv").touch()
    with pytest.raises(PasserbyError, match="2 CSV files"):
        csv_file(tmp_path)
    with pytest.raises(PasserbyError, match="there is no file"):
        csv_file(tmp_path / "none.csv")
    (tmp_path / "more.csv").write_bytes(b"path,person\n\xff\xfe")
    with pytest.raises(PasserbyError, match="not UTF-8"):
        csv_file(tmp_path / "more.csv")
