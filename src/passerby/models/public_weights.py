"""Reading weights that others have published for OSNet and IBN ResNets."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from passerby.core.errors import PasserbyError

_HEADS = ("fc.", "classifier.")


def read_public_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a .pth file by layer, as its authors' network names them.

    Takes a plain state dict or one under "state_dict", and drops the prefix "module." that
    training on several GPUs leaves. Only tensors are read: a file cannot run code.

    Raises PasserbyError when the file is missing, is damaged or holds something else.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise PasserbyError(f"there is no weights file {path}") from error
    except Exception as error:  # junk makes the unpickler fail in many ways
        reason = (str(error).splitlines() or ["it ends too early"])[0]
        raise PasserbyError(
            f"{path} holds no weights that can be read safely: {reason}. Fetch the file again; if "
            "it is a whole pickled model, save its state_dict() instead."
        ) from error
    if isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    if not isinstance(content, Mapping) or not content:
        raise PasserbyError(f"{path} holds no state dict, but {type(content).__name__}")
    return {
        name.removeprefix("module."): value
        for name, value in content.items()
        if isinstance(value, Tensor)
    }


def load_public_weights(model: nn.Module, weights: Mapping[str, Tensor], source: str) -> None:
    """Load `weights` into `model`, strictly: every layer must be there and fit.

    Only the head (`fc`, `classifier`) may be left over, when `model` is a backbone without one.
    `source` names the weights in messages. Raises PasserbyError when something does not fit.

    >>> net = nn.Sequential(nn.Linear(1, 1, bias=False))
    >>> load_public_weights(net, {"0.weight": torch.ones(1, 1), "fc.weight": torch.ones(2, 1)}, "")
    >>> net(torch.tensor([[3.0]])).item()
    3.0
    """
    wanted = model.state_dict().keys()
    fitting = {
        name: value
        for name, value in weights.items()
        if name in wanted or not name.startswith(_HEADS)
    }
    # Files written before PyTorch 0.4.1 do not count batches; nothing here reads the count.
    counters = {name: torch.tensor(0) for name in wanted if name.endswith("num_batches_tracked")}
    try:
        model.load_state_dict({**counters, **fitting}, strict=True)
    except RuntimeError as error:
        reasons = " ".join(line.strip() for line in str(error).splitlines()[1:4])
        raise PasserbyError(
            f"{source} does not fit {type(model).__name__}: {reasons} Check that the width and the "
            "variant (plain or AIN, depth) are those of the file."
        ) from error
