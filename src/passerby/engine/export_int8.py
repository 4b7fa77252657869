"""Post-training quantisation: weights and maps of a network in 8 bits, fitted to given crops."""

import contextlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from passerby.engine.export_write import INPUT, require


def quantise_openvino(source: Path, images: Tensor, target: Path) -> None:
    """Write the network in the .xml `source` to `target` with int8 weights and maps, by NNCF.

    images: (N, 3, H, W), what the ranges of the maps are fitted to

    Gates, which weigh the channels of a map by its own average (`gate_layers`), stay in floating
    point: they cost next to nothing, and an error of theirs moves whole channels.

    Raises PasserbyError when NNCF or OpenVINO is not installed.
    """
    openvino, nncf = require("openvino"), require("nncf")
    network = openvino.Core().read_model(str(source))
    shape = network.inputs[0].partial_shape
    network.reshape([1, *list(shape)[1:]])
    with _silent():
        quantised = nncf.quantize(
            network,
            nncf.Dataset([image[None] for image in images.numpy()]),
            preset=nncf.QuantizationPreset.PERFORMANCE,  # ranges around zero need no correction
            subset_size=len(images),
            fast_bias_correction=False,  # layer by layer: slower, but only once
            ignored_scope=nncf.IgnoredScope(names=gate_layers(network), validate=False),
        )
    quantised.reshape(shape)
    openvino.save_model(quantised, str(target), compress_to_fp16=False)


def gate_layers(network: Any) -> list[str]:
    """Names of the layers of an OpenVINO network that make and apply gates: from an average over a
    map, by way of a sigmoid, to the product with the map."""
    found: set[str] = set()
    for sigmoid in network.get_ordered_ops():
        if sigmoid.get_type_name() != "Sigmoid":
            continue
        layer, chain = sigmoid, []
        while layer.get_type_name() not in ("ReduceMean", "Parameter", "Constant"):
            chain.append(layer.get_friendly_name())
            layer = layer.input_value(0).get_node()
        if layer.get_type_name() == "ReduceMean":
            products = [to.get_node() for to in sigmoid.output(0).get_target_inputs()]
            chain += [one.get_friendly_name() for one in (layer, *products)]
            found.update(chain)
    return sorted(found)


def quantise_onnx(source: Path, images: Tensor, target: Path) -> None:
    """Write the network in the .onnx `source` to `target` with int8 weights and maps.

    images: (N, 3, H, W), what the ranges of the maps are fitted to

    Raises PasserbyError when ONNX Runtime or onnx is not installed.
    """
    require("onnx")
    quantization = require("onnxruntime.quantization")

    class Crops(quantization.CalibrationDataReader):
        def __init__(self) -> None:
            self.left: Iterator[np.ndarray] = iter(images.numpy())

        def get_next(self) -> dict[str, np.ndarray] | None:
            image = next(self.left, None)
            return None if image is None else {INPUT: image[None]}

    with _silent():
        quantization.quantize_static(
            str(source),
            str(target),
            Crops(),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep the remarks and progress bars of quantisers from the user."""
    loggers = [logging.getLogger(name) for name in (None, "nncf")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
