"""The networks of the catalogue's embedders, ready to run."""

from pathlib import Path

from torch import nn

from passerby.models.catalogue import NamedModel
from passerby.models.embedding_net import EmbeddingNet
from passerby.models.onnx_model import ONNXModel
from passerby.models.openvino_model import OpenVINOModel
from passerby.models.osnet import WIDTHS, OSNet
from passerby.models.osnet_ain import OSNetAIN
from passerby.models.pooling import average
from passerby.models.public_weights import load_public_weights, read_public_weights


def build_named(model: NamedModel, paths: tuple[Path, ...]) -> nn.Module:
    """The network of `model` from its files `paths`: images (B, 3, H, W) -> features (B, D)."""
    if model.kind == "openvino":
        return OpenVINOModel(paths[0])
    if model.kind == "onnx":
        return ONNXModel(paths[0])
    return osnet_embedder(model.backbone, paths[0])


def osnet_embedder(backbone: str, path: Path) -> EmbeddingNet:
    """Torchreid's weights at `path` as the network that Torchreid ranks with: 512 values a picture.

    backbone: "osnet_WIDTH" or "osnet_ain_WIDTH"

    Raises PasserbyError when the file holds no weights of that network.
    """
    weights = read_public_weights(path)
    classes = len(weights["classifier.weight"]) if "classifier.weight" in weights else 1
    family = OSNetAIN if "_ain_" in backbone else OSNet
    net = family(WIDTHS[backbone.removeprefix("osnet_").removeprefix("ain_")], classes)
    load_public_weights(net, weights, str(path))
    return EmbeddingNet(net, average, net.fc)
