"""One file that holds a learnt method: weights, what it was made with, how its input is made.

Nothing is unpickled, and the method's class is looked up in a literal dict, so that a stranger's
file cannot run code.
"""

import hashlib
import inspect
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from passerby import __version__
from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.core.preprocess import Preprocess
from passerby.methods.aligned_mutual import AlignedMutual
from passerby.methods.aligned_reid import AlignedReID
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.methods.ccsc import CCSC
from passerby.methods.deep_person import DeepPerson
from passerby.methods.method import Method
from passerby.methods.siamese_verification import SiameseVerification
from passerby.methods.trinet import TriNet

METHODS: dict[str, type[Method]] = {
    "AlignedMutual": AlignedMutual,
    "AlignedReID": AlignedReID,
    "BagOfTricks": BagOfTricks,
    "CCSC": CCSC,
    "DeepPerson": DeepPerson,
    "SiameseVerification": SiameseVerification,
    "TriNet": TriNet,
}
"""Name of a method, in checkpoints and on the command line -> its class."""

FORMAT = "passerby-checkpoint-1"
MODEL = "model.safetensors"
"""Name of the learnt model in a run folder."""
CHECKPOINTS = "checkpoints"
LAST = "last.ckpt"
"""Name of the newest checkpoint in a run folder's `CHECKPOINTS`."""


def describe(method: Method, preprocess: Preprocess) -> dict[str, Any]:
    """What it takes to build `method` again, as plain values."""
    return {
        "format": FORMAT,
        "method": type(method).__name__,
        "arguments": method.arguments,
        "preprocess": asdict(preprocess),
        "version": __version__,
    }


def save_checkpoint(method: Method, preprocess: Preprocess, path: Path) -> Path:
    """Write `method` as one safetensors file, in one step; `load_checkpoint` reads it back.

    Raises PasserbyError when `path` cannot be written.
    """
    tensors = {name: value.cpu().contiguous() for name, value in method.state_dict().items()}
    about = {"format": FORMAT, "about": json.dumps(describe(method, preprocess))}
    return write_atomically(path, lambda to: save_file(tensors, to, metadata=about))


def without_classes(method: Method) -> Method:
    """The same embedder as `method`, without the part that names the people it learnt from.

    A smaller checkpoint, and one that says less about its training data. It embeds alike; to learn
    on, begin another training with it (`--model.initial_weights`).

    Raises PasserbyError when the method has no such part.

    >>> large = BagOfTricks(500, "osnet_x0_25", pretrained=False)
    >>> small = without_classes(large)
    >>> [sum(value.numel() for value in one.state_dict().values()) for one in (large, small)]
    [204888, 141016]
    """
    if "num_persons" not in method.arguments:
        raise PasserbyError(f"{type(method).__name__} names nobody, so nothing can be left out")
    small = type(method)(**(method.arguments | {"num_persons": 1}))
    learnt = method.state_dict()
    fresh = small.state_dict()
    small.load_state_dict(
        {
            name: learnt[name] if learnt[name].shape == fresh[name].shape else fresh[name]
            for name in fresh
        }
    )
    return small.eval()


def load_checkpoint(path: Path) -> tuple[Method, Preprocess, str]:
    """The method, its `Preprocess`, and the SHA-256 of its weights and of how they embed.

    path: a file of `save_checkpoint`; a run folder, whose finished model is taken, or else its
          newest checkpoint; or a .ckpt of a run

    The method is on the CPU, in evaluation mode.

    Raises PasserbyError when there is no such file, when it is damaged, cut short, or no
    checkpoint of Passerby's, and when its method is unknown here.
    """
    file = _checkpoint_in(Path(path))
    tensors, about = _read_lightning(file) if file.suffix == ".ckpt" else _read(file)
    name = about.get("method")
    if name not in METHODS:
        raise PasserbyError(
            f"'{file}' holds the method {name!r}, which is unknown here; this version of Passerby "
            f"({__version__}) knows {', '.join(METHODS)}, the file was written by version "
            f"{about.get('version')}"
        )
    # The weights come from this file, not from where the training began.
    begun = {"pretrained": False, "initial_weights": None}
    taken = inspect.signature(METHODS[name]).parameters
    arguments = about["arguments"] | {part: begun[part] for part in begun if part in taken}
    try:
        method = METHODS[name](**arguments)
        method.load_state_dict(tensors)
    except (TypeError, RuntimeError) as error:
        raise PasserbyError(
            f"'{file}' does not fit {name} as it is in this version of Passerby ({__version__}); "
            f"it was written by version {about.get('version')}: {str(error).splitlines()[0]}"
        ) from error
    return method.eval(), _preprocess(about["preprocess"]), _identity(method, tensors)


def weights_hash(tensors: dict[str, Tensor]) -> str:
    """SHA-256, hexadecimal, of tensors by name; the same in whatever file they stand.

    >>> weights_hash({"a": torch.zeros(2)}) == weights_hash({"a": torch.zeros(1, 2)})
    False
    """
    digest = hashlib.sha256()
    for name, value in sorted(tensors.items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        digest.update(value.cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _identity(method: Method, tensors: dict[str, Tensor]) -> str:
    """`weights_hash`; another one where the weights embed otherwise than they do by default."""
    checksum = weights_hash(tensors)
    if not method.embeds:
        return checksum
    return hashlib.sha256(f"{checksum} {sorted(method.embeds.items())}".encode()).hexdigest()


def _checkpoint_in(path: Path) -> Path:
    """The file to read: `path` itself, or the best one in the run folder `path`."""
    if path.is_dir():
        for candidate in (path / MODEL, path / CHECKPOINTS / LAST):
            if candidate.is_file():
                return candidate
        raise PasserbyError(
            f"the folder '{path}' holds neither {MODEL} nor {CHECKPOINTS}/{LAST}; give the folder "
            "of a run of `passerby train`, or a checkpoint file"
        )
    if not path.is_file():
        raise PasserbyError(f"there is no checkpoint '{path}'")
    return path


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and description of a file of `save_checkpoint`."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise PasserbyError(
            f"'{path}' is no checkpoint, or is damaged: {error}. Copy it again, or train again."
        ) from error
    if metadata.get("format") != FORMAT:
        raise PasserbyError(
            f"'{path}' is a safetensors file but no checkpoint of Passerby's (format "
            f"{metadata.get('format')!r}, wanted {FORMAT!r}); weights of others begin a training: "
            "pass --model.initial_weights"
        )
    return tensors, json.loads(metadata["about"])


def _read_lightning(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and description of a .ckpt that a run wrote."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # junk makes the unpickler fail in many ways
        reason = (str(error).splitlines() or ["it ends too early"])[0]
        raise PasserbyError(
            f"'{path}' is no checkpoint, or is damaged: {reason}. Take an earlier one of the same "
            "run."
        ) from error
    about = content.get("passerby") if isinstance(content, dict) else None
    if not isinstance(about, dict) or "state_dict" not in content:
        raise PasserbyError(f"'{path}' was not written by `passerby train`")
    return content["state_dict"], about


def _preprocess(values: dict[str, Any]) -> Preprocess:
    """A `Preprocess` from its fields; JSON has made lists of the tuples."""
    triples: dict[str, Any] = {name: tuple(values[name]) for name in ("mean", "std")}
    return Preprocess(**(values | triples))
