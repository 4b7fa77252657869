"""The lists of person search, in the layout of CUHK-SYSU."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from passerby.core.files import write_atomically
from passerby.data.synthetic.mat_file import cells, structs, write_mat
from passerby.data.synthetic.seeds import stream

PICTURES = "Image/SSM"
SIZE = 50
"""Pictures that each query is searched in, where there are so many."""

Scene = dict[str, Any]
"""A picture as scenes.json tells of it: file, camera, time, people."""


def write_search_lists(out: Path, scenes: list[Scene], learnt: int, seed: int) -> None:
    """Write annotation/*.mat and scenes.json of the pictures `scenes`.

    learnt: people 1 to `learnt` are learnt from, the others tested

    Pictures that show somebody to learn from are no part of the test. A person is a query when
    two pictures at least show them; the first is asked with.
    """
    train = {s["file"] for s in scenes if any(p["person"] <= learnt for p in s["people"])}
    pool = [s["file"] for s in scenes if s["file"] not in train]
    boxes: dict[int, list[tuple[str, list[int]]]] = {}
    for scene in scenes:
        for one in scene["people"]:
            if (one["person"] <= learnt) == (scene["file"] in train):
                boxes.setdefault(one["person"], []).append((scene["file"], one["box"]))
    people = sorted(boxes)
    asked = [person for person in people if person > learnt and len(boxes[person]) > 1]
    lists = out / "annotation"
    write_mat(lists / "Person.mat", "Person", structs([_person(p, boxes[p]) for p in people]))
    images = [
        {
            "imname": s["file"],
            "nAppear": float(len(s["people"])),
            "box": structs([{"idlocate": _box(one["box"])} for one in s["people"]]),
        }
        for s in scenes
    ]
    write_mat(lists / "Images.mat", "Img", structs(images))
    write_mat(lists / "pool.mat", "pool", cells(pool))
    splits = lists / "test" / "train_test"
    learning = [_person(p, boxes[p]) for p in people if p <= learnt]
    write_mat(splits / "Train.mat", "Train", structs(learning))
    searches = [_search(person, boxes[person], pool, seed) for person in asked]
    write_mat(splits / f"TestG{SIZE}.mat", f"TestG{SIZE}", structs(searches))
    told = {
        "train": [person for person in people if person <= learnt],
        "queries": [{"person": p, "file": boxes[p][0][0], "box": boxes[p][0][1]} for p in asked],
        "frames": scenes,
    }
    text = json.dumps(told, indent=1) + "\n"
    write_atomically(out / "scenes.json", lambda to: to.write_text(text))


def _person(person: int, shown: list[tuple[str, list[int]]]) -> dict[str, Any]:
    scenes = structs([{"imname": file, "idlocate": _box(box)} for file, box in shown])
    return {"idname": f"p{person}", "nAppear": float(len(shown)), "scene": scenes}


def _search(
    person: int, shown: list[tuple[str, list[int]]], pool: list[str], seed: int
) -> dict[str, Any]:
    """A query with its gallery: the person's other pictures, then others drawn by chance."""
    (file, box), *others = shown
    with_person = dict(others)
    rest = [name for name in pool if name != file and name not in with_person]
    order = stream(seed, "gallery", person).permutation(len(rest))
    filled = [*with_person, *(rest[at] for at in order)][: max(SIZE, len(with_person))]
    gallery = [
        {"imname": n, "idlocate": _box(with_person[n]) if n in with_person else _box([])}
        for n in filled
    ]
    query = {"idname": f"p{person}", "imname": file, "idlocate": _box(box)}
    return {"Query": query, "Gallery": structs(gallery)}


def _box(box: list[int]) -> np.ndarray:
    return np.array([box] if box else np.zeros((0, 0)), np.float64)
