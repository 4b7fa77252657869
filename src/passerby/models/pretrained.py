"""ImageNet weights for the networks that are ours."""

import urllib.error
from typing import TypeVar

import torch

from passerby.core.errors import PasserbyError
from passerby.models.backbone import Backbone
from passerby.models.cache import is_offline, models_folder
from passerby.models.public_weights import load_public_weights, read_public_weights

_Net = TypeVar("_Net", bound=Backbone)

IBN_RELEASES = "https://github.com/XingangPan/IBN-Net/releases/download/v1.0/"

# The end of each name is the beginning of the file's SHA-256, which is checked.
IBN_FILES: dict[int, str] = {
    18: "resnet18_ibn_a-2f571257.pth",
    34: "resnet34_ibn_a-94bc1577.pth",
    50: "resnet50_ibn_a-d9d0bb7b.pth",
    101: "resnet101_ibn_a-59ea0ac6.pth",
}


def load_ibn_imagenet(net: _Net, depth: int) -> _Net:
    """`net` with its authors' ImageNet weights, fetched once into the models folder.

    Raises PasserbyError when the file is not there and cannot be fetched, or is damaged.
    """
    name = IBN_FILES[depth]
    path = models_folder() / name
    if not path.is_file():
        if is_offline():
            raise PasserbyError(
                f"{path} is not there, and PASSERBY_OFFLINE forbids fetching it. Fetch "
                f"{IBN_RELEASES}{name} elsewhere and put it there, or use pretrained=False."
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            prefix = name.rsplit("-")[1].removesuffix(".pth")
            torch.hub.download_url_to_file(IBN_RELEASES + name, str(path), prefix, progress=False)
        except (OSError, urllib.error.URLError, RuntimeError) as error:
            raise PasserbyError(
                f"{IBN_RELEASES}{name} could not be fetched: {error}. Fetch it elsewhere and put "
                f"it at {path}, or use pretrained=False."
            ) from error
    load_public_weights(net, read_public_weights(path), str(path))
    return net


def load_osnet_imagenet(net: _Net, name: str) -> _Net:
    """`net` with Torchreid's ImageNet weights, read from NAME_imagenet.pth in the models folder.

    Torchreid keeps them where no program can fetch them plainly, without a checksum, so they are
    put there by hand, once.

    Raises PasserbyError when the file is not there or does not fit.
    """
    path = models_folder() / f"{name}_imagenet.pth"
    if not path.is_file():
        raise PasserbyError(
            f"{path} is not there. Fetch the ImageNet weights of {name} from Torchreid's model "
            "zoo, https://kaiyangzhou.github.io/deep-person-reid/MODEL_ZOO, in a browser and save "
            "them under that name, or use pretrained=False. PASSERBY_MODELS names the folder."
        )
    load_public_weights(net, read_public_weights(path), str(path))
    return net
