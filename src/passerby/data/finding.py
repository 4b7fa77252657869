"""`Finding`: one thing that is wrong with a data set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One thing that the check found.

    severity: "error" spoils learning or scores; "warning" is worth knowing
    what:     one sentence
    examples: the first few instances
    count:    how many instances there are
    advice:   what to do
    """

    severity: Literal["error", "warning"]
    what: str
    examples: tuple[str, ...]
    count: int
    advice: str


def findings(
    severity: Literal["error", "warning"],
    what: str,
    instances: Sequence[object],
    examples: int,
    advice: str,
) -> Iterator[Finding]:
    """One finding about the instances, or none when there are none; {n} in `what` counts them."""
    if instances:
        shown = tuple(str(instance) for instance in instances[:examples])
        yield Finding(severity, what.format(n=len(instances)), shown, len(instances), advice)
