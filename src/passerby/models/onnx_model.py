"""A network that ONNX Runtime runs."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from passerby.core.errors import PasserbyError


class ONNXModel(nn.Module):
    """A network from an .onnx file, run by ONNX Runtime on the CPU.

    Images (B, 3, H, W) float32 in, features (B, D) float32 out, for any B: where the file was
    exported for a fixed batch, pictures go through in groups of that size. H and W must be
    `height` and `width`, which are the file's, or None where it takes any.

    threads: at most so many; torch's own number when left out

    Raises PasserbyError when ONNX Runtime is not installed, or the file cannot be read or has not
    one picture for input and one output.
    """

    def __init__(self, path: Path, threads: int | None = None) -> None:
        super().__init__()
        try:
            import onnxruntime
        except ImportError as error:
            raise PasserbyError(
                f"{path} needs ONNX Runtime: pip install 'passerby[video]'"
            ) from error
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors only: exporters draw many a warning
        options.intra_op_num_threads = threads or torch.get_num_threads()
        try:
            session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        # ONNX Runtime's errors share no class but this.
        except Exception as error:
            raise PasserbyError(f"ONNX Runtime cannot read {path}: {error}") from error
        inputs, outputs = session.get_inputs(), session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1 or len(inputs[0].shape) != 4:
            raise PasserbyError(
                f"{path} is no embedder: it has {len(inputs)} inputs and {len(outputs)} outputs, "
                "and an embedder takes one batch of pictures and gives one of features"
            )
        # A size that the file leaves open is a word or None there.
        self.batch, self.height, self.width = (
            size if isinstance(size := inputs[0].shape[axis], int) and size > 0 else None
            for axis in (0, 2, 3)
        )
        self._input = inputs[0].name
        # In a list: what is not a tensor or a module is none of torch's business.
        self._session = [session]

    def forward(self, images: Tensor) -> Tensor:
        """The features (B, D) of `images` (B, 3, H, W)."""
        pixels = images.detach().float().cpu().contiguous().numpy()
        count, group = len(pixels), self.batch or len(pixels)
        if missing := -count % group:
            pixels = np.concatenate([pixels, np.repeat(pixels[-1:], missing, axis=0)])
        parts = [
            np.asarray(self._session[0].run(None, {self._input: pixels[start : start + group]})[0])
            for start in range(0, count, group)
        ]
        features = torch.from_numpy(np.concatenate(parts)[:count])
        return features.flatten(1).to(images.device)
