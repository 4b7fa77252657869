"""`Calibration`: from which distance on two tracklets are said to show one person."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args

import numpy as np
import torch

from passerby.core.distances import Metric
from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.metrics.logistic import Logistic
from passerby.metrics.roc import Roc

_FORMAT = "passerby-calibration-1"

Aim = Literal["far", "identity f1"]
"""What a threshold was chosen for: a rate of false acceptances, or the best identity F1."""


@dataclass(frozen=True)
class Calibration:
    """A threshold and a curve that hold for the tracklets of one model.

    model, model_hash, metric: whose features, and how they compare
    threshold: tracklets at this distance or nearer are taken for one person
    aim:       what it was chosen for
    curve:     from a distance to a probability
    far:       share of the pairs of different people at the threshold or nearer, in [0, 1]
    tpr:       share of the pairs of one person at the threshold or nearer, in [0, 1]
    f1:        identity F1 that was reached on what it was learnt from; None where `aim` is "far"
    people, tracklets, same, different: how many it was learnt from; the last two count pairs
    source:    what it was learnt from, in words
    date:      when, ISO 8601
    """

    model: str
    model_hash: str
    metric: Metric
    threshold: float
    aim: Aim
    curve: Logistic
    far: float
    tpr: float
    f1: float | None
    people: int
    tracklets: int
    same: int
    different: int
    source: str
    date: str

    def require_model(self, name: str, hash: str) -> None:
        """Raise PasserbyError unless it was learnt from features of this model."""
        if hash != self.model_hash:
            raise PasserbyError(
                f"the calibration is of {self.model!r} ({self.model_hash[:12]}), the features are "
                f"of {name!r} ({hash[:12]}), whose distances mean something else; calibrate again "
                "with `passerby identities calibrate`"
            )

    def save(self, path: Path) -> Path:
        """Write it as JSON, in one step."""
        text = json.dumps({"format": _FORMAT, **asdict(self)}, indent=2) + "\n"
        return write_atomically(path, lambda to: to.write_text(text, encoding="utf-8"))

    @classmethod
    def load(cls, path: Path) -> Self:
        """What `save` wrote. Raises PasserbyError when `path` holds no calibration."""
        try:
            values: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
            if values.pop("format") != _FORMAT:
                raise ValueError("another format")
            values["curve"] = Logistic(**values["curve"])
            made = cls(**values)
            if made.metric not in get_args(Metric) or not np.isfinite(made.threshold):
                raise ValueError("its metric or its threshold is none")
        except FileNotFoundError as error:
            raise PasserbyError(
                f"there is no calibration {path}; make one with `passerby identities calibrate`"
            ) from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise PasserbyError(
                f"{path} holds no calibration ({error}); make one with "
                "`passerby identities calibrate`"
            ) from error
        return made


def threshold_at(far: float, same: np.ndarray, different: np.ndarray) -> float:
    """The distance that accepts the most pairs of one person, and at most `far` of the others.

    same (N,), different (M,): distances of pairs of one person and of two.

    Raises PasserbyError when `far` cannot be measured with so few pairs, or no pair of one person
    is within it.

    >>> threshold_at(0.25, np.array([0.1, 0.3]), np.array([0.2, 0.4, 0.5, 0.6]))
    0.3
    """
    if len(same) == 0 or len(different) == 0:
        raise PasserbyError(
            f"{len(same)} pairs of one person and {len(different)} of different people are "
            "labelled; a threshold is learnt from both kinds, so label more tracklets"
        )
    roc = Roc.of(torch.as_tensor(same), torch.as_tensor(different))
    place = roc.place_at(far)
    if place is None:
        raise PasserbyError(
            f"even the nearest pair of one person stands behind more than {far:g} of the pairs of "
            "different people; accept a higher rate, or take a better model"
        )
    return float(roc.thresholds[place])


def share_within(threshold: float, distances: np.ndarray) -> float:
    """Share of the distances (N,) at most `threshold`, in [0, 1]; 0 where there are none."""
    return float(np.mean(distances <= threshold)) if len(distances) else 0.0
