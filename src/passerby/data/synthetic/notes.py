"""What a rendered folder says about itself: which world, and what its people look like."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.data.synthetic.attributes import attributes
from passerby.data.synthetic.captions import caption
from passerby.data.synthetic.crops import WORLD_FILE
from passerby.data.synthetic.person import OUTFITS
from passerby.data.synthetic.world import World

CAPTIONS = 3
"""Descriptions of each outfit of each person."""


def note_world(out: Path, world: World, **asked: Any) -> None:
    """Write down in world.json which world `out` holds, and what was asked for.

    Raises PasserbyError when the folder holds another, or the same with other options.
    """
    told = asdict(world)
    if not world.without:  # as folders say it that were written before worlds could lack something
        del told["without"]
    text = json.dumps({"world": told, **asked}, indent=2) + "\n"
    note = out / WORLD_FILE
    if note.exists():
        if note.read_text() != text:
            raise PasserbyError(
                f"{out} holds another world: {_differences(note.read_text(), text)}. Choose an "
                "empty folder, or the options that it was written with."
            )
        return
    if out.is_dir() and any(out.iterdir()):
        raise PasserbyError(
            f"{out} holds something else already; choose an empty folder or a new one"
        )
    write_atomically(note, lambda to: to.write_text(text))


def note_people(out: Path, world: World, people: Iterable[int]) -> None:
    """Write what people look like, outfit by outfit, into attributes.csv and captions.json."""
    outfits = range(OUTFITS if world.clothes_change else 1)
    table = io.StringIO()
    rows: csv.DictWriter[str] | None = None
    said: dict[str, dict[str, list[str]]] = {}
    for number in sorted(set(people)):
        for outfit in outfits:
            person = world.person(number, outfit)
            words = {"person": number, "outfit": outfit, **attributes(person)}
            if rows is None:
                rows = csv.DictWriter(table, list(words), lineterminator="\n")
                rows.writeheader()
            rows.writerow(words)
            told = [caption(person, seed) for seed in range(CAPTIONS)]
            said.setdefault(f"{number:04d}", {})[str(outfit)] = told
    write_atomically(out / "attributes.csv", lambda to: to.write_text(table.getvalue()))
    text = json.dumps(said, indent=1) + "\n"
    write_atomically(out / "captions.json", lambda to: to.write_text(text))


def _differences(before: str, after: str) -> str:
    """The options in which two notes differ, in words."""
    try:
        old, new = json.loads(before), json.loads(after)
    except json.JSONDecodeError:
        return f"its {WORLD_FILE} is damaged"
    old, new = ({**note.pop("world", {}), **note} for note in (old, new))
    changed = [
        f"{name} {old.get(name)!r} and not {new.get(name)!r}"
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]
    return ", ".join(changed)
