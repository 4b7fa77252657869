"""The rendered world as a data set: crops that are rendered when they are read."""

import json
from dataclasses import replace
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.market1501 import market1501
from passerby.data.splits import Splits
from passerby.data.synthetic.ingredients import ingredients
from passerby.data.synthetic.modalities import MODALITIES, Modality
from passerby.data.synthetic.rendered_crop import FreshCrop, Kind, RenderedCrop
from passerby.data.synthetic.world import World

PARTS = ("bounding_box_train", "query", "bounding_box_test")
"""Folders of the Market-1501 layout: train, query, gallery."""

WORLD_FILE = "world.json"
"""In a folder that was rendered: which world it is, and what was asked for."""

STRANGER = 2_000_000
"""Numbers from here on are of people who are in no query."""


def rendered(
    root: Path | None = None,
    *,
    seed: int = 0,
    people: int = 200,
    test_people: int = 100,
    cameras: int = 6,
    shots: int = 4,
    height: int = 256,
    width: int = 128,
    style: str = "town",
    modality: str = "visible",
    without: str = "",
    clothes_change: bool = False,
    junk: int = 0,
    distractors: int = 0,
    fresh: bool = False,
) -> Splits:
    """A rendered world: `people` to learn from, `test_people` others to find again.

    Every person is seen `shots` times by each of `cameras` cameras; at test, the first picture
    from each camera is a query, the others are the gallery. With two modalities, pictures of the
    last are the queries and those of the others the gallery. Crops are rendered as they are read.
    When `root` holds a world that `passerby data render` wrote, that one is read, and the other
    options do not matter.

    Raises PasserbyError when `root` holds something else, or the numbers make no data set.

    Args:
        root: a folder that was rendered, or an empty or new one, or none
        seed: another seed is another world of the same style
        people: people to learn from
        test_people: other people, to find again
        cameras: cameras that see everybody
        shots: pictures of each person by each camera
        height: of the crops, pixels
        width: of the same
        style: kind of places: town, plaza, mall, campus, street, station, park, night, rain, ...
        modality: visible, infrared, thermal, sketch or low; several with + between are dealt out
            to the cameras in turn, as in visible+infrared
        without: what the world is to lack, of patterns, bodies, lights, backgrounds and occluders;
            several with + between, as in patterns+lights
        clothes_change: people wear other clothes each time they come past a camera
        junk: bad boxes in the gallery, of person -1
        distractors: pictures of strangers and of nobody in the gallery, of person 0
        fresh: while learning, every picture is of a new shot: none comes twice

    >>> splits = rendered(people=3, test_people=2, cameras=2, shots=3)
    >>> len(splits.train), len(splits.query), len(splits.gallery)
    (18, 4, 8)
    """
    if root is not None and all((root / part).is_dir() for part in PARTS):
        if fresh:
            raise PasserbyError(
                f"the pictures in {root} are always the same; leave the folder out for fresh ones"
            )
        return _written(root)
    if root is not None and root.exists() and (root.is_file() or any(root.iterdir())):
        raise PasserbyError(
            f"{root} holds no rendered world ({', '.join(PARTS)} are not all there); name a folder "
            "that `passerby data render` wrote, or an empty or new one to render while reading"
        )
    for name, value, least in (
        ("people", people, 0), ("test_people", test_people, 0), ("cameras", cameras, 2),
        ("shots", shots, 2), ("height", height, 8), ("width", width, 8), ("junk", junk, 0),
        ("distractors", distractors, 0),
    ):  # fmt: skip
        if value < least:
            raise PasserbyError(
                f"a rendered data set with {name} = {value} tests nothing; choose {least} or more"
            )
    if junk and not test_people:
        raise PasserbyError(
            "junk is of the people that are tested; choose test_people of 1 or more"
        )
    world = World(
        seed=seed, people=max(1, people + test_people), cameras=cameras,
        clothes_change=clothes_change, style=style, without=ingredients(without),
    )  # fmt: skip
    kinds = modalities(modality, cameras)

    def crop(person: int, camera: int, shot: int, kind: Kind = "person") -> RenderedCrop:
        return RenderedCrop(world, person, camera, shot, height, width, kinds[camera - 1], kind)

    def seen(first: int, last: int, chosen: range) -> tuple[Sample, ...]:
        return tuple(
            crop(person, camera, shot).sample()
            for person in range(first, last + 1)
            for camera in range(1, cameras + 1)
            for shot in chosen
        )

    train = seen(1, people, range(shots))
    if fresh:
        train = tuple(
            replace(sample, pixels=FreshCrop(sample.pixels))
            for sample in train
            if isinstance(sample.pixels, RenderedCrop)
        )
    query = seen(people + 1, people + test_people, range(1))
    gallery = seen(people + 1, people + test_people, range(1, shots))
    if len(set(kinds)) > 1:
        asked = kinds[len(set(kinds)) - 1]
        both = query + gallery
        query = tuple(s for s in query if s.modality == asked)
        gallery = tuple(s for s in both if s.modality != asked)
    extra = [
        crop(people + 1 + n // cameras % test_people, n % cameras + 1, 90 + n, "junk")
        for n in range(junk)
    ]
    for n in range(distractors):  # two strangers, then nobody
        kind, who = ("nobody", 0) if n % 3 == 2 else ("stranger", STRANGER + n // 2)
        extra.append(crop(who, n % cameras + 1, n, kind))
    return Splits(
        "rendered", train=train, query=query,
        gallery=gallery + tuple(one.sample() for one in extra),
    )  # fmt: skip


def modalities(named: str, cameras: int) -> tuple[Modality, ...]:
    """The modality of each camera, from "visible" or "visible+infrared" and so on.

    Raises PasserbyError when there is no such modality, or more of them than cameras.

    >>> modalities("visible+infrared", 3)
    ('visible', 'infrared', 'visible')
    """
    words = [word.strip() for word in named.split("+")]
    known: dict[str, Modality] = {one: one for one in MODALITIES}
    found: list[Modality] = [known[word] for word in words if word in known]
    if len(set(found)) != len(words):
        raise PasserbyError(
            f"there is no modality {named!r}; choose {', '.join(MODALITIES)}, or several with + "
            "between, as visible+infrared"
        )
    if len(found) > cameras:
        raise PasserbyError(f"{cameras} cameras cannot see in {len(found)} modalities; add cameras")
    return tuple(found[number % len(found)] for number in range(cameras))


def _written(root: Path) -> Splits:
    """A world on disk; its notes say which camera has which modality."""
    splits, note = market1501(root), root / WORLD_FILE
    kinds = json.loads(note.read_text()).get("modalities", []) if note.is_file() else []
    named = {
        part: tuple(
            replace(
                sample,
                dataset="rendered",
                modality=kinds[sample.camera - 1] if sample.camera <= len(kinds) else "visible",
            )
            for sample in getattr(splits, part)
        )
        for part in ("train", "query", "gallery")
    }
    return Splits("rendered", **named)
