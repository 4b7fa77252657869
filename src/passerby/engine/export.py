"""`export_embedder`: an embedder as a file of another runtime, proven against the checkpoint."""

import json
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from passerby import __version__
from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.data.preprocess import prepare
from passerby.engine.embedder import Embedder
from passerby.engine.export_int8 import quantise_onnx, quantise_openvino
from passerby.engine.export_note import SUFFIXES, ExportNote, Format, Precision
from passerby.engine.export_parity import BOUNDS, Parity, parity, shortfalls
from passerby.engine.export_runtime import open_network
from passerby.engine.export_write import write_network
from passerby.models.notes import digest
from passerby.models.onnx_model import ONNXModel
from passerby.models.openvino_model import OpenVINOModel

POSSIBLE: dict[Format, tuple[Precision, ...]] = {
    "openvino": ("f32", "bf16", "int8"),
    "onnx": ("f32", "int8"),
    "torchscript": ("f32",),
}
"""The precisions that each runtime can compute in."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exported:
    """What an export wrote: the file, the account of its parity beside it, and what it says."""

    path: Path
    account: Path
    parity: Parity
    note: ExportNote


def export_embedder(
    embedder: Embedder,
    to: Format,
    path: Path,
    crops: Sequence[np.ndarray],
    *,
    precision: Precision = "f32",
    calibration: Sequence[np.ndarray] = (),
    features_only: bool = False,
) -> Exported:
    """Write `embedder` to `path` for another runtime, and what its parity is to PATH.parity.json.

    crops:         two or more pictures (H, W, 3) uint8 RGB, of which the file's features must agree
                   with the checkpoint's, by `passerby.engine.export_parity.BOUNDS`
    calibration:   pictures that int8 is fitted to
    features_only: also when the embedder compares by what it has learnt, which no file can hold

    Everything is written whole or not at all.

    Raises PasserbyError when the embedder is not torch's, the format cannot do the precision, the
    name does not end as the format's do, there are too few crops, a package is missing, or the
    file does not agree with the checkpoint.
    """
    require_possible(to, precision, path)
    if isinstance(embedder.model, OpenVINOModel | ONNXModel | torch.jit.ScriptModule):
        raise PasserbyError(
            f"{embedder.name} is no torch model but a file of another runtime already; export the "
            "checkpoint that it was made of"
        )
    if embedder.compare is not None and not features_only:
        raise PasserbyError(
            f"{embedder.name} compares features by what it has learnt, which an exported file "
            "cannot hold. Pass --features_only true to export the features all the same, compared "
            f"by {embedder.metric} distance; a run folder that the file stands in keeps its own "
            "comparison"
        )
    if len(crops) < 2 or (precision == "int8" and not calibration):
        raise PasserbyError(
            f"{len(crops)} crops to check by and {len(calibration)} to fit int8 to are too few; "
            "give at least 2 and 1"
        )
    own = embedder.preprocess
    model = embedder.model.cpu().float().eval()
    images = prepare(crops, own)
    with tempfile.TemporaryDirectory(prefix="passerby-export-") as name:
        made = Path(name) / f"network{SUFFIXES[to]}"
        write_network(model, to, (own.height, own.width), made)
        if precision == "int8":
            exact, made = made, made.with_stem("quantised")
            fit = quantise_openvino if to == "openvino" else quantise_onnx
            fit(exact, prepare(calibration, own), made)
        note = _note(embedder, precision, digest(made))
        note.write(made)
        # Read as a user will read it, from the file, note and all.
        found = parity(
            features_of(model, images),
            features_of(open_network(made, note), images),
            embedder.metric,
        )
        if missed := shortfalls(found, precision):
            raise PasserbyError(
                f"the exported network does not agree with {embedder.name} on {len(crops)} crops: "
                f"{'; '.join(missed)}. Nothing was written. "
                + (
                    "Fit it to more crops like those it will see (--calibrate DIR), or choose bf16"
                    if precision == "int8"
                    else "Please report it, with the model's architecture"
                )
            )
        account = path.with_name(f"{path.name}.parity.json")
        account.unlink(missing_ok=True)
        for suffix in (".bin", ".xml") if to == "openvino" else (SUFFIXES[to],):
            content = made.with_suffix(suffix).read_bytes()
            write_atomically(
                path.with_suffix(suffix), lambda file, it=content: file.write_bytes(it)
            )
    text = json.dumps(_account(found, note), indent=1) + "\n"
    write_atomically(account, lambda file: file.write_text(text, encoding="utf-8"))
    return Exported(path, account, found, note)


def require_possible(to: Format, precision: Precision, path: Path) -> None:
    """Raise PasserbyError unless `to` can compute in `precision` and `path` is named for it."""
    if to not in POSSIBLE:
        raise PasserbyError(f"there is no export to {to!r}; choose {', '.join(POSSIBLE)}")
    if precision not in POSSIBLE[to]:
        raise PasserbyError(
            f"{to} files cannot compute in {precision!r}, but in {', '.join(POSSIBLE[to])}; "
            "--to openvino can do f32, bf16 and int8"
        )
    if path.suffix != SUFFIXES[to]:
        raise PasserbyError(
            f"'{path}' is no name for {to}: it must end in {SUFFIXES[to]}, by which the file is "
            "known again"
        )


@torch.inference_mode()
def features_of(model: nn.Module, images: Tensor, group: int = 32) -> Tensor:
    """(N, 3, H, W) -> (N, D), a few pictures at a time."""
    return torch.cat([model(part) for part in images.split(group)]).float()


def _note(embedder: Embedder, precision: Precision, network: str) -> ExportNote:
    """In int8 it is a model of its own: its vectors are near, but do not mix with the others'."""
    own = precision == "int8"
    return ExportNote(
        name=f"{embedder.name}-int8" if own else embedder.name,
        hash=network if own else embedder.hash,
        source=embedder.hash,
        precision=precision,
        metric=embedder.metric,
        preprocess=embedder.preprocess,
        network=network,
    )


def _account(found: Parity, note: ExportNote) -> dict[str, Any]:
    return {
        "format": "passerby-parity-1",
        "model": note.name,
        "hash": note.hash,
        "source": note.source,
        "precision": note.precision,
        "passerby": __version__,
        "parity": asdict(found),
        "bounds": BOUNDS[note.precision],
    }
