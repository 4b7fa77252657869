"""`passerby gallery`: look into a gallery, and forget people."""

import sys
from pathlib import Path

_USAGE = """\
usage: passerby gallery ACTION ...

actions:
  stats GALLERY            what it holds: recordings, cameras, tracklets, the model
  forget ID... --gallery GALLERY
                           remove recordings (ID) and tracklets (ID/NUMBER) for good
"""


def main(arguments: list[str]) -> int:
    """Run `passerby gallery ARGUMENTS` and return its exit status."""
    actions = {"stats": _stats, "forget": _forget}
    if arguments and arguments[0] in actions:
        return actions[arguments[0]](arguments[1:])
    asked = bool(arguments) and arguments[0] in ("-h", "--help")
    print(_USAGE, end="", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


def _stats(arguments: list[str]) -> int:
    from jsonargparse import ArgumentParser
    from rich.console import Console
    from rich.table import Table

    from passerby.gallery.folder import FolderGallery

    parser = ArgumentParser(prog="passerby gallery stats")
    parser.add_argument("gallery", type=Path, help="folder of the gallery")
    store = FolderGallery.open(parser.parse_args(arguments).gallery)
    stats = store.stats()
    table = Table(title=f"{stats.recordings} recordings, {stats.tracklets} tracklets")
    for column in ("recording", "camera", "source", "seconds", "frames"):
        table.add_column(column, justify="right" if column in ("seconds", "frames") else "left")
    for recording in store.recordings():
        table.add_row(
            recording.id,
            recording.camera,
            recording.source,
            f"{recording.duration:.1f}",
            f"{recording.frames:,}",
        )
    console = Console()
    console.print(table)
    console.print(f"model {stats.model.name} ({stats.model.hash[:12]})", highlight=False)
    return 0


def _forget(arguments: list[str]) -> int:
    from jsonargparse import ArgumentParser

    from passerby.pipelines.forget import forget

    parser = ArgumentParser(prog="passerby gallery forget")
    parser.add_argument("ids", nargs="+", metavar="ID", help="recordings (ID), tracklets (ID/N)")
    parser.add_function_arguments(forget, skip={"ids"})
    given = parser.parse_args(arguments)
    gone = forget(given.ids, given.gallery)
    print(f"{gone} tracklets forgotten: their vectors and pictures are gone from {given.gallery}")
    return 0
