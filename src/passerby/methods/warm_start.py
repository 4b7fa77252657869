"""Beginning with weights that somebody has learnt already."""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from passerby.core.errors import PasserbyError
from passerby.models.backbone import Backbone
from passerby.models.backbones import build_backbone
from passerby.models.catalogue import CATALOGUE
from passerby.models.public_weights import read_public_weights
from passerby.models.shipped import shipped, shipped_names
from passerby.models.weights import fetch
from passerby.models.widening import widen

_OF_ITS_PEOPLE = ("classifier.", "centre.", "added.")
"""Layers that know the people of one training set by number, and fit no other."""


def first_backbone(
    name: str, pretrained: bool, initial_weights: str | None, last_stride: int
) -> Backbone:
    """The backbone that a method begins with, its weights ImageNet's or random ones.

    pretrained: ImageNet's, unless `initial_weights` are to take their place; see `warm_start`

    Raises PasserbyError as `build_backbone` does.
    """
    pretrained = pretrained and not initial_weights
    return build_backbone(name, pretrained=pretrained, last_stride=last_stride)


def warm_start(model: nn.Module, source: str | None) -> None:
    """Load the weights called `source` into `model`, all but those of its classifier.

    None leaves the model as it is.

    model:  has a `backbone`, and where it makes an embedding of the pooled map, an `embedding`
    source: the name of a model that Passerby comes with, or of the catalogue whose weights are
            OSNet's; a .safetensors file that Passerby wrote, or the run folder that one is in; or
            a .pth file that holds a state dict of the backbone as its authors name the layers,
            whose `fc` becomes the `embedding`

    Every layer of the backbone must be there and fit; weights of the same network made narrower,
    its widths some whole number of times smaller, are widened, see `widen`. Other layers of
    `model`, such as a neck, keep their values where `source` has none for them.

    Raises PasserbyError when `source` is unknown, cannot be read or fits another network.
    """
    if not source:
        return
    weights = _read(source)
    own = model.state_dict()
    if not any(name.startswith("backbone.") for name in weights):
        weights = {_home(name): value for name, value in weights.items()}
    known = {
        name: value
        for name, value in weights.items()
        if name in own and not name.startswith(_OF_ITS_PEOPLE)
    }
    known = widen(known, own)
    # Files written before PyTorch 0.4.1 do not count batches; nothing here reads the count.
    missing = [
        name
        for name in own
        if name.startswith("backbone.")
        and name not in known
        and not name.endswith("num_batches_tracked")
    ]
    misfits = [name for name, value in known.items() if value.shape != own[name].shape]
    if missing or misfits:
        name = (missing or misfits)[0]
        raise PasserbyError(
            f"the weights {source!r} do not fit the network: "
            + (f"they have no {name!r}" if missing else f"{name!r} has another shape")
            + f" ({len(missing)} layers are missing, {len(misfits)} differ). Choose weights of the "
            "same backbone, or another --model.backbone."
        )
    model.load_state_dict(known, strict=False)


def _home(name: str) -> str:
    """Where a layer of a public network stands in a method."""
    if name.startswith("fc."):
        return "embedding." + name.removeprefix("fc.")
    return name if name.startswith("classifier.") else "backbone." + name


def _read(source: str) -> dict[str, Tensor]:
    """The tensors of `source` by name."""
    if source in CATALOGUE:
        if CATALOGUE[source].kind != "osnet":
            usable = ", ".join(name for name, model in CATALOGUE.items() if model.kind == "osnet")
            raise PasserbyError(
                f"{source!r} cannot be trained on: its weights are built into its network; choose "
                f"{usable}, or a file of weights"
            )
        return read_public_weights(fetch(source)[0])
    path = shipped(source) if source in shipped_names() else Path(source)
    if path.is_dir():
        path = path / "model.safetensors"
        if not path.is_file():
            raise PasserbyError(
                f"there are no initial weights in the folder {source!r}: it has no "
                "model.safetensors, which a finished run leaves"
            )
    if not path.is_file():
        raise PasserbyError(
            f"there are no initial weights {source!r}: no file, no run folder and no public model "
            "has that name"
        )
    if path.suffix != ".safetensors":
        return read_public_weights(path)
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise PasserbyError(f"'{path}' holds no weights: {error}") from error
