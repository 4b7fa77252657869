"""Opening exported files, and choosing the fastest that stands beside a checkpoint."""

import logging
import os
from pathlib import Path
from typing import Literal, get_args

import torch
from torch import nn

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.export_note import ExportNote
from passerby.models.onnx_model import ONNXModel
from passerby.models.openvino_model import OpenVINOModel
from passerby.models.torchscript_model import load_torchscript

Runtime = Literal["auto", "torch"]
"""What computes a checkpoint's features: the fastest export beside it, or torch in any case."""

EXPORTS = "exports"
"""Name of the folder of exported files in a run folder."""

_ORDER = ((".xml", "bf16"), (".xml", "f32"), (".onnx", "f32"))
"""The fastest first. int8 is another model, and is used when its file is named."""

_log = logging.getLogger(__name__)


def open_network(path: Path, note: ExportNote, device: torch.device | str = "cpu") -> nn.Module:
    """The network in an exported file: images (B, 3, H, W) -> features (B, D).

    Raises PasserbyError when its runtime is not installed, or the file cannot be read.
    """
    if path.suffix == ".xml":
        # What is left in floating point beside int8 is computed in bfloat16.
        return OpenVINOModel(path, "f32" if note.precision == "f32" else "bf16")
    if path.suffix == ".onnx":
        return ONNXModel(path)
    return load_torchscript(path, device)


def asked_runtime(runtime: Runtime | None) -> Runtime:
    """`runtime`; or what PASSERBY_RUNTIME says, "auto" or "torch"; or "auto".

    Raises PasserbyError when it is neither.

    >>> asked_runtime("torch")
    'torch'
    """
    asked = runtime or os.environ.get("PASSERBY_RUNTIME") or "auto"
    for known in get_args(Runtime):
        if asked == known:
            return known
    raise PasserbyError(
        f"there is no runtime {asked!r} (PASSERBY_RUNTIME names one, too); choose auto for the "
        "fastest export that stands beside a checkpoint, or torch for the checkpoint itself. An "
        "exported file is chosen by its name"
    )


def fastest(run: Path, source: str, preprocess: Preprocess) -> nn.Module | None:
    """The fastest network in the exports of a run folder, for the CPU; None when there is none.

    source:     the hash of the checkpoint that it must have been made of
    preprocess: the checkpoint's

    OpenVINO comes before ONNX Runtime, bfloat16 before float32, and then the name decides; int8 is
    never taken. Files of another checkpoint, damaged files and those whose runtime is not installed
    are passed over, with a word in the log.
    """
    for suffix, precision in _ORDER:
        for path in sorted((run / EXPORTS).glob(f"*{suffix}")):
            try:
                note = ExportNote.read(path)
                if note is None or note.precision != precision:
                    continue
                if (note.source, note.preprocess) != (source, preprocess):
                    _log.warning("%s was made of another checkpoint; passed over", path)
                    continue
                network = open_network(path, note)
            except PasserbyError as error:
                _log.warning("%s is passed over: %s", path, error)
                continue
            # In bfloat16 a score may move in its last digit: that is worth a word.
            level = logging.WARNING if precision == "bf16" else logging.INFO
            _log.log(
                level, "features are made by %s in %s; PASSERBY_RUNTIME=torch for the checkpoint "
                "itself", path, precision,
            )  # fmt: skip
            return network
    return None
