"""`passerby gallery`: look into a gallery, move it, check it, and forget people."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser

_USAGE = """\
usage: passerby gallery ACTION ...

GALLERY is a folder, or postgresql://USER:PASSWORD@HOST/NAME

actions:
  stats GALLERY                   what it holds: recordings, cameras, tracklets, people, the model
  verify GALLERY                  look at everything in it; status 1 if something is wrong
  forget WHO... --gallery GALLERY
                                  remove people, recordings (ID) and tracklets (ID/NUMBER) for good,
                                  and look for what is left of them; status 1 if something is
  retention GALLERY               how many days each camera's sightings are kept, and to set it
  expire GALLERY                  remove what is older than that
  audit GALLERY                   who looked at whom, and who changed what
  export GALLERY TO               write all of it, but for keys and audit log, in plain formats
  import EXPORT GALLERY           add what was exported to another gallery
  backup GALLERY TO               write all of it into one file, while it is in use
  restore BACKUP GALLERY          make a gallery of it, without who was forgotten since
  scrub GALLERY                   rewrite its files without what was removed from it
"""


def main(arguments: list[str]) -> int:
    """Run `passerby gallery ARGUMENTS` and return its exit status."""
    if arguments and arguments[0] in _ACTIONS:
        return _ACTIONS[arguments[0]](arguments[1:])
    asked = bool(arguments) and arguments[0] in ("-h", "--help")
    print(_USAGE, end="", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


def _parser(action: str, *places: str) -> "ArgumentParser":
    from jsonargparse import ArgumentParser

    parser = ArgumentParser(prog=f"passerby gallery {action}")
    for place in places:
        parser.add_argument(place, metavar=place.upper(), help=_PLACES[place])
    return parser


def _stats(arguments: list[str]) -> int:
    from rich.console import Console
    from rich.table import Table

    from passerby.gallery.opening import open_gallery

    given = _parser("stats", "gallery").parse_args(arguments)
    with open_gallery(given.gallery) as store:
        stats, recordings, cameras = store.stats(), store.recordings(), store.cameras()
    table = Table(title=f"{stats.recordings} recordings, {stats.tracklets} tracklets")
    for column in ("recording", "camera", "source", "seconds", "frames"):
        table.add_column(column, justify="right" if column in ("seconds", "frames") else "left")
    for recording in recordings:
        table.add_row(
            recording.id,
            recording.camera,
            recording.source,
            f"{recording.duration:.1f}",
            f"{recording.frames:,}",
        )
    console = Console()
    console.print(table)
    for camera in cameras:
        zone = f", {camera.zone}" if camera.zone else ""
        count = stats.cameras.get(camera.name, 0)
        console.print(f"camera {camera.name}{zone}: {count} tracklets", highlight=False)
    console.print(f"{stats.people} people, {stats.features} features", highlight=False)
    console.print(f"model {stats.model.name} ({stats.model.hash[:12]})", highlight=False)
    return 0


def _verify(arguments: list[str]) -> int:
    from passerby.cli.progress import progress_bar
    from passerby.pipelines.verify_gallery import verify_gallery

    parser = _parser("verify", "gallery")
    parser.add_function_arguments(verify_gallery, skip={"gallery", "progress"})
    given = parser.parse_args(arguments)
    with progress_bar("looking") as advance:
        seen = verify_gallery(**vars(given), progress=advance)
    recall = "" if seen.recall is None else f"; search finds {seen.recall:.3f} of the ten nearest"
    print(
        f"{seen.tracklets} tracklets, {seen.crops} pictures, {seen.features} features, "
        f"{seen.records} records of the audit log{recall}"
    )
    for fault in seen.faults:
        print(f"wrong: {fault}")
    print("the gallery is not whole" if seen.faults else "the gallery is whole")
    return 1 if seen.faults else 0


def _forget(arguments: list[str]) -> int:
    from passerby.pipelines.forget import forget

    parser = _parser("forget")
    told = "people by id or name, recordings (ID), tracklets (ID/N)"
    parser.add_argument("ids", nargs="+", metavar="WHO", help=told)
    parser.add_argument("--gallery", required=True, metavar="GALLERY", help=_PLACES["gallery"])
    parser.add_function_arguments(forget, skip={"ids", "gallery", "by"})
    given = parser.parse_args(arguments)
    done = forget(**vars(given))
    print(f"{done.tracklets} tracklets forgotten. What is left of them:")
    for table, count in done.rows.items():
        print(f"{count:>8}  rows of table {table}")
    for kind, count in (done.pages or {}).items():
        print(f"{count:>8}  pieces of {kind} in the files of the database")
    if done.pages is not None:
        print(f"({done.pieces} pieces of their vectors and pictures were looked for)")
    elif not given.rewrite:
        print("their bytes stay in the files until they are written over: passerby gallery scrub")
    for undone in done.undone:
        print(f"not done: {undone}")
    print(f"so that no backup brings them back, their ids are in {done.listed}; keep that file")
    if not done.clean:
        print(
            "something is left. A backup or another long read may have held it: when that is "
            "over, run passerby gallery scrub"
        )
    return 0 if done.clean else 1


def _retention(arguments: list[str]) -> int:

    from passerby.gallery.opening import open_gallery
    from passerby.pipelines.retention import set_retention

    parser = _parser("retention", "gallery")
    parser.add_argument("--camera", help="set it for this camera; without it, show all")
    told = "how many days what it sees is kept; null keeps it"
    parser.add_argument("--days", type=float | None, help=told)
    given = parser.parse_args(arguments)
    if given.camera is not None:
        cameras = (set_retention(given.gallery, given.camera, given.days),)
    elif given.days is not None:
        parser.error("say which camera with --camera")
    else:
        with open_gallery(given.gallery) as store:
            cameras = store.cameras()
    for camera in cameras:
        days = camera.retention_days
        print(f"{camera.name:<24}  {'kept' if days is None else f'{days:g} days'}")
    return 0


def _expire(arguments: list[str]) -> int:
    from passerby.pipelines.retention import expire

    given = _parser("expire", "gallery").parse_args(arguments)
    print(f"{expire(given.gallery)} tracklets were older than their cameras keep, and went")
    return 0


def _audit(arguments: list[str]) -> int:
    from passerby.cli.audit import main as audit

    return audit(arguments)


def _export(arguments: list[str]) -> int:
    from pathlib import Path

    from passerby.cli.progress import progress_bar
    from passerby.gallery.opening import open_gallery
    from passerby.pipelines.export_gallery import export_gallery

    parser = _parser("export", "gallery")
    parser.add_argument("to", type=Path, metavar="TO", help="a new folder, or a new .tar file")
    given = parser.parse_args(arguments)
    with open_gallery(given.gallery) as store, progress_bar("exporting") as advance:
        counts = export_gallery(store, given.to, advance)
    print(", ".join(f"{count} {name}" for name, count in sorted(counts.items())), end="")
    print(f" -> {given.to}")
    return 0


def _import(arguments: list[str]) -> int:
    from pathlib import Path

    from passerby.cli.progress import progress_bar
    from passerby.gallery.opening import create_gallery
    from passerby.pipelines.import_gallery import import_gallery, model_of

    parser = _parser("import")
    parser.add_argument("export", type=Path, metavar="EXPORT", help="what `export` wrote")
    parser.add_argument("gallery", metavar="GALLERY", help=f"{_PLACES['gallery']}; made if new")
    given = parser.parse_args(arguments)
    model = model_of(given.export)
    with create_gallery(given.gallery, model) as store, progress_bar("importing") as advance:
        done = import_gallery(given.export, store, advance)
    print(
        f"{done.recordings} recordings with {done.tracklets} tracklets and {done.people} people "
        f"imported; {done.known} recordings were there already, {done.left_out} tracklets are "
        "forgotten and stay so"
    )
    return 0


def _backup(arguments: list[str]) -> int:
    from passerby.pipelines.backup import backup

    parser = _parser("backup", "gallery")
    parser.add_argument("to", metavar="TO", help="the file, which is not there yet")
    given = parser.parse_args(arguments)
    print(f"{backup(given.gallery, given.to)} holds all of it: keep it as safe as the gallery")
    return 0


def _restore(arguments: list[str]) -> int:
    from passerby.pipelines.backup import restore

    parser = _parser("restore")
    parser.add_argument("backup", metavar="BACKUP", help="what `backup` wrote")
    parser.add_argument("gallery", metavar="GALLERY", help="a new folder, or a database's URL")
    parser.add_function_arguments(restore, skip={"backup", "gallery", "by"})
    done = restore(**vars(parser.parse_args(arguments)))
    print(
        f"{done.tracklets} tracklets are back; {done.forgotten} were forgotten since and are "
        f"again, {done.expired} were older than their cameras keep"
    )
    if done.revoked:
        print(f"revoked: the keys {', '.join(done.revoked)}; make new ones with passerby keys make")
    return 0


def _scrub(arguments: list[str]) -> int:
    from passerby.gallery.opening import open_gallery
    from passerby.gallery.scrub import scrub

    given = _parser("scrub", "gallery").parse_args(arguments)
    with open_gallery(given.gallery) as store:
        undone = scrub(store.database.engine)
    for what in undone:
        print(f"not done: {what}")
    print("the gallery's files were rewritten without what was removed from it")
    return 1 if undone else 0


_PLACES: dict[str, str] = {
    "gallery": "the gallery's folder, or postgresql://USER:PASSWORD@HOST/NAME",
}

_ACTIONS: dict[str, Callable[[list[str]], Any]] = {
    "stats": _stats,
    "verify": _verify,
    "forget": _forget,
    "retention": _retention,
    "expire": _expire,
    "audit": _audit,
    "export": _export,
    "import": _import,
    "backup": _backup,
    "restore": _restore,
    "scrub": _scrub,
}
