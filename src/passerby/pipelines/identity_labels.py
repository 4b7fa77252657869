"""Confirmed tracklets -> crops and a CSV file that `passerby train` learns from."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import jpeg_bytes
from passerby.gallery.seen import Entry
from passerby.pipelines.identity_features import by_time
from passerby.pipelines.identity_times import known_stays

TABLE = "labels.csv"


@dataclass(frozen=True)
class Labels:
    """What was written.

    table: the CSV file; `passerby train --data.dataset csv --data.root` takes it
    people, tracklets, crops: how many; withheld: people who were confirmed and left out for their
           consent
    """

    table: Path
    people: int
    tracklets: int
    crops: int
    withheld: int


def export_labels(gallery: Gallery, out: Path, given_only: bool = False) -> Labels:
    """Write what humans have confirmed in a gallery as a data set of crops.

    `out`/labels.csv lists the crops with person, camera, split (all train), time, tracklet and
    source, the tracklet's id in the gallery. People are numbered from 1. Who refused consent is
    left out. The files are copies: what is forgotten in the gallery is still in them.

    given_only: only people who gave consent

    Raises PasserbyError when `out` holds something, or nobody is confirmed.
    """
    out = Path(out)
    if out.is_dir() and any(out.iterdir()):
        raise PasserbyError(f"'{out}' is not empty; name a new folder for the labels")
    consent = {person.id: person.consent for person in gallery.people()}
    allowed = {"given"} if given_only else {"given", "unknown"}
    stays = sorted(known_stays(gallery), key=lambda one: (one[0], by_time(one[1])))
    kept = [(person, entry) for person, entry in stays if consent[person] in allowed]
    everybody = sorted({person for person, _ in kept})
    withheld = len({person for person, _ in stays}) - len(everybody)
    if not kept:
        left_out = f"; {withheld} people were left out for their consent" if withheld else ""
        raise PasserbyError(
            "there is nothing to learn from: confirm tracklets of people first, on the page or by "
            f"a verdict{left_out}"
        )
    cameras = {name: at for at, name in enumerate(sorted({e.camera for _, e in kept}), start=1)}
    rows: list[tuple[str | int, ...]] = []
    for number, (person, entry) in enumerate(kept):
        who = everybody.index(person) + 1
        rows += _write(entry, out, number, who, cameras[entry.camera])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["path", "person", "camera", "split", "time", "tracklet", "source"])
    writer.writerows(rows)
    # Last, so that a folder with a table is whole.
    table = write_atomically(out / TABLE, lambda to: to.write_text(text.getvalue(), "utf-8"))
    return Labels(table, len(everybody), len(kept), len(rows), withheld)


def _write(
    entry: Entry, out: Path, number: int, person: int, camera: int
) -> Sequence[tuple[str | int, ...]]:
    """The crops of an entry as files, and a line of the table for each."""
    rows = []
    for place, crop in enumerate(entry.crops):
        name = f"crops/{person:05d}/c{camera}_{number:06d}_{place:02d}.jpg"
        data = jpeg_bytes(crop)
        write_atomically(out / name, lambda to, data=data: to.write_bytes(data))
        time = f"{entry.start:.3f}" if entry.clocked else ""
        rows.append((name, person, camera, "train", time, number, entry.id))
    return rows
