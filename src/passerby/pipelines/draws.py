"""The random draws of a data set: one `Splits` for each."""

from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.data.readers import options_of, read_dataset
from passerby.data.splits import Splits
from passerby.metrics.protocol import Protocol


def draws_and_trials(
    dataset: str,
    root: Path | None,
    options: dict[str, Any],
    protocol: Protocol,
    repeats: int | None,
) -> tuple[list[Splits], range]:
    """The splits that are measured, and the protocol's trials of each.

    A protocol that draws by itself does so `repeats` times out of one split; otherwise a reader
    that takes 'repeat' makes so many splits, beginning with the one that `options` name.

    repeats: None is the protocol's own number

    Raises PasserbyError when `repeats` is below 1, or nothing is drawn that could be repeated.
    """
    if repeats is not None and repeats < 1:
        raise PasserbyError(f"repeats is {repeats}; it must be at least 1")
    if protocol.trials > 1:
        return [read_dataset(dataset, root, options)], range(repeats or protocol.trials)
    if repeats is None or repeats == 1:
        return [read_dataset(dataset, root, options)], range(1)
    if "repeat" not in options_of(dataset):
        raise PasserbyError(
            f"{dataset} has no random draws of query and gallery, and neither has protocol "
            f"{protocol.name!r}, so repeats={repeats} would measure the same thing again; "
            "leave it out"
        )
    first = options.get("repeat", 0)
    splits = [
        read_dataset(dataset, root, {**options, "repeat": repeat})
        for repeat in range(first, first + repeats)
    ]
    return splits, range(1)
