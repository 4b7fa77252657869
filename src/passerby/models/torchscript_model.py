"""A network in a TorchScript file."""

from pathlib import Path

import torch
from torch import nn

from passerby.core.errors import PasserbyError


def load_torchscript(path: Path, device: torch.device | str = "cpu") -> nn.Module:
    """The network in a .torchscript file, in evaluation mode, on `device`.

    It is TorchScript's own code that runs, never Python's, so that a stranger's file can compute
    but not reach outside.

    Raises PasserbyError when the file is missing, damaged or no TorchScript.
    """
    try:
        # The constants that a trace has made are on the device that is named here, and stay there.
        return torch.jit.load(str(path), map_location=device).eval()
    except (RuntimeError, ValueError, OSError) as error:
        raise PasserbyError(
            f"'{path}' cannot be read as TorchScript: {str(error).strip().splitlines()[0]}; export "
            "it again, or choose --device cpu where the device is missing"
        ) from error
