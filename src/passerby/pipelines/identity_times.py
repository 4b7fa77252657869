"""`CameraTimes`: transition times between the cameras of a gallery, learnt from people it knows."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.core.sample import Sample
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery
from passerby.gallery.seen import Entry
from passerby.ranking.camera_graph import Passage, Stay, camera_graph
from passerby.ranking.transition_odds import transition_odds
from passerby.ranking.transitions import TransitionTimes

_FORMAT = "passerby-camera-times-1"


@dataclass(frozen=True, eq=False)
class CameraTimes:
    """Transition times whose cameras have the names that a gallery gives them.

    names: camera number n of `times` is names[n - 1]
    """

    names: tuple[str, ...]
    times: TransitionTimes

    def odds(self, rows: Sequence[Entry], columns: Sequence[Entry], most: float) -> np.ndarray:
        """`transition_odds` of each of the rows with each of the columns: (N, M) float64.

        0 for what has no clock, and for cameras whose times are not known.
        """
        (cameras_a, times_a), (cameras_b, times_b) = self._seen(rows), self._seen(columns)
        return (
            transition_odds(
                self.times, cameras_a[:, None], times_a[:, None], cameras_b, times_b, most
            )
            .double()
            .numpy()
        )

    def _seen(self, entries: Sequence[Entry]) -> tuple[Tensor, Tensor]:
        numbers = {name: number for number, name in enumerate(self.names, start=1)}
        return (
            torch.tensor([numbers.get(entry.camera, 0) for entry in entries], dtype=torch.int64),
            torch.tensor([_middle(entry) for entry in entries], dtype=torch.float64),
        )

    @classmethod
    def learn(
        cls,
        stays: Collection[tuple[str, Entry]],
        bin_seconds: float = 2.0,
        smoothing: float = 4.0,
    ) -> Self:
        """From whom each entry shows: pairs of person and entry; what has no clock is left out.

        bin_seconds, smoothing: see `TransitionTimes`

        Raises PasserbyError when nobody is seen by two cameras.
        """
        timed = [(person, entry) for person, entry in stays if entry.clocked]
        names = tuple(sorted({entry.camera for _, entry in timed}))
        people = {name: at for at, name in enumerate(sorted({p for p, _ in timed}), start=1)}
        samples = [
            Sample(
                Path(entry.id), people[person], names.index(entry.camera) + 1,
                tracklet=at, time=_middle(entry),
            )
            for at, (person, entry) in enumerate(timed)
        ]  # fmt: skip
        seen = Embeddings.unembedded(samples)
        return cls(names, TransitionTimes.learn(seen, bin_seconds, smoothing))

    def save(self, path: Path) -> Path:
        """Write it as JSON, in one step."""
        values = {
            "format": _FORMAT,
            "cameras": list(self.names),
            "bin_seconds": self.times.bin_seconds,
            "smoothing": self.times.smoothing,
            "pairs": self.times.pairs.tolist(),
            "histograms": self.times.histograms.tolist(),
        }
        return write_atomically(path, lambda to: to.write_text(json.dumps(values) + "\n"))

    @classmethod
    def load(cls, path: Path) -> Self:
        """What `save` wrote. Raises PasserbyError when `path` holds no such times."""
        try:
            values: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
            if values["format"] != _FORMAT:
                raise ValueError("another format")
            times = TransitionTimes(
                torch.tensor(values["pairs"], dtype=torch.int64).view(-1, 2),
                torch.tensor(values["histograms"], dtype=torch.float32),
                float(values["bin_seconds"]),
                float(values["smoothing"]),
            )
            if len(times.pairs) == 0 or len(times.histograms) != len(times.pairs):
                raise ValueError("no histogram for each pair of cameras")
            return cls(tuple(map(str, values["cameras"])), times)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise PasserbyError(
                f"{path} holds no times between cameras ({error}); learn them with "
                "`passerby identities times`"
            ) from error


def known_stays(gallery: Gallery, confirmed: bool = True) -> tuple[tuple[str, Entry], ...]:
    """People of a gallery with the entries that show them.

    confirmed: only where a human has said so, not where the association alone has
    """
    stays = [(entry.person, entry) for entry in gallery.entries(Filter(known=True))]
    if not confirmed:
        return tuple(stays)
    said = {(verdict.person, verdict.tracklet) for verdict in gallery.verdicts() if verdict.same}
    return tuple((person, entry) for person, entry in stays if (person, entry.id) in said)


def gallery_graph(gallery: Gallery, confirmed: bool = False) -> tuple[Passage, ...]:
    """How the people that a gallery knows go from camera to camera, and how long they take.

    confirmed: count only what a human has confirmed. What has no clock is left out.
    """
    return camera_graph(
        Stay(person, entry.camera, entry.start, entry.end)
        for person, entry in known_stays(gallery, confirmed)
        if entry.clocked
    )


def _middle(entry: Entry) -> float:
    """The time of an entry for transitions; NaN without a clock."""
    return (entry.start + entry.end) / 2 if entry.clocked else float("nan")
