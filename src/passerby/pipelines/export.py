"""Exporting a checkpoint for a faster runtime, checked on crops."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.core.evenly import evenly
from passerby.core.preprocess import Preprocess
from passerby.data.images import read_image
from passerby.data.synthetic.world import World
from passerby.engine.embedder import load_embedder
from passerby.engine.export import Exported, export_embedder, require_possible
from passerby.engine.export_note import SUFFIXES, Format, Precision
from passerby.engine.export_runtime import EXPORTS
from passerby.engine.run_folder import run_folder

PICTURES = (".bmp", ".jpeg", ".jpg", ".png")
"""How names of pictures end, in small letters."""

_SHOTS, _CAMERAS = 2, 2
_SEEDS = {"check": 11, "calibrate": 12}  # two towns, so that no crop is in both


def export(
    checkpoint: str,
    to: Format,
    precision: Precision = "f32",
    out: Path | None = None,
    check: Path | None = None,
    calibrate: Path | None = None,
    crops: int = 64,
    calibration_crops: int = 128,
    features_only: bool = False,
    overwrite: bool = False,
    say: Callable[[str], object] = lambda words: None,
) -> Exported:
    """Write a model for another runtime, prove that its features agree, and say how well beside it.

    Raises PasserbyError when there is no such model, it is none of torch's, the file exists, a
    picture cannot be read, a package is missing, or the features do not agree.

    Args:
        checkpoint: a run folder, a checkpoint, or the name of a public model
        to: onnx, openvino or torchscript
        precision: what the file computes in: f32, bf16 (OpenVINO), int8 (OpenVINO, ONNX)
        out: the file to write; RUN/exports/NAME-PRECISION with the format's ending when left out,
            where the run is found to be exported
        check: a folder of crops to compare features on; rendered people when left out
        calibrate: a folder of crops like those to come, to fit int8 to; rendered people when left
            out
        crops: how many to compare on; spread evenly over the folder
        calibration_crops: how many to fit int8 to
        features_only: export a model with a learnt comparison without it
        overwrite: write also where a file stands
        say: called with what is going on, in words
    """
    for name, value, least in (("crops", crops, 2), ("calibration_crops", calibration_crops, 1)):
        if value < least:
            raise PasserbyError(f"{name} is {value}; it must be at least {least}")
    run = run_folder(checkpoint)
    if out is None:
        named = f"{run.resolve().name}-{precision}{SUFFIXES.get(to, '')}"
        out = run / EXPORTS / named
    require_possible(to, precision, out)
    if out.exists() and not overwrite:
        raise PasserbyError(
            f"'{out}' exists; pass --overwrite true to write over it, or --out FILE"
        )
    embedder = load_embedder(checkpoint, runtime="torch")
    say("reading crops" if check else "rendering crops")
    checked = _pictures(check, "check", crops, embedder.preprocess)
    fitted = []
    if precision == "int8":
        fitted = _pictures(calibrate, "calibrate", calibration_crops, embedder.preprocess)
    say(f"writing {out}")
    return export_embedder(
        embedder,
        to,
        out,
        checked,
        precision=precision,
        calibration=fitted,
        features_only=features_only,
    )


def _pictures(
    folder: Path | None, use: str, count: int, preprocess: Preprocess
) -> list[np.ndarray]:
    """`count` pictures of a folder, or of a rendered world."""
    if folder is None:
        return rendered_crops(_SEEDS[use], count, preprocess.height, preprocess.width)
    if not folder.is_dir():
        raise PasserbyError(f"--{use} names '{folder}', which is no folder; name one of pictures")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)
    if len(files) < 2:
        raise PasserbyError(
            f"'{folder}' holds {len(files)} pictures ({', '.join(PICTURES)}); name a folder with "
            "two or more crops of people"
        )
    return [read_image(path) for path in evenly(files, count)]


def rendered_crops(seed: int, count: int, height: int, width: int) -> list[np.ndarray]:
    """Crops (height, width, 3) uint8 RGB of rendered people, each from two cameras, two shots each.

    >>> [crop.shape for crop in rendered_crops(1, 2, 32, 16)]
    [(32, 16, 3), (32, 16, 3)]
    """
    each = _SHOTS * _CAMERAS
    world = World(seed=seed, people=-(-count // each), cameras=_CAMERAS)
    places = [
        (person + 1, camera + 1, shot)
        for person in range(world.people)
        for camera in range(_CAMERAS)
        for shot in range(_SHOTS)
    ]
    return [world.crop(*place, height=height, width=width) for place in places[:count]]
