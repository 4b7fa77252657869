"""Every loss that a method can be told to add, by name."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor, nn

from passerby.core.errors import PasserbyError
from passerby.core.option_types import typed
from passerby.losses.arcface import ArcFaceLoss
from passerby.losses.circle import CircleLoss, circle_loss
from passerby.losses.contrastive import contrastive_loss
from passerby.losses.cosface import CosFaceLoss
from passerby.losses.cosines import unit
from passerby.losses.exponential_triplet import exponential_triplet_loss
from passerby.losses.fine_grained import fine_grained_pairwise_loss
from passerby.losses.msml import msml_loss
from passerby.losses.quadruplet import quadruplet_loss
from passerby.losses.soft_mining import class_aware_attention, soft_mining_loss
from passerby.losses.triplet_all import batch_all_triplet_loss
from passerby.losses.verification import VerificationLoss
from passerby.losses.weighted_triplet import weighted_triplet_loss

Name = Literal[
    "arcface",
    "batch_all",
    "circle",
    "circle_classes",
    "contrastive",
    "cosface",
    "exponential_triplet",
    "fine_grained",
    "msml",
    "quadruplet",
    "soft_mining",
    "verification",
    "weighted_triplet",
]
"""What the command line calls a loss."""


@dataclass(frozen=True)
class Choice:
    """A loss, and how it is used.

    loss:       a function of features and persons, or a class of modules that are
    weight:     beside an identification loss of weight 1
    unit:       it sees features of length 1: its margins are meant for those
    after_neck: it sees the feature that is compared, not the one before normalisation
    classifies: it names people itself, in place of the identification loss
    attends:    it wants to know how well each picture fits its label
    """

    loss: Callable[..., Any]
    weight: float = 1.0
    unit: bool = False
    after_neck: bool = False
    classifies: bool = False
    attends: bool = False


LOSSES: dict[Name, Choice] = {
    "arcface": Choice(ArcFaceLoss, after_neck=True, classifies=True),
    "batch_all": Choice(batch_all_triplet_loss),
    # Its value grows with its scale, 128.
    "circle": Choice(circle_loss, weight=1 / 64),
    "circle_classes": Choice(CircleLoss, after_neck=True, classifies=True),
    "contrastive": Choice(contrastive_loss, unit=True),
    "cosface": Choice(CosFaceLoss, after_neck=True, classifies=True),
    # Feature and weight as in the authors' settings for one modality.
    "exponential_triplet": Choice(exponential_triplet_loss, weight=0.1, after_neck=True),
    "fine_grained": Choice(fine_grained_pairwise_loss, unit=True),
    "msml": Choice(msml_loss, unit=True),
    "quadruplet": Choice(quadruplet_loss, unit=True),
    "soft_mining": Choice(soft_mining_loss, attends=True),
    "verification": Choice(VerificationLoss),
    "weighted_triplet": Choice(weighted_triplet_loss),
}
"""Name of a loss -> the loss, and how it is used where its paper leaves that open."""

_GIVEN = ("features", "persons", "modalities", "attention", "num_persons", "channels")
"""What a loss is given by the method, and no user sets."""


class AddedLoss(nn.Module):
    """One of `LOSSES` with its options, and with weights of its own where it has any.

    name:        of the loss; None for none
    num_persons: people in the training set
    channels:    length D of the features
    weight:      of the loss; None for its own
    options:     of the loss by name, as its function or class has them; defaults are the papers'

    Raises PasserbyError when there is no such option, its value is of another kind, or there is
    no loss that a weight or an option could be of.

    >>> import torch
    >>> loss = AddedLoss("msml", num_persons=2, channels=1, options={"margin": "1.5"})
    >>> float(loss(torch.ones(4, 1), torch.ones(4, 1), torch.tensor([0, 0, 1, 1])))
    1.5
    """

    def __init__(
        self,
        name: Name | None,
        num_persons: int,
        channels: int,
        weight: float | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if name is None and (options or weight is not None):
            raise PasserbyError(
                "loss_weight and loss_options are for a loss, and none is named; pass "
                f"--model.loss, one of {', '.join(LOSSES)}"
            )
        self.name = name
        self.choice = LOSSES[name] if name else Choice(lambda: None)
        self.weight = self.choice.weight if weight is None else weight
        self.classifies = self.choice.classifies
        self.needs_pairs = name is not None and not self.classifies
        self.options = _checked(name, self.choice.loss, options or {})
        self.module: nn.Module | None = None
        if isinstance(self.choice.loss, type):
            given = {"num_persons": num_persons, "channels": channels}
            taken = inspect.signature(self.choice.loss).parameters
            given = {part: value for part, value in given.items() if part in taken}
            self.module = self.choice.loss(**given, **self.options)

    def forward(
        self, before: Tensor, after: Tensor, persons: Tensor, logits: Tensor | None = None
    ) -> Tensor:
        """The weighted loss, a scalar, float32 or float64.

        before, after: features (B, D) before and after normalisation, of any floating type
        persons:       (B,) int64
        logits:        (B, num_persons) of the identification loss, where there is one
        """
        features = after if self.choice.after_neck else before
        if self.choice.unit:
            features = unit(features)
        if self.module is not None:
            return self.weight * self.module(features, persons)
        options = self.options
        if self.choice.attends and logits is not None:
            options = options | {"attention": class_aware_attention(logits, persons)}
        return self.weight * self.choice.loss(features, persons, **options)


def _checked(
    name: str | None, loss: Callable[..., Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """The options of a loss, each of the kind that its signature asks for."""
    known = {
        option: parameter
        for option, parameter in inspect.signature(loss).parameters.items()
        if option not in _GIVEN
    }
    if unknown := [option for option in options if option not in known]:
        raise PasserbyError(
            f"the loss {name!r} has no option {unknown[0]!r}; it takes "
            + (", ".join(map(str, known.values())) or "none")
        )
    return {
        option: typed(f"{name}'s option {option}", value, known[option].annotation)
        for option, value in options.items()
    }
