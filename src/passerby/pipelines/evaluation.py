"""`Evaluation`: what a model scored on a data set, with all that is needed to look again."""

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.protocols import protocol_named
from passerby.metrics.repeats import Spread, over_repeats
from passerby.pipelines.about import FORMAT, About, abouts, read_json, write_json
from passerby.pipelines.learned import learned_comparison
from passerby.pipelines.ranked import Rank, Ranked, ranked, ranked_labels, ranking


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Scores of one or more draws, and the embeddings of the first.

    about:   what was measured, and how
    repeats: scores of each random draw or trial; one where nothing is drawn
    query, gallery: embeddings of the first draw, as the data set has them: what the protocol makes
                    of them, and the distances, are in `ranked`
    folder:         where it stands; None before it is saved
    """

    about: About
    repeats: tuple[Scores, ...]
    query: Embeddings = field(repr=False)
    gallery: Embeddings = field(repr=False)
    folder: Path | None = None

    @property
    def scores(self) -> Scores:
        """Scores of the first draw, the one that `query` and `gallery` are of."""
        return self.repeats[0]

    @cached_property
    def ranked(self) -> Ranked:
        """What was ranked in the first draw: distances from queries to gallery, computed anew."""
        protocol = protocol_named(self.about.protocol)
        rank = self.rank(self.about.rerank, self.about.rerank_options)
        return ranked(self.query, self.gallery, protocol, 0, rank)

    def rank(self, names: str, options: Mapping[str, Any]) -> Rank:
        """How this evaluation compares embeddings, plainly or by the re-ranking steps `names`.

        Raises PasserbyError when it takes the model, which is not there any more.
        """
        about, compare = self.about, None
        if about.metric == "learned":
            compare = learned_comparison(about.checkpoint, about.model_hash)
        return ranking(names, about.metric, options, compare)

    @cached_property
    def asked(self) -> Embeddings:
        """The queries of the first draw as the protocol ranks them, a row for each score."""
        protocol = protocol_named(self.about.protocol)
        return ranked_labels(self.query, self.gallery, protocol, 0)[0]

    @property
    def spreads(self) -> dict[str, Spread]:
        """Mean and standard deviation of rank-1, rank-5, rank-10, mAP and mINP over the draws."""
        return over_repeats(self.repeats)

    def summary(self) -> dict[str, Any]:
        """Settings and figures for machines: no per-query lists, nothing that JSON lacks."""
        spreads = self.spreads
        return {
            **asdict(self.about),
            "draws": len(self.repeats),
            "scored": self.scores.queries,
            "skipped": self.scores.skipped,
            **{name: spread.mean for name, spread in spreads.items()},
            "std": {name: spread.std for name, spread in spreads.items()},
            "cmc": self.scores.cmc.tolist(),
        }

    def save(self, folder: Path) -> Path:
        """Write scores.json, about.json, query.safetensors and gallery.safetensors.

        about.json comes last, and goes first: a folder that has it is whole.

        Raises PasserbyError when the folder cannot be written.
        """
        require_folder(folder)
        with _in_words(folder):
            (folder / "about.json").unlink(missing_ok=True)
        self.query.save(folder / "query.safetensors")
        self.gallery.save(folder / "gallery.safetensors")
        spreads = self.spreads
        scores = {
            "mean": {name: spread.mean for name, spread in spreads.items()},
            "std": {name: spread.std for name, spread in spreads.items()},
            "repeats": [json.loads(scores.to_json()) for scores in self.repeats],
        }
        write_json(folder / "scores.json", scores)
        write_json(folder / "about.json", {"format": FORMAT, **asdict(self.about)})
        return folder

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What `save` wrote. Raises PasserbyError when the folder holds no whole evaluation."""
        return cls(
            about=About.load(folder),
            repeats=scores_in(folder),
            query=Embeddings.load(folder / "query.safetensors"),
            gallery=Embeddings.load(folder / "gallery.safetensors"),
            folder=folder,
        )


def plain_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """A reader's options as JSON holds them: paths as text."""
    return {name: str(one) if isinstance(one, Path) else one for name, one in options.items()}


def require_folder(folder: Path) -> None:
    """Make the folder that an evaluation is written to; PasserbyError when that cannot be done."""
    with _in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PasserbyError(
            f"no evaluation can be written to '{folder}' ({error.strerror or error}); name a "
            "folder that you may write to by --out"
        ) from error


def evaluations(run: Path) -> dict[str, Evaluation]:
    """The evaluations of a run folder by the names of their folders, sorted.

    Raises PasserbyError as `abouts` does.
    """
    return {folder.name: Evaluation.load(folder) for folder in abouts(run)}


def scores_in(folder: Path) -> tuple[Scores, ...]:
    """Scores of each draw of the evaluation in a folder; no embeddings are read.

    Raises PasserbyError when the folder holds none.
    """
    repeats = read_json(folder / "scores.json")["repeats"]
    return tuple(Scores.from_json(json.dumps(one)) for one in repeats)
