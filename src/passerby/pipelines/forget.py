"""Remove people, recordings and tracklets from a gallery, for good, and prove it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import ProgrammingError

from passerby.core.errors import PasserbyError
from passerby.gallery.audit import Audit, Subject
from passerby.gallery.database import is_url
from passerby.gallery.forgotten import keep_list, list_of
from passerby.gallery.opening import open_gallery
from passerby.gallery.pages import Finder, Trace, scan_files, scan_server
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.scrub import scrub
from passerby.gallery.traces import blank_jobs, bytes_of, marks_of, others_have, rows_left


@dataclass(frozen=True)
class Wanted:
    """What shall be forgotten, by id."""

    recordings: tuple[str, ...] = ()
    tracklets: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The same for the audit log."""
        return (
            *(Subject("recording", id) for id in self.recordings),
            *(Subject("tracklet", id) for id in self.tracklets),
            *(Subject("person", id) for id in self.people),
        )


@dataclass(frozen=True)
class Forgotten:
    """What went, and what is left.

    tracklets: how many went
    rows:      table -> rows that still hold, refer to or name what was forgotten
    pieces:    how many pieces of its vectors and pictures were looked for in the files
    pages:     kind -> pieces that were found in them; None where the files were not looked at
    undone:    what could not be done, in words
    listed:    the list of the forgotten outside the database
    """

    tracklets: int
    rows: dict[str, int]
    pieces: int
    pages: dict[str, int] | None
    undone: tuple[str, ...]
    listed: Path

    @property
    def clean(self) -> bool:
        """Whether nothing is left, as far as was looked."""
        return not any(self.rows.values()) and not any((self.pages or {}).values())


def forget(
    ids: Sequence[str], gallery: Path | str, by: str = "command line", rewrite: bool = True
) -> Forgotten:
    """Forget people, recordings (ID) and tracklets (ID/NUMBER), and look for what is left of them.

    A person goes with every tracklet that is said to show him or her. Vectors, pictures, verdicts
    and what the audit log knows of them go at once; then the database's files are rewritten
    without their bytes, and searched for them.

    Args:
        ids: people by id or by name, recordings and tracklets as `passerby search` prints them
        gallery: folder of the gallery, or postgresql://USER:PASSWORD@HOST/NAME
        by: who forgets, for the audit log
        rewrite: rewrite the files; the gallery stands still meanwhile, for minutes where it is
            large. Without it the bytes stay in the files until something is written over them

    Raises:
        PasserbyError: there is no gallery, or somebody is not in it; then nothing is forgotten.
    """
    with open_gallery(gallery) as store:
        return forget_in(store, find(store, ids), gallery, by=by, rewrite=rewrite)


def find(store: PostgresGallery, ids: Sequence[str]) -> Wanted:
    """Who is meant by ids, and by names of people.

    Raises PasserbyError when somebody is unknown, or several people have a name.
    """
    recordings = {recording.id for recording in store.recordings()}
    people = store.people()
    known, names = {person.id for person in people}, {}
    for person in people:
        if person.name:
            names.setdefault(person.name, []).append(person.id)
    found: dict[str, list[str]] = {"recordings": [], "tracklets": [], "people": []}
    for id in dict.fromkeys(ids):
        if id in known:
            found["people"].append(id)
        elif id in recordings:
            found["recordings"].append(id)
        elif id in names:
            if len(names[id]) > 1:
                raise PasserbyError(
                    f"{len(names[id])} people are named {id!r}; nothing was forgotten. Say which "
                    f"by id: {', '.join(sorted(names[id]))}"
                )
            found["people"] += names[id]
        elif id.rpartition("/")[0] in recordings:
            found["tracklets"].append(store.entry(id).id)
        else:
            raise PasserbyError(
                f"the gallery holds no {id!r}; nothing was forgotten. People go by id or name, "
                "recordings by ID, tracklets by ID/NUMBER, as search prints them"
            )
    return Wanted(*(tuple(dict.fromkeys(found[kind])) for kind in found))


def forget_in(
    store: PostgresGallery,
    wanted: Wanted,
    place: Path | str,
    *,
    by: str,
    rewrite: bool = True,
) -> Forgotten:
    """`forget` in a gallery that is open already, such as a service's.

    place: where it is, for the list of the forgotten and the search through its files
    Raises PasserbyError when somebody is unknown; then nothing is forgotten.
    """
    database = store.database
    audit, listed = Audit(database), list_of(place)
    keep_list(database, listed)  # if it cannot be written, nothing is forgotten yet
    sought = (wanted.recordings, wanted.tracklets, wanted.people)
    marks = marks_of(database, *sought)
    traces = bytes_of(database, marks) if rewrite else ()
    audit.write(by, "forget", wanted.subjects)
    tracklets = store.forget(*sought)
    keep_list(database, listed)
    blank_jobs(database, marks)
    undone, pages = (), None
    if rewrite:
        undone = scrub(database.engine)
        pages = _in_files(store, place, traces)
        if pages is None:
            undone += ("the search through the server's files, which needs a superuser there",)
    rows = rows_left(database, marks)
    left = sum(rows.values()) + sum((pages or {}).values())
    audit.write(by, "forgotten", detail={"tracklets": tracklets, "left": left})
    pieces = sum(len(trace.pieces) for trace in traces)
    return Forgotten(tracklets, rows, pieces, pages, undone, listed)


def _in_files(
    store: PostgresGallery, place: Path | str, traces: Sequence[Trace]
) -> dict[str, int] | None:
    """Kind -> pieces in the files of a gallery; None where they may not be looked at."""
    finder = Finder(traces)
    try:
        found = scan_server(store.database.engine, finder)
    except ProgrammingError:
        return None
    if not is_url(place):  # also what lies beside the server's own files
        for piece, count in scan_files(Path(place), finder, leave_out="postgres").items():
            found[piece] = found.get(piece, 0) + count
    counts = {trace.kind: 0 for trace in traces}
    for piece, count in found.items():
        if not others_have(store.database, piece):  # such as an evenly white wall
            counts[finder.kinds[piece]] += count
    return counts
