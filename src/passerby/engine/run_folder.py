"""The folder that a run writes to: what stands there, and whether it may be gone on with."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.engine.checkpoint import CHECKPOINTS, LAST, MODEL
from passerby.engine.recipes import settings_in
from passerby.models.catalogue import CATALOGUE

CONFIG = "config.yaml"
"""Name of a run's settings in its folder."""

LOGS = "logs"
"""Name of the folder of a run's logs."""

# Where the data lie and how they are read do not change what is learnt.
_IRRELEVANT = {"root", "workers", "cache_megabytes"}


def run_folder(checkpoint: str | Path) -> Path:
    """The run that a checkpoint belongs to; runs/NAME for public models and loose files.

    >>> run_folder("runs/tiny/checkpoints/last.ckpt"), run_folder("osnet_x0_25_msmt17")
    (PosixPath('runs/tiny'), PosixPath('runs/osnet_x0_25_msmt17'))
    """
    path = Path(checkpoint)
    if path.is_dir():
        return path
    if path.name == "model.safetensors":
        return path.parent
    if path.parent.name == "checkpoints":
        return path.parent.parent
    # A public model's name may hold a full stop, which ends no suffix.
    name = (
        path.stem
        if path.suffix in (".ckpt", ".safetensors", ".onnx", ".xml", ".torchscript")
        else path.name
    )
    return Path("runs") / name


def measurable(run: Path) -> str:
    """What `passerby evaluate` takes to measure the model of a run folder once more.

    A public model's folder holds no weights, and bears the model's name.

    >>> measurable(Path("runs/osnet_x0_25_msmt17")), measurable(Path("runs/mine"))
    ('osnet_x0_25_msmt17', 'runs/mine')
    """
    return run.name if run.name in CATALOGUE and not (run / MODEL).exists() else str(run)


def prepare_run(run: Path, settings: dict[str, Any], resume: bool, restart: bool) -> None:
    """Write `settings` into the folder `run`, and see to it that a run can begin or go on there.

    resume:  go on also with a run that was begun with other settings
    restart: throw away what stands there

    Raises PasserbyError when the folder holds a run with other settings, or a finished model
    that there is no checkpoint of.
    """
    file = run / CONFIG
    if restart:
        for name in (CHECKPOINTS, LOGS):
            shutil.rmtree(run / name, ignore_errors=True)
        for name in (CONFIG, MODEL):
            (run / name).unlink(missing_ok=True)
    elif (run / CHECKPOINTS / LAST).is_file() and file.is_file() and not resume:
        differing = list(_differences(settings_in(file), settings))
        if differing:
            raise PasserbyError(
                f"'{run}' holds a run with other settings: {'; '.join(differing[:5])}. Name "
                "another folder by --run, pass --restart to throw that run away, or --resume to "
                "go on with it under the new settings."
            )
    elif (run / MODEL).exists() and not resume:
        raise PasserbyError(
            f"'{run}' holds a finished model but no checkpoint to go on from; name another folder "
            "by --run, or pass --restart to throw it away"
        )
    write_atomically(file, lambda to: to.write_text(yaml.safe_dump(settings, sort_keys=False)))


def _differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """The settings that decide what is learnt and are not the same, in words."""
    for part in ("method", "seed_everything"):
        if old.get(part) != new.get(part):
            yield f"{part} was {old.get(part)}, is {new.get(part)}"
    for part in ("model", "data"):
        before, after = old.get(part) or {}, new.get(part) or {}
        for name in sorted({*before, *after} - _IRRELEVANT):
            if before.get(name) != after.get(name):
                yield f"{part}.{name} was {before.get(name)}, is {after.get(name)}"
