"""A network that OpenVINO runs."""

from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from passerby.core.errors import PasserbyError
from passerby.core.signals import handle_on_main_stack


class OpenVINOModel(nn.Module):
    """A network from an .xml file (with its .bin) or an .onnx, run by OpenVINO on the CPU.

    Images (B, 3, H, W) float32 in, features (B, D) float32 out, for any B, also where the file
    says 1. H and W must be `height` and `width`, which are the file's, or None where it takes any.

    Pictures go through one by one, as many at once as the processor is best at: the maps of one
    stay in its cache, and features do not depend on who else is in the batch.

    precision: what is computed in: float32, also from weights kept in float16, so that features
               from different machines agree; or bfloat16, about twice as fast, where the processor
               has it, and float32 elsewhere. `precision` says which it has become. Layers that the
               file has in int8 are computed in int8 either way
    threads:   at most so many; torch's own number when left out

    Raises PasserbyError when OpenVINO is not installed, or the file cannot be read or has not one
    picture for input and one output.
    """

    def __init__(
        self,
        path: Path,
        precision: Literal["f32", "bf16"] = "f32",
        threads: int | None = None,
    ) -> None:
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
        # A fixed batch of one: of 1, 4, 8 and 16 the fastest for OSNet x0.25, and no slower than
        # the others, within what a busy machine tells, for OSNet x1.0 and ResNet-50.
        shape[0] = 1
        network.reshape(shape)
        if precision == "bf16" and "BF16" not in core.get_property(
            "CPU", "OPTIMIZATION_CAPABILITIES"
        ):
            precision = "f32"
        self.precision = precision
        options: dict[str, Any] = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads or torch.get_num_threads(),
        }
        compiled = core.compile_model(network, "CPU", options)
        # In a tuple: what is not a tensor or a module is none of torch's business.
        self._requests = (openvino.AsyncInferQueue(compiled), Lock())
        handle_on_main_stack()

    def forward(self, images: Tensor) -> Tensor:
        """The features (B, D) of `images` (B, 3, H, W)."""
        pixels = images.detach().float().cpu().contiguous().numpy()
        features: list[np.ndarray] = [np.empty(0)] * len(pixels)

        def keep(request: Any, place: int) -> None:
            # The array is OpenVINO's own memory, overwritten by the next picture.
            features[place] = request.get_output_tensor().data.reshape(1, -1).copy()

        queue, one_at_a_time = self._requests
        with one_at_a_time:
            queue.set_callback(keep)
            for place in range(len(pixels)):
                queue.start_async(pixels[place : place + 1], place, share_inputs=True)
            queue.wait_all()
        return torch.from_numpy(np.concatenate(features)).to(images.device)
