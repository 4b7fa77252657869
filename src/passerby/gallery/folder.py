"""`FolderGallery`: a gallery in a folder, searched exactly."""

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.distances import pairwise_distances
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.topk import top_k
from passerby.gallery.filter import EVERYTHING, Filter
from passerby.gallery.gallery import Hit, Stats
from passerby.gallery.seen import Entry, Model, Recording
from passerby.gallery.segment import (
    Segment,
    read_segment,
    remove_segment,
    thin_segment,
    write_segment,
)
from passerby.gallery.staging import alone, staging, sweep, write_once

_FORMAT = "passerby-gallery-1"


class FolderGallery:
    """A `Gallery` on disk. Use `create` or `open`.

        gallery.json               the format and the model
        recordings/ID/             one folder a recording, see `segment`; it appears in one step
        access.jsonl               a line for every search and forget: time, action, count
        forgetting.json            only while something is being forgotten: what

    Any number of processes may add and search at once; forgetting waits for its turn. The
    pictures are of people: folders and files can be read by their owner only.
    """

    def __init__(self, directory: Path, model: Model) -> None:
        self.directory, self.model = Path(directory), model
        self._segments: dict[str, tuple[int, Segment]] = {}

    @classmethod
    def create(cls, directory: Path, model: Model) -> "FolderGallery":
        """The gallery in `directory`, made if there is none.

        Raises PasserbyError when it holds another model's features, or `directory` is in use for
        something else.
        """
        directory = Path(directory)
        about = directory / "gallery.json"
        if not about.exists():
            if directory.is_dir() and any(directory.iterdir()) and not _only_ours(directory):
                raise PasserbyError(
                    f"{directory} is not empty and holds no gallery; give a new folder"
                )
            try:
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                (directory / "recordings").mkdir(mode=0o700, exist_ok=True)
                write_once(about, json.dumps({"format": _FORMAT, "model": asdict(model)}))
            except OSError as error:
                raise PasserbyError(
                    f"no gallery can be made at {directory}: {error.strerror or error}; "
                    "choose a folder that you may write to"
                ) from error
        gallery = cls.open(directory)
        gallery._require(model.name, model.hash)
        return gallery

    @classmethod
    def open(cls, directory: Path) -> "FolderGallery":
        """The gallery in `directory`. Raises PasserbyError when there is none or it is damaged."""
        directory = Path(directory)
        about = directory / "gallery.json"
        try:
            fields = json.loads(about.read_text())
            if fields["format"] != _FORMAT:
                raise ValueError(f"format {fields['format']!r}, wanted {_FORMAT!r}")
            gallery = cls(directory, Model(**fields["model"]))
        except NotADirectoryError:
            raise PasserbyError(
                f"{directory} is a file or below one, and a gallery is a folder; check the path"
            ) from None
        except FileNotFoundError:
            if directory.is_dir() and not _only_ours(directory):
                raise PasserbyError(
                    f"{directory} holds other files and no gallery (gallery.json is not there); "
                    "check the path"
                ) from None
            raise PasserbyError(
                f"there is no gallery at {directory}; make one with `passerby ingest VIDEO "
                f"--camera NAME --gallery {directory}`"
            ) from None
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise PasserbyError(f"{about} is damaged or of another version: {error}") from error
        if gallery._journal.exists():
            with alone(gallery.directory):
                gallery._go_on_forgetting()
        return gallery

    def recordings(self) -> tuple[Recording, ...]:
        """All recordings, by id."""
        return tuple(segment.recording for segment in self._read())

    def entries(self) -> tuple[Entry, ...]:
        """All entries, by recording and number."""
        return tuple(
            entry
            for segment in self._read()
            for entry in sorted(segment.entries, key=lambda entry: entry.number)
        )

    def add(self, recording: Recording, entries: Sequence[Entry], features: Embeddings) -> bool:
        """See `Gallery.add`."""
        self._require(features.model, features.model_hash)
        numbers = {entry.number for entry in entries}
        if len(numbers) < len(entries) or numbers != set(features.tracklets.tolist()):
            raise PasserbyError(
                f"{len(entries)} entries do not fit the features, which are of the tracklets "
                f"{sorted(set(features.tracklets.tolist()))}; each entry needs a number of its own "
                "and one feature at least"
            )
        place = self.directory / "recordings" / recording.id
        try:
            with alone(self.directory):
                sweep(self.directory)
            with staging(self.directory) as folder:
                write_segment(folder, Segment(recording, tuple(entries), features))
                if not place.exists():
                    folder.rename(place)
                    return True
        except OSError as error:
            if not place.exists():  # else another process was faster
                raise PasserbyError(
                    f"could not add to the gallery {self.directory}: {error.strerror or error}; "
                    "it is as it was before"
                ) from error
        return False

    def search(
        self, query: Embeddings, k: int, where: Filter = EVERYTHING
    ) -> tuple[tuple[Hit, ...], ...]:
        """See `Gallery.search`."""
        self._require(query.model, query.model_hash)
        entries: list[Entry] = []
        rows: list[Tensor] = []
        owners: list[int] = []
        for segment in self._read():
            admitted = {
                entry.number: len(entries) + place
                for place, entry in enumerate(filter(where.admits, segment.entries))
            }
            entries += filter(where.admits, segment.entries)
            chosen = [r for r, n in enumerate(segment.features.tracklets.tolist()) if n in admitted]
            owners += [admitted[int(segment.features.tracklets[row])] for row in chosen]
            rows.append(segment.features.features[chosen])
        self._log("search", len(query))
        if not entries or k < 1:
            return tuple(() for _ in range(len(query)))
        features, owner = torch.cat([part for part in rows if len(part)]), torch.tensor(owners)

        def nearest(queries: slice) -> Tensor:
            far = pairwise_distances(query.features[queries], features, self.model.metric)
            best = far.new_full((len(far), len(entries)), float("inf"))
            # (q, rows) -> (q, entries): an entry is as near as its nearest row
            return best.scatter_reduce(1, owner.expand_as(far), far, "amin")

        ranking = top_k(DistanceBlocks(len(query), len(entries), nearest, block=64), k)
        return tuple(
            tuple(
                Hit(entries[index], float(distance))
                for index, distance in zip(indices.tolist(), distances.tolist(), strict=True)
            )
            for indices, distances in zip(ranking.indices, ranking.distances, strict=True)
        )

    def forget(self, recordings: Collection[str] = (), tracklets: Collection[str] = ()) -> int:
        """See `Gallery.forget`."""
        with alone(self.directory):
            sweep(self.directory)
            held = {segment.recording.id: segment for segment in self._read()}
            known = {e.id for segment in held.values() for e in segment.entries}
            unknown = sorted((set(recordings) - held.keys()) | (set(tracklets) - known))
            if unknown:
                raise PasserbyError(
                    f"the gallery {self.directory} holds no {unknown[0]!r}; nothing was "
                    "forgotten. Recordings are named ID, tracklets ID/NUMBER, as search prints them"
                )
            gone = {e.id for name in recordings for e in held[name].entries} | set(tracklets)
            self._journal.touch(mode=0o600)
            self._journal.write_text(
                json.dumps({"recordings": sorted(recordings), "tracklets": sorted(tracklets)})
            )
            self._go_on_forgetting()
            self._log("forget", len(gone))
        return len(gone)

    def stats(self) -> Stats:
        """See `Gallery.stats`."""
        segments = self._read()
        cameras: dict[str, int] = {}
        for segment in segments:
            camera = segment.recording.camera
            cameras[camera] = cameras.get(camera, 0) + len(segment.entries)
        return Stats(
            model=self.model,
            recordings=len(segments),
            tracklets=sum(cameras.values()),
            features=sum(len(segment.features) for segment in segments),
            people=0,
            cameras=dict(sorted(cameras.items())),
        )

    @property
    def _journal(self) -> Path:
        return self.directory / "forgetting.json"

    def _require(self, name: str, model_hash: str) -> None:
        if model_hash != self.model.hash:
            raise PasserbyError(
                f"the gallery {self.directory} holds features of {self.model.name!r} "
                f"({self.model.hash[:12]}), which cannot be compared with those of {name!r} "
                f"({model_hash[:12]}); use the same model, or a new gallery for the other one"
            )

    def _read(self) -> list[Segment]:
        """All segments, by id; those unchanged since the last time come from memory."""
        fresh: dict[str, tuple[int, Segment]] = {}
        for folder in sorted((self.directory / "recordings").glob("[!.]*")):
            try:
                version = (folder / "recording.json").stat().st_mtime_ns
                held = self._segments.get(folder.name)
                current = held is not None and held[0] == version
                fresh[folder.name] = held if current and held else (version, read_segment(folder))
            except (OSError, PasserbyError) as error:
                if not folder.exists():  # forgotten by another process while we were reading
                    continue
                if isinstance(error, PasserbyError):
                    raise
                raise PasserbyError(
                    f"the recording in {folder} is damaged ({error.strerror}). Delete that folder "
                    "and ingest its video again; everything else in the gallery is untouched"
                ) from error
        self._segments = fresh
        return [segment for _, segment in fresh.values()]

    def _go_on_forgetting(self) -> None:
        """Do what the journal says; needs `alone`. An interruption is gone on with by `open`."""
        if not self._journal.exists():
            return
        try:
            wanted = json.loads(self._journal.read_text())
        except ValueError:  # interrupted before a word was written: nothing had been begun
            self._journal.unlink()
            return
        for name in wanted["recordings"]:
            remove_segment(
                self.directory / "recordings" / name, self.directory / f".forgotten-{name}"
            )
        numbers: dict[str, set[int]] = {}
        for name in wanted["tracklets"]:
            recording, number = name.rsplit("/", 1)
            numbers.setdefault(recording, set()).add(int(number))
        for recording, which in sorted(numbers.items()):
            if (folder := self.directory / "recordings" / recording).exists():
                thin_segment(folder, which)
        self._segments.clear()
        self._journal.unlink()

    def _log(self, action: str, count: int) -> None:
        line = {"time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "action": action, "count": count}
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            handle = os.open(self.directory / "access.jsonl", flags, 0o600)
            with open(handle, "a") as log:
                log.write(json.dumps(line) + "\n")
        except OSError as error:
            raise PasserbyError(
                f"the use of the gallery {self.directory} cannot be logged ({error.strerror}); "
                "searching people needs a writable gallery"
            ) from error


def _only_ours(directory: Path) -> bool:
    """Whether a folder without gallery.json is a gallery whose making was interrupted."""
    return {file.name for file in directory.iterdir() if not file.name.startswith(".")} <= {
        "recordings"
    }
