"""A gallery -> a folder or tar file of plain formats, which another gallery can import."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.gallery.filter import EVERYTHING
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import jpeg_bytes
from passerby.gallery.seen import Entry, Recording
from passerby.pipelines.gallery_archive import ABOUT, FORMAT, Sink, as_json, as_lines, writing

_PAGE = 500


def export_gallery(
    store: Gallery, to: Path, progress: Callable[[int, int], object] = lambda done, total: None
) -> dict[str, int]:
    """Write all that a gallery holds, but for access keys, the audit log, jobs, and the features of
    models that are no longer searched.

    to: a folder or a .tar file that is not there yet; its owner's only
    progress: called with the tracklets written and all of them
    Returns what was written: name -> count.
    Raises PasserbyError when `to` is there already or cannot be written, and when somebody was
    forgotten meanwhile: then nothing is left of the export.
    """
    with writing(Path(to)) as sink:
        about = _write(store, sink, progress)
        sink.write(ABOUT, as_json(about))
    return about["counts"]


def entries_of(store: Gallery, page: int = _PAGE) -> Iterator[Entry]:
    """All entries of a gallery, by recording and number, a page at a time."""
    after = ""
    while found := store.entries(EVERYTHING, after=after, limit=page):
        yield from found
        after = found[-1].id


def _write(store: Gallery, sink: Sink, progress: Callable[[int, int], object]) -> dict[str, Any]:
    recordings = {recording.id: recording for recording in store.recordings()}
    total, written = store.stats().tracklets, dict.fromkeys(recordings, 0)
    digests: dict[str, str] = {}
    counts = {"features": 0, "crops": 0}
    for id, entries in groupby(entries_of(store), key=lambda entry: entry.recording):
        if id not in recordings:
            continue  # added since
        held = list(entries)
        digests[id], part = _write_recording(store, sink, recordings[id], held)
        counts = {name: counts[name] + part[name] for name in counts}
        written[id] = len(held)
        progress(sum(written.values()), max(total, sum(written.values())))
    for id in sorted(name for name, count in written.items() if not count):
        digests[id], _ = _write_recording(store, sink, recordings[id], [])
    # After the entries: whoever was named to be in one of them meanwhile is here too.
    cameras, people, verdicts = store.cameras(), store.people(), store.verdicts()
    lists = {
        "cameras.jsonl": as_lines(map(asdict, cameras)),
        "people.jsonl": as_lines(map(asdict, people)),
        "verdicts.jsonl": as_lines(map(asdict, verdicts)),
    }
    digests |= {name: sink.write(name, content) for name, content in lists.items()}
    _require_still_there(store, written)
    counts |= {"cameras": len(cameras), "people": len(people), "verdicts": len(verdicts)}
    counts |= {"recordings": len(recordings), "tracklets": sum(written.values())}
    return {"format": FORMAT, "model": asdict(store.model), "digests": digests, "counts": counts}


def _write_recording(
    store: Gallery, sink: Sink, recording: Recording, entries: Sequence[Entry]
) -> tuple[str, dict[str, int]]:
    """Write one recording; the digest of its `recording.json`, and what was written."""
    folder, lines, crops = f"recordings/{recording.id}", [], 0
    for entry in entries:
        names = [f"{folder}/crops/{entry.number}-{place}.jpg" for place in range(len(entry.crops))]
        crops += len(names)
        lines.append(
            {
                "number": entry.number,
                "start": entry.start,
                "end": entry.end,
                "clocked": entry.clocked,
                "person": entry.person,
                "sightings": [[sighting.frame, *sighting.box] for sighting in entry.sightings],
                "crops": [
                    sink.write(name, jpeg_bytes(crop))
                    for name, crop in zip(names, entry.crops, strict=True)
                ],
            }
        )
    digests = {"entries": sink.write(f"{folder}/entries.jsonl", as_lines(lines))}
    features = 0
    if entries:
        ids = [entry.id for entry in entries]
        parts = [store.features(ids[at : at + _PAGE]) for at in range(0, len(ids), _PAGE)]
        joined = Embeddings.join(parts)
        features = len(joined)
        digests["features"] = sink.write(f"{folder}/features.safetensors", _bytes_of(joined))
    about = {"recording": asdict(recording), "digests": digests}
    written = sink.write(f"{folder}/recording.json", as_json(about))
    return written, {"features": features, "crops": crops}


def _bytes_of(features: Embeddings) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return features.save(Path(folder) / "features.safetensors").read_bytes()


def _require_still_there(store: Gallery, written: dict[str, int]) -> None:
    """Raise PasserbyError when something that was written has been forgotten since."""
    now = Counter(entry.recording for entry in entries_of(store))
    held = {recording.id for recording in store.recordings()}
    if any(now[id] < count or id not in held for id, count in written.items()):
        raise PasserbyError(
            "somebody was forgotten while the gallery was exported; so that the export does not "
            "hold him or her, it was removed. Run it again"
        )
