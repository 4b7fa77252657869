"""From a torch network to the file of another runtime, for any number of pictures at once."""

import contextlib
import copy
import importlib
import io
import keyword
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from passerby.core.errors import PasserbyError
from passerby.engine.export_note import Format

INPUT, OUTPUT = "images", "features"
"""What input and output are called in ONNX and OpenVINO files."""


class Forward(nn.Module):
    """A copy of a model as a plain network for pictures of one size, without what only learning
    needs: Lightning's strings, and the freedom to take other sizes."""

    def __init__(self, model: nn.Module, size: tuple[int, int]) -> None:
        super().__init__()
        self.model = copy.deepcopy(model).requires_grad_(False).eval()
        for module in list(self.model.modules()):
            if getattr(module, "dynamic_img_size", False):
                _fix_size(module, size)
            # What is captured becomes Python code, in which `global` is no name.
            for name in [name for name, _ in module.named_children() if keyword.iskeyword(name)]:
                module.add_module(f"{name}_", module._modules.pop(name))

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> features (B, D)."""
        return self.model(images)


def write_network(model: nn.Module, to: Format, size: tuple[int, int], path: Path) -> None:
    """Write `model` for pictures of `size` (height, width), any number of them, to `path`.

    ONNX and OpenVINO files are made from what `torch.export` captures; TorchScript by tracing.

    Raises PasserbyError when a package is missing, or the network cannot be captured.
    """
    # Two pictures: of one, capturing would conclude that there is never more.
    images = torch.zeros(2, 3, *size)
    with _quiet(), torch.no_grad():
        network = Forward(model, size)
        if to == "torchscript":
            return _write_torchscript(network, images, path)
        captured = _captured(network, images)
        if to == "onnx":
            _write_onnx(captured, path)
        else:
            _write_openvino(captured, size, path)


def require(module: str) -> Any:
    """Import a module of the extra `export`; PasserbyError says how to install it.

    >>> require("json").__name__
    'json'
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise PasserbyError(
            f"this export needs {module.partition('.')[0]}, which is not installed; "
            "run: pip install 'passerby[export,video]'"
        ) from error


def _fix_size(transformer: Any, size: tuple[int, int]) -> None:
    """Have a timm transformer fit its positions to one size of picture now, instead of to every
    picture anew, by an operation that OpenVINO lacks."""
    from timm.layers import Format  # it takes a second, and this is the one place

    transformer.set_input_size(img_size=size)
    transformer.dynamic_img_size = False
    transformer.patch_embed.flatten = True
    transformer.patch_embed.output_fmt = Format.NCHW


def _captured(network: Forward, images: Tensor) -> ExportedProgram:
    try:
        return torch.export.export(
            network, (images,), dynamic_shapes={"images": {0: Dim("batch", min=1)}}
        )
    except Exception as error:  # each unsupported thing in a network has its own
        raise PasserbyError(
            f"torch cannot capture this network: {(str(error).splitlines() or [''])[0]}; it does "
            "what only Python can do. Try --to torchscript"
        ) from error


def _write_torchscript(network: Forward, images: Tensor, path: Path) -> None:
    # torch means to do without TorchScript one day, and says so; a file of it has no other maker.
    # A function is traced, not the module, of which Lightning's parts would not let themselves.
    traced = torch.jit.trace(lambda images: network(images), (images,), check_trace=False)
    torch.jit.save(traced, str(path))


def _write_onnx(captured: ExportedProgram, path: Path) -> None:
    for module in ("onnx", "onnxscript"):
        require(module)
    program = torch.onnx.export(
        captured,
        dynamo=True,
        input_names=[INPUT],
        output_names=[OUTPUT],
        verbose=False,
        external_data=False,
    )
    assert program is not None
    program.save(str(path), external_data=False)


def _write_openvino(captured: ExportedProgram, size: tuple[int, int], path: Path) -> None:
    openvino = require("openvino")
    network = openvino.convert_model(captured)
    network.reshape([-1, 3, *size])
    network.inputs[0].get_tensor().set_names({INPUT})
    network.outputs[0].get_tensor().set_names({OUTPUT})
    # Half the size would come at the price of other features than the checkpoint's.
    openvino.save_model(network, str(path), compress_to_fp16=False)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep exporters' remarks on their own insides from the user."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "torch.export")]
        levels = [logger.level for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
