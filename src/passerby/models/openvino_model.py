"""A network that OpenVINO runs."""

from pathlib import Path

import torch
from torch import Tensor, nn

from passerby.core.errors import PasserbyError
from passerby.core.signals import handle_on_main_stack


class OpenVINOModel(nn.Module):
    """A network from an .xml file (with its .bin) or an .onnx, run by OpenVINO on the CPU.

    Images (B, 3, H, W) float32 in, features (B, D) float32 out, for any B, also where the file
    says 1. H and W must be `height` and `width`, which are the file's, or None where it takes any.
    All cores work on one batch. It is computed in float32, also from weights kept in float16, so
    that features from different machines agree.

    Raises PasserbyError when OpenVINO is not installed, or the file cannot be read or has not one
    picture for input and one output.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        try:
            import openvino
        except ImportError as error:
            raise PasserbyError(f"{path} needs OpenVINO: pip install 'passerby[video]'") from error
        core = openvino.Core()
        try:
            network = core.read_model(str(path))
        except RuntimeError as error:
            raise PasserbyError(
                f"OpenVINO cannot read {path}: {str(error).strip().splitlines()[-1]}. Is the file "
                "whole, and does the .bin of the same name stand beside the .xml?"
            ) from error
        shape = network.inputs[0].partial_shape
        if len(network.inputs) != 1 or len(network.outputs) != 1 or len(shape) != 4:
            raise PasserbyError(
                f"{path} is no embedder: it has {len(network.inputs)} inputs and "
                f"{len(network.outputs)} outputs, and an embedder takes one batch of pictures and "
                "gives one of features"
            )
        self.height, self.width = (
            shape[axis].get_length() if shape[axis].is_static else None for axis in (2, 3)
        )
        shape[0] = -1
        network.reshape(shape)
        options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        # In a list: what is not a tensor or a module is none of torch's business.
        self._compiled = [core.compile_model(network, "CPU", options)]
        handle_on_main_stack()

    def forward(self, images: Tensor) -> Tensor:
        """The features (B, D) of `images` (B, 3, H, W)."""
        pixels = images.detach().float().cpu().contiguous().numpy()
        features = self._compiled[0](pixels)[0]
        # The array is OpenVINO's own memory, overwritten by the next batch.
        return torch.from_numpy(features.copy()).flatten(1).to(images.device)
