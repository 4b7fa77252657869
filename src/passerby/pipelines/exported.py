"""Reading an exported gallery; whatever is wrong with it has words before anything is imported."""

import io
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

import torch
from PIL import Image

from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.data.images import decode_image
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.people import Consent, Person, Verdict
from passerby.gallery.seen import Camera, Entry, Model, Recording, Sighting
from passerby.pipelines.gallery_archive import (
    ABOUT,
    FORMAT,
    RECORDING,
    read,
    read_json,
    read_lines,
)

Listed = TypeVar("Listed")

_LISTS = ("cameras.jsonl", "people.jsonl", "verdicts.jsonl")
_LARGEST = 50_000_000  # pixels of a picture: nobody's crop is larger


@dataclass(frozen=True, eq=False)
class Part:
    """A recording of an export; the crops of its entries are `Jpeg`s, its features None if it has
    no entries."""

    recording: Recording
    entries: tuple[Entry, ...]
    features: Embeddings | None


@dataclass(frozen=True, eq=False)
class Export:
    """What an export holds; its recordings are read one at a time."""

    folder: Path
    model: Model
    cameras: tuple[Camera, ...]
    people: tuple[Person, ...]
    verdicts: tuple[Verdict, ...]
    recordings: Mapping[str, str]

    @classmethod
    def open(cls, folder: Path) -> "Export":
        """The export in a folder. Raises PasserbyError when there is none, or it is damaged."""
        about = read_json(folder, ABOUT)
        if about.get("format") != FORMAT:
            raise PasserbyError(
                f"{ABOUT} in the export is of the format {str(about.get('format'))[:60]!r}, and "
                f"this Passerby reads {FORMAT!r}; export the gallery again with this version, or "
                "import it with the one that wrote it. Nothing was imported"
            )
        with words(ABOUT):
            model = _model(about["model"])
            digests = {str(name): str(value) for name, value in about["digests"].items()}
            lists = {name: digests.pop(name) for name in _LISTS}
            if wrong := [id for id in digests if not RECORDING.fullmatch(id)]:
                raise ValueError(f"{wrong[0]!r} names no recording")
        return cls(
            folder,
            model,
            tuple(_listed(folder, "cameras.jsonl", lists, _camera)),
            tuple(_listed(folder, "people.jsonl", lists, _person)),
            tuple(_listed(folder, "verdicts.jsonl", lists, _verdict)),
            dict(sorted(digests.items())),
        )

    def parts(self, *, thoroughly: bool = False) -> Iterator[Part]:
        """The recordings, by id. Raises PasserbyError when one is damaged.

        thoroughly: decode each picture
        """
        for id, wanted in self.recordings.items():
            folder = f"recordings/{id}"
            with words(f"{folder}/recording.json"):
                about = read_json(self.folder, f"{folder}/recording.json", wanted)
                recording, digests = _recording(about["recording"]), about["digests"]
                if recording.id != id:
                    raise ValueError(f"it is of {recording.id!r}")
                inner = str(digests["entries"])
            with words(f"{folder}/entries.jsonl"):
                lines = read_lines(self.folder, f"{folder}/entries.jsonl", inner)
                entries = tuple(_entry(self.folder, recording, fields) for fields in lines)
                if len({entry.number for entry in entries}) < len(entries):
                    raise ValueError("a tracklet is in it twice")
                for entry in entries if thoroughly else ():
                    _require_pictures(entry)
            features = None
            if entries:
                with words(f"{folder}/features.safetensors"):
                    content = read(
                        self.folder, f"{folder}/features.safetensors", str(digests["features"])
                    )
                    features = _features(content, entries, self.model)
            yield Part(recording, entries, features)


@contextmanager
def words(name: str) -> Iterator[None]:
    """Whatever is wrong in the block is said of the file `name`."""
    try:
        yield
    except PasserbyError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise PasserbyError(
            f"{name} in the export is damaged: {what}. Nothing was imported"
        ) from error


def _listed(
    folder: Path,
    name: str,
    digests: Mapping[str, str],
    make: Callable[[Mapping[str, Any]], Listed],
) -> Iterator[Listed]:
    with words(name):
        for fields in read_lines(folder, name, digests[name]):
            yield make(fields)


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"{name} is no text")
    return value


def _number(fields: Mapping[str, Any], name: str) -> float:
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} is no number")
    return value


def _count(fields: Mapping[str, Any], name: str) -> int:
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 60:
        raise ValueError(f"{name} is no count")
    return value


def _truth(fields: Mapping[str, Any], name: str) -> bool:
    if not isinstance(fields[name], bool):
        raise ValueError(f"{name} is neither true nor false")
    return fields[name]


def _one_of(fields: Mapping[str, Any], name: str, allowed: tuple[Any, ...]) -> Any:
    value = _text(fields, name)
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}")
    return value


def _model(fields: Mapping[str, Any]) -> Model:
    metric = _one_of(fields, "metric", get_args(Metric))
    return Model(_text(fields, "name"), _text(fields, "hash"), metric, _text(fields, "source"))


def _camera(fields: Mapping[str, Any]) -> Camera:
    days = None if fields["retention_days"] is None else _number(fields, "retention_days")
    return Camera(_text(fields, "name"), _text(fields, "zone"), days)


def _person(fields: Mapping[str, Any]) -> Person:
    consent = _one_of(fields, "consent", get_args(Consent))
    return Person(_text(fields, "id"), _text(fields, "name"), consent, _text(fields, "note"))


def _verdict(fields: Mapping[str, Any]) -> Verdict:
    return Verdict(
        _text(fields, "tracklet"),
        _text(fields, "person"),
        _truth(fields, "same"),
        _text(fields, "by"),
        _number(fields, "time"),
    )


def _recording(fields: Mapping[str, Any]) -> Recording:
    if not isinstance(fields["settings"], dict):
        raise ValueError("settings are no object")
    return Recording(
        id=_text(fields, "id"),
        camera=_text(fields, "camera"),
        source=_text(fields, "source"),
        content=_text(fields, "content"),
        start=None if fields["start"] is None else _number(fields, "start"),
        duration=_number(fields, "duration"),
        frames=_count(fields, "frames"),
        lost=_count(fields, "lost"),
        settings=fields["settings"],
    )


def _entry(folder: Path, recording: Recording, fields: Mapping[str, Any]) -> Entry:
    number = _count(fields, "number")
    crops = []
    for place, wanted in enumerate(fields["crops"]):
        name = f"recordings/{recording.id}/crops/{number}-{place}.jpg"
        crops.append(Jpeg(name, read(folder, name, str(wanted))))
    sightings = []
    for seen in fields["sightings"]:
        frame, left, top, right, bottom = seen
        box = (float(left), float(top), float(right), float(bottom))
        sightings.append(Sighting(_count({"frame": frame}, "frame"), box))
    return Entry(
        recording=recording.id,
        number=number,
        camera=recording.camera,
        start=_number(fields, "start"),
        end=_number(fields, "end"),
        clocked=_truth(fields, "clocked"),
        crops=tuple(crops),
        sightings=tuple(sightings),
        person=_text(fields, "person"),
    )


def _features(content: bytes, entries: tuple[Entry, ...], model: Model) -> Embeddings:
    """Features whose `tracklets` are the numbers of the entries, read off their keys."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "features.safetensors"
        file.write_bytes(content)
        held = Embeddings.load(file)
    if held.model_hash != model.hash:
        raise ValueError(f"they are by another model ({held.model_hash[:12]})")
    numbers = {entry.id: entry.number for entry in entries}
    if set(held.keys) != set(numbers):
        raise ValueError("they are not of the tracklets in entries.jsonl")
    rows = torch.tensor([numbers[key] for key in held.keys], dtype=torch.int64)
    return replace(held, tracklets=rows)


def _require_pictures(entry: Entry) -> None:
    for crop in entry.crops:
        assert isinstance(crop, Jpeg)  # made by `_entry`
        try:
            with Image.open(io.BytesIO(crop.encoded)) as image:
                known = image.format == "JPEG" and image.width * image.height <= _LARGEST
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            known = False
        if not known:
            raise ValueError(f"{crop.name} is no JPEG of a person")
        decode_image(crop.encoded, crop.name)
