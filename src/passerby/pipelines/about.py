"""`About`: what an evaluation measured, and how; the evaluations that a run folder holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from passerby import __version__
from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.engine.run_folder import measurable
from passerby.pipelines.ranked import Distance

FORMAT = "passerby-evaluation-2"


@dataclass(frozen=True)
class About:
    """What was measured, and how.

    dataset:    name of the data set, options: its reader's options
    root:       the data set's folder, absolute; keys of pictures begin with it; "" if there is none
    model:      the model's name, model_hash: SHA-256 of its weights
    protocol:   name of the rules
    rerank:     names of the steps that changed the plain ranking, see `passerby.ranking.chain`;
                "" if none; rerank_options: the steps' own options
    metric:     distance between features; "learned" is the model's own comparison
    flip:       whether features are averaged with those of the mirror image
    queries, gallery: how many pictures were in each draw
    unmatched:  which queries had no right answer and why, in words; "" if none
    checkpoint: the model's file or folder, absolute, where its own comparison is needed again; else
                ""
    passerby:   the version that measured
    """

    dataset: str
    options: Mapping[str, Any]
    root: str
    model: str
    model_hash: str
    protocol: str
    metric: Distance
    flip: bool
    queries: int
    gallery: int
    unmatched: str = ""
    rerank: str = ""
    rerank_options: Mapping[str, Any] = field(default_factory=dict)
    checkpoint: str = ""
    passerby: str = __version__

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What `Evaluation.save` wrote of it. Raises PasserbyError when the folder holds none."""
        about = read_json(folder / "about.json")
        if about.pop("format", None) != FORMAT:
            raise PasserbyError(
                f"{folder / 'about.json'} was written by another version of Passerby; "
                "run `passerby evaluate` again"
            )
        return cls(**about)


def abouts(run: Path) -> dict[Path, About]:
    """The folders of a run's evaluations, sorted, and what was measured in each.

    Raises PasserbyError naming the command to run first when there are none.
    """
    if not run.is_dir():
        raise PasserbyError(
            f"there is no run folder '{run}'; `passerby evaluate CHECKPOINT DATASET ROOT` makes "
            "one and prints its name"
        )
    found = {
        about.parent: About.load(about.parent)
        for about in sorted((run / "evaluation").glob("*/about.json"))
    }
    if not found:
        raise PasserbyError(
            f"run '{run}' has not been evaluated; run first: passerby evaluate "
            f"{measurable(run)} DATASET ROOT"
        )
    return found


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write plain values whole or not at all."""
    text = json.dumps(values, indent=1, allow_nan=False) + "\n"
    write_atomically(path, lambda to: to.write_text(text, encoding="utf-8"))


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote. Raises PasserbyError when that cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PasserbyError(
            f"{path} cannot be read ({error}); run `passerby evaluate` again"
        ) from error
