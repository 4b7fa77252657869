"""Learn transition times: the labels of a data set -> a file for re-ranking."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from passerby.core.embeddings import Embeddings
from passerby.data.readers import read_dataset
from passerby.ranking.transitions import TransitionTimes


def learn_transition_times(
    dataset: str,
    root: Path | None = None,
    options: Mapping[str, Any] | None = None,
    out: Path = Path("times.safetensors"),
    bin_seconds: float = 4.0,
    smoothing: float = 50.0,
) -> TransitionTimes:
    """Learn how long a data set's training people take between cameras, and write it to `out`.

    No picture is looked at. Raises PasserbyError when a time is unknown, and as the reader does.

    Args:
        dataset: the data set's name
        root: its folder; the rendered world needs none
        options: the reader's own options
        out: the file to write, for `passerby evaluate --rerank times --rerank_options.times.file`
        bin_seconds: width of a bin of time
        smoothing: standard deviation of the smoothing window, in bins
    """
    known = Embeddings.unembedded(read_dataset(dataset, root, options).trainval)
    learnt = TransitionTimes.learn(known, bin_seconds, smoothing)
    learnt.save(out)
    return learnt
