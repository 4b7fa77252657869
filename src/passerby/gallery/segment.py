"""One recording of a `FolderGallery` on disk: a folder written once, thinned by forgetting."""

import json
import shutil
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.gallery.jpeg import jpeg_bytes
from passerby.gallery.seen import Entry, Recording, Sighting

_FORMAT = "passerby-recording-1"


@dataclass(frozen=True, eq=False)
class Segment:
    """A recording, its entries, and their features (rows in any order)."""

    recording: Recording
    entries: tuple[Entry, ...]
    features: Embeddings


def write_segment(folder: Path, segment: Segment) -> None:
    """Write a segment into an empty folder: `recording.json`, `features.safetensors`, `crops/`."""
    (folder / "crops").mkdir(mode=0o700)
    entries = []
    for entry in segment.entries:
        files = tuple(
            folder / "crops" / f"{entry.number:06d}-{place}.jpg"
            for place in range(len(entry.crops))
        )
        for picture, file in zip(entry.crops, files, strict=True):
            encoded = jpeg_bytes(picture)
            write_atomically(file, lambda to, encoded=encoded: to.write_bytes(encoded))
        entries.append(replace(entry, crops=files))
    segment.features.save(folder / "features.safetensors")
    _write_about(folder, segment.recording, entries)
    for file in folder.rglob("*"):
        file.chmod(0o700 if file.is_dir() else 0o600)


def read_segment(folder: Path) -> Segment:
    """The segment in `folder`. Raises PasserbyError when it is damaged."""
    # Features first: forgetting rewrites them last, so that no entry is ever without its rows.
    try:
        features = Embeddings.load(folder / "features.safetensors")
        about = json.loads((folder / "recording.json").read_text())
        if about["format"] != _FORMAT:
            raise KeyError(f"format {about['format']!r}")
        recording = Recording(**about["recording"])
        entries = tuple(_entry(folder, recording, fields) for fields in about["entries"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise PasserbyError(
            f"the recording in {folder} is damaged ({error}). Delete that folder and ingest its "
            "video again; everything else in the gallery is untouched"
        ) from error
    numbers = torch.tensor([entry.number for entry in entries], dtype=torch.int64)
    features = features[torch.isin(features.tracklets, numbers)]
    without = sorted(set(numbers.tolist()) - set(features.tracklets.tolist()))
    if without:
        raise PasserbyError(
            f"the recording in {folder} is damaged (tracklet {without[0]} has no features). Delete "
            "that folder and ingest its video again; everything else in the gallery is untouched"
        )
    return Segment(recording, entries, features)


def thin_segment(folder: Path, numbers: Collection[int]) -> None:
    """Remove tracklets from the segment in `folder`; it may be repeated after an interruption."""
    segment = read_segment(folder)
    kept = tuple(entry for entry in segment.entries if entry.number not in numbers)
    _write_about(folder, segment.recording, kept)
    stays = torch.tensor([entry.number for entry in kept], dtype=torch.int64)
    segment.features[torch.isin(segment.features.tracklets, stays)].save(
        folder / "features.safetensors"
    )
    wanted = {file for entry in kept for file in entry.crops}
    for file in sorted((folder / "crops").iterdir()):
        if file not in wanted:
            file.unlink()
    for unfinished in folder.glob(".*"):  # of a write that was killed
        unfinished.unlink()


def remove_segment(folder: Path, trash: Path) -> None:
    """Remove a segment: out of sight in one step, then its files one by one."""
    shutil.rmtree(trash, ignore_errors=True)  # of a removal that was killed
    if folder.exists():
        folder.rename(trash)
    shutil.rmtree(trash, ignore_errors=True)


def _write_about(folder: Path, recording: Recording, entries: Sequence[Entry]) -> None:
    about = {
        "format": _FORMAT,
        "recording": asdict(recording),
        "entries": [
            {
                "number": entry.number,
                "start": entry.start,
                "end": entry.end,
                "crops": [Path(str(crop)).name for crop in entry.crops],
                "sightings": [[sighting.frame, *sighting.box] for sighting in entry.sightings],
            }
            for entry in entries
        ],
    }
    text = json.dumps(about, indent=1, sort_keys=True)
    write_atomically(folder / "recording.json", lambda to: to.write_text(text))


def _entry(folder: Path, recording: Recording, fields: dict[str, Any]) -> Entry:
    return Entry(
        recording=recording.id,
        number=fields["number"],
        camera=recording.camera,
        start=fields["start"],
        end=fields["end"],
        clocked=recording.start is not None,
        crops=tuple(folder / "crops" / name for name in fields["crops"]),
        sightings=tuple(Sighting(int(frame), tuple(box)) for frame, *box in fields["sightings"]),
    )
