"""`passerby export`: write a model for a faster runtime, proven against its checkpoint."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from passerby.engine.export import Exported


def main(arguments: list[str]) -> int:
    """Run `passerby export ARGUMENTS` and return its exit status."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.export import export

    parser = ArgumentParser(
        prog="passerby export",
        description="Write a model for a faster runtime, proven against its checkpoint.",
    )
    parser.add_argument("checkpoint", help="a run folder, a checkpoint, or a public model's name")
    parser.add_argument("--json", action="store_true", help="print JSON instead of words")
    parser.add_function_arguments(export, skip={"checkpoint", "say"})
    given = parser.parse_args(arguments).as_dict()
    as_json = given.pop("json")
    done = export(**given, say=lambda words: print(words, file=sys.stderr, flush=True))
    if as_json:
        print(json.dumps({"file": str(done.path), "parity": asdict(done.parity)}))
    else:
        _print(done)
    return 0


def _print(done: "Exported") -> None:
    found, note = done.parity, done.note
    print(
        f"{note.name} in {note.precision}, written to {done.path}\n"
        f"on {found.crops} crops: cosine similarity {found.cosine:.5f} on average and "
        f"{found.least_cosine:.5f} at worst, largest difference {found.difference:.2g}; "
        f"{100 * found.nearest:.0f} % have the same nearest neighbour; "
        f"more in {done.account}"
    )
    if note.precision == "int8":
        print("int8 is a model of its own: fill a gallery of its own with it")
