"""`Plan`: the settings under which the rows of an ablation table are learnt and measured."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.data.union import NamedSet, named_sets
from passerby.engine.recipes import find_recipe, settings_in
from passerby.models.backbones import XCEPTION
from passerby.pipelines.ablation_table import Row, Schedule, Table

PAPERS_BACKBONE = "resnet50"
IMAGENET, RANDOM = "imagenet", "random"

# They do not change what is learnt: a run may go on with others.
_BESIDE = ("data.root", "data.workers", "trainer.accelerator", "trainer.devices")


@dataclass(frozen=True)
class Plan:
    """How a table is run. Every row is learnt from the same pictures for the same epochs.

    table:    the table
    root:     the folder that the data sets' own folders are in
    sets:     data sets whose people are learnt from, all together; see `named_sets`
    tests:    data sets that are measured on, one by one; `sets` when empty
    backbone: stands in for the paper's ResNet-50 wherever a row has that
    weights:  that a training begins with: "imagenet", "random", or what a method's
              `initial_weights` takes
    height, width: of the pictures; the recipe's when None
    epochs:   the recipe's when None; the schedule shrinks with them
    cuda:     whether a GPU learns: the recipe's precision and workers are for one
    workers:  processes that read pictures; the recipe's on a GPU and none without when None
    settings: further settings of `passerby train`, by their names there
    """

    table: Table
    root: Path | None
    sets: str
    tests: str = ""
    backbone: str = PAPERS_BACKBONE
    weights: str = IMAGENET
    height: int | None = None
    width: int | None = None
    epochs: int | None = None
    cuda: bool = False
    workers: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def training(self, row: Row, seed: int) -> dict[str, Any]:
        """The settings of `passerby train` that a row is learnt with, but for its folder.

        Raises PasserbyError when the recipe cannot be found.
        """
        recipe = settings_in(find_recipe(self._schedule(row).recipe))
        flat = {
            f"{part}.{name}": value
            for part in ("data", "trainer")
            for name, value in (recipe.get(part) or {}).items()
        }
        given = {
            "data.height": self.height,
            "data.width": self.width,
            "data.workers": self.workers,
            "trainer.max_epochs": self.epochs,
        }
        flat |= {name: value for name, value in given.items() if value is not None}
        if self.epochs is not None:
            flat.pop("trainer.max_steps", None)
        if not self.cuda:
            flat["trainer.precision"] = "32-true"
            flat["data.workers"] = self.workers or 0
        return flat | {
            **{f"model.{name}": value for name, value in self._arguments(row).items()},
            **self.settings,
            "method": self.table.method_of(row),
            "seed_everything": seed,
            "checkpoint_every": 0,
            "data.seed": seed,
            "data.dataset": "union",
            "data.root": None if self.root is None else str(self.root),
            "data.options": {"sets": self.sets},
            "trainer.accelerator": "gpu" if self.cuda else "cpu",
            "trainer.devices": 1,
        }

    def measured(self) -> dict[str, NamedSet]:
        """What is measured on: label -> data set.

        >>> from passerby.pipelines.ablation_tables import table_named
        >>> list(Plan(table_named("ccsc"), None, "cuhk01:one?shots=2,viper:two").measured())
        ['cuhk01 (shots 2)', 'viper']
        """
        labels: dict[str, NamedSet] = {}
        for one in named_sets(self.tests or self.sets):
            chosen = ", ".join(f"{name} {value}" for name, value in one.options.items())
            label = f"{one.name} ({chosen})" if chosen else one.name
            if label in labels:
                raise PasserbyError(f"{label} is named twice among the sets to measure on")
            labels[label] = one
        return labels

    def described(self, row: Row) -> dict[str, str]:
        """What every row of a table says about how it was learnt: word -> value."""
        settings = self.training(row, 0)
        backbones = settings.get("model.backbones") or [settings["model.backbone"]]
        words = {IMAGENET: "ImageNet", RANDOM: "random"}
        begun = [self._first_weights(name) for name in backbones]
        return {
            "backbone": " + ".join(backbones),
            "size": f"{settings.get('data.height', 256)} x {settings.get('data.width', 128)}",
            "epochs": str(self.epochs or self._schedule(row).epochs),
            "first weights": " + ".join(words.get(one, one) for one in begun),
        }

    def _schedule(self, row: Row) -> Schedule:
        return self.table.schedules[self.table.method_of(row)]

    def _first_weights(self, backbone: str) -> str:
        """What a network begins with: weights from elsewhere fit one backbone only."""
        if self.weights == IMAGENET:
            return RANDOM if backbone == XCEPTION else IMAGENET
        return self.weights if backbone == self.backbone else RANDOM

    def _arguments(self, row: Row) -> dict[str, Any]:
        """The arguments of a row's method, but for the number of people."""
        arguments = dict(row.arguments)
        named = arguments.pop("backbones", None) or [arguments.pop("backbone", PAPERS_BACKBONE)]
        backbones = [self.backbone if name == PAPERS_BACKBONE else name for name in named]
        begun = [self._first_weights(name) for name in backbones]
        files = [None if one in (IMAGENET, RANDOM) else one for one in begun]
        if "backbones" in row.arguments:
            arguments |= {"backbones": backbones, "initial_weights": files}
        else:
            arguments |= {"backbone": backbones[0], "initial_weights": files[0]}
        arguments["pretrained"] = IMAGENET in begun
        if not any(files):
            del arguments["initial_weights"]
        if self.epochs is not None:
            schedule = self._schedule(row)
            share = self.epochs / schedule.epochs
            arguments |= {name: shrunk(one, share) for name, one in schedule.counts.items()}
        return arguments


def shrunk(epochs: int | Sequence[int] | None, share: float) -> int | list[int] | None:
    """Numbers of epochs, each `share` times as many, rounded; None stays.

    >>> shrunk(5, 0.3), shrunk((35, 55), 0.3)
    (2, [10, 16])
    """
    if epochs is None or isinstance(epochs, int):
        return epochs and round(epochs * share)
    return [round(number * share) for number in epochs]


def dotted(settings: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """Settings inside settings by their whole names, as command lines may nest them.

    >>> dotted({"model.milestones": [8, 11], "model": {"learning_rate": 1e-4}})
    {'model.milestones': [8, 11], 'model.learning_rate': 0.0001}
    """
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        whole = f"{within}{name}"
        flat |= dotted(value, f"{whole}.") if isinstance(value, Mapping) else {whole: value}
    return flat


def as_arguments(settings: Mapping[str, Any]) -> list[str]:
    """Settings as the command line takes them.

    >>> as_arguments({"model.milestones": [1, 2], "data.dataset": "union", "data.root": None})
    ['--model.milestones=[1, 2]', '--data.dataset=union', '--data.root=null']
    """
    return [
        f"--{name}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in settings.items()
    ]


def deciding(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that decide what is learnt, as JSON has them."""
    kept = {name: value for name, value in settings.items() if name not in _BESIDE}
    return json.loads(json.dumps(kept))
