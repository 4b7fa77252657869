"""`train`: from a recipe to a learnt model, by Lightning's Trainer and command line."""

import passerby.core  # noqa: F401, I001  mends torchvision, which Lightning imports

import logging
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml
from jsonargparse import ArgumentError
from lightning import Trainer
from lightning.fabric.utilities.rank_zero import rank_zero_only
from lightning.pytorch.callbacks import RichProgressBar
from lightning.pytorch.cli import ArgsType, LightningArgumentParser, LightningCLI
from lightning.pytorch.loggers import CSVLogger, Logger, TensorBoardLogger
from lightning.pytorch.utilities.exceptions import MisconfigurationException
from lightning.pytorch.utilities.warnings import PossibleUserWarning
from rich.console import Console

from passerby.core.errors import PasserbyError
from passerby.data.module import ReidData
from passerby.engine.callbacks import (
    SeedSteps,
    StopCleanly,
    Stopped,
    StopWhenDiverged,
    TellEpochs,
    WriteCheckpoints,
)
from passerby.engine.checkpoint import CHECKPOINTS, LAST, METHODS, MODEL, save_checkpoint
from passerby.engine.measure import MeasureHeldOut
from passerby.engine.recipes import named_in, with_recipes
from passerby.engine.run_folder import LOGS, prepare_run
from passerby.methods.method import Method

_console = Console(stderr=True)


class TrainingCLI(LightningCLI):
    """Lightning's command line with a method and its data, and the run folder around them."""

    def __init__(
        self, method: str, run: Path, arguments: Sequence[str], deadline: float = math.inf
    ) -> None:
        self.method = method
        self.run = run
        self.deadline = deadline
        super().__init__(
            METHODS[method],
            ReidData,
            args=list(arguments),
            run=False,
            save_config_callback=None,
            seed_everything_default=0,
            auto_configure_optimizers=False,
            parser_kwargs={
                "prog": "passerby train",
                "description": (
                    "Learn an embedding. Settings come from --config, a file or the name of a "
                    "recipe; any of them can be given here too. The same command again goes on "
                    f"where an interrupted run stopped. Shown are the settings of {method}; "
                    "--method NAME --help shows those of another."
                ),
                "exit_on_error": False,
                "allow_abbrev": False,
            },
            trainer_defaults={
                "max_epochs": 120,
                "log_every_n_steps": 10,
                "num_sanity_val_steps": 0,
                "enable_model_summary": False,
                # PKSampler itself gives each process its own people.
                "use_distributed_sampler": False,
            },
        )

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Add what concerns the run, and tell the method how many people there are."""
        parser.add_argument(
            "--method", default=self.method, choices=list(METHODS), help="the published method"
        )
        parser.add_argument(
            "--run", type=str, default=str(self.run), help="folder that everything is written to"
        )
        parser.add_argument(
            "--resume",
            action="store_true",
            help="go on with the run in the folder even though it was begun with other settings",
        )
        parser.add_argument(
            "--restart", action="store_true", help="throw the run in the folder away and begin anew"
        )
        parser.add_argument(
            "--checkpoint_every",
            type=int,
            default=10,
            help="keep a checkpoint every so many epochs, besides the newest; 0 keeps none",
        )
        parser.add_argument(
            "--val_every",
            type=int,
            default=10,
            help="measure the people held out (--data.val_people) every so many epochs",
        )
        if "num_persons" in METHODS[self.method].__init__.__annotations__:
            parser.link_arguments("data.num_persons", "model.num_persons", apply_on="instantiate")

    def parse_arguments(self, parser: LightningArgumentParser, args: ArgsType) -> None:
        """Read the settings; PasserbyError says which one is wrong."""
        try:
            self.config = parser.parse_args(cast(list[str], args))
        except ArgumentError as error:
            raise PasserbyError(f"{error}\nSee `passerby train --help`.") from error

    def before_instantiate_classes(self) -> None:
        """See to the run folder before any work is done."""
        for name in ("val_every", "checkpoint_every"):
            least = 1 if name == "val_every" else 0
            if self.config[name] < least:
                raise PasserbyError(f"{name} is {self.config[name]}; it must be {least} or more")
        self.run = Path(self.config["run"])
        settings = yaml.safe_load(self.parser.dump(self.config, skip_none=False))
        for name in ("config", "run", "resume", "restart"):
            settings.pop(name, None)
        prepare = rank_zero_only(prepare_run)
        prepare(self.run, settings, self.config["resume"], self.config["restart"])

    def instantiate_trainer(self, **kwargs: Any) -> Trainer:
        """The trainer, with our callbacks and loggers where the settings name none."""
        data, config = cast(ReidData, self.datamodule), self.config
        self.trainer_defaults["callbacks"] = _callbacks(self.run, data, config, self.deadline)
        if not _console.is_terminal:
            kwargs["enable_progress_bar"] = False  # `TellEpochs` prints lines instead
        if config["trainer"]["logger"] in (None, True):
            kwargs["logger"] = _loggers(self.run)
        return super().instantiate_trainer(default_root_dir=str(self.run), **kwargs)


def train(arguments: Sequence[str], deadline: float = math.inf) -> Path:
    """Learn a method as the command line `arguments` say; the path of the finished model.

    deadline: moment of `time.monotonic()` at which to stop and write a checkpoint, as for Ctrl-C

    A run folder that holds a run begun with the same settings is gone on with, from its newest
    checkpoint; the outcome is the same as that of an unbroken run, to the last bit on a CPU.

    Raises PasserbyError when a setting is wrong, when the folder holds a run with other settings,
    and as data and method do; KeyboardInterrupt when it was stopped and a checkpoint written.
    """
    arguments = with_recipes(arguments)
    method, run = named_in(arguments)
    with _quiet():
        cli = _built(method, run, arguments, deadline)
        last = cli.run / CHECKPOINTS / LAST
        resume = last.is_file()
        if resume and cli.trainer.is_global_zero:
            _console.print(f"going on with {last}", highlight=False, soft_wrap=True)
        try:
            cli.trainer.fit(
                cli.model,
                datamodule=cli.datamodule,
                ckpt_path=str(last) if resume else None,
                weights_only=True,
            )
        except Stopped:
            raise KeyboardInterrupt from None
        except SystemExit:
            if cli.trainer.interrupted:
                raise KeyboardInterrupt from None
            raise
    model, data = cast(Method, cli.model), cast(ReidData, cli.datamodule)
    if cli.trainer.is_global_zero:
        save_checkpoint(model, data.preprocess, cli.run / MODEL)
    return cli.run / MODEL


def _built(method: str, run: Path, arguments: Sequence[str], deadline: float) -> TrainingCLI:
    """Method, data and trainer as the settings say; PasserbyError when one of those is wrong."""
    try:
        cli = TrainingCLI(method, run, arguments, deadline)
    except PasserbyError:
        raise
    # What Lightning raises for a machine, and a trainer's setting, that are not to be had.
    except (MisconfigurationException, TypeError, ValueError) as error:
        raise PasserbyError(f"{error}\nSee `passerby train --help`.") from error
    model, data = cast(Method, cli.model), cast(ReidData, cli.datamodule)
    if model.needs_pairs and data.shots_per_person < 2:
        raise PasserbyError(
            f"{type(model).__name__} needs 2 pictures of a person in a batch: pass "
            "--data.shots_per_person 2 or more"
            + (", or --model.triplet false" if "triplet" in model.arguments else "")
        )
    return cli


def _callbacks(run: Path, data: ReidData, config: Any, deadline: float) -> list[Any]:
    """What a run does beside learning, in the order that it matters in."""
    checkpoints = WriteCheckpoints(run, data.preprocess, config["checkpoint_every"])
    telling: list[Any] = []
    if config["trainer"]["enable_progress_bar"] is not False:
        telling = [RichProgressBar() if _console.is_terminal else TellEpochs(_console)]
    return [
        SeedSteps(int(config["seed_everything"])),
        StopWhenDiverged(),
        MeasureHeldOut(data.val, data.preprocess, config["val_every"]),
        *telling,
        StopCleanly(checkpoints, deadline),
        checkpoints,
    ]


def _loggers(run: Path) -> list[Logger]:
    """RUN/logs/version_N: metrics.csv, and TensorBoard's where that is installed."""
    csv = CSVLogger(save_dir=run, name=LOGS)
    try:
        return [csv, TensorBoardLogger(save_dir=run, name=LOGS, version=csv.version)]
    except ModuleNotFoundError:
        tell = rank_zero_only(_console.print)
        tell("no TensorBoard, so logs are CSV only; pip install 'passerby[train]' adds it")
        return [csv]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Lightning's advertisements and guesses to itself; its errors still come through."""
    loggers = [logging.getLogger(f"lightning.{part}") for part in ("pytorch", "fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PossibleUserWarning)
            warnings.filterwarnings("ignore", module="lightning")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
