"""The named models: public files that Passerby knows how to fetch, check and run."""

from dataclasses import dataclass
from typing import Literal

from passerby.core.preprocess import Preprocess


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model.

    name:   in the models folder
    urls:   where it can be had, tried in this order
    sha256: of its content, hexadecimal
    """

    name: str
    urls: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A public model.

    task:       "embedder" makes a feature of a crop, "detector" finds people in a frame
    kind:       what runs it: "openvino", "onnx", or "osnet" for Torchreid's weights in our OSNet
    files:      all that it needs; for "openvino" the .xml first, then the .bin
    preprocess: how its input is made
    licence:    of the weights, as their publisher states it
    backbone:   for "osnet", the name that `build_backbone` knows
    """

    task: Literal["embedder", "detector"]
    kind: Literal["openvino", "onnx", "osnet"]
    files: tuple[ModelFile, ...]
    preprocess: Preprocess
    licence: str
    backbone: str = ""


_OPENVINO = "https://storage.openvinotoolkit.org/repositories/open_model_zoo/2023.0/models_bin/1"
_HUB = "https://huggingface.co"


def _raw_bgr(height: int, width: int) -> Preprocess:
    """What the Open Model Zoo's networks take: BGR, 0 to 255, not normalised."""
    return Preprocess(
        height, width, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0), scale=1.0, channels="bgr"
    )


def _openvino(
    name: str, precision: str, suffix: str, xml: str, weights: str
) -> tuple[ModelFile, ModelFile]:
    """The two files of an Open Model Zoo network; `suffix` tells precisions apart here."""
    source = f"{_OPENVINO}/{name}/{precision}/{name}"
    return (
        ModelFile(f"{name}{suffix}.xml", (f"{source}.xml",), xml),
        ModelFile(f"{name}{suffix}.bin", (f"{source}.bin",), weights),
    )


CATALOGUE: dict[str, NamedModel] = {
    "person-reidentification-retail-0277": NamedModel(
        "embedder",
        "openvino",
        _openvino(
            "person-reidentification-retail-0277",
            "FP16",
            "-FP16",
            "82039b1bb986231c50345550e59def94e63579998e9cddbd1a312f293eb87729",
            "6bb69e09d07733cc3896b29081d2627f92db7b9aacd50f1a8c3df491cb10f1b7",
        ),
        _raw_bgr(256, 128),
        "Apache-2.0",
    ),
    "person-reidentification-retail-0288": NamedModel(
        "embedder",
        "openvino",
        _openvino(
            "person-reidentification-retail-0288",
            "FP32",
            "-FP32",
            "30f452b2ed2763f7bf429eea23f8f243ad0e7f3cdd7226db6888f1660efb3424",
            "6496b8d51741703c9e9c7f6474cb96c60de1856d7b4fd77235e48cea146066a5",
        ),
        _raw_bgr(256, 128),
        "Apache-2.0",
    ),
    "osnet_x0_25_msmt17": NamedModel(
        "embedder",
        "osnet",
        (
            ModelFile(
                "osnet_x0_25_msmt17.pth",
                (
                    f"{_HUB}/kaiyangzhou/osnet/resolve/main/osnet_x0_25_msmt17_256x128_amsgrad_"
                    "ep180_stp80_lr0.003_b128_fb10_softmax_labelsmooth_flip.pth",
                    "https://drive.google.com/uc?export=download&id="
                    "1sSwXSUlj4_tHZequ_iZ8w_Jh0VaRQMqF",
                ),
                "6f57607fed9f502b9efed546108132ee715df5a5b6e6932c6269bacb47f59f99",
            ),
        ),
        Preprocess(256, 128),
        "MIT",
        backbone="osnet_x0_25",
    ),
    "person-detection-retail-0013": NamedModel(
        "detector",
        "openvino",
        _openvino(
            "person-detection-retail-0013",
            "FP32",
            "",
            "97c32b9b4c2e4cda309c8e21d582db1b5818b4c9d7f30039e8869360cf0f0869",
            "6f09cb7061328942f9d5e9fc81631a4234be66a26daa50cd672d4077ee82ad44",
        ),
        _raw_bgr(320, 544),
        "Apache-2.0",
    ),
    "nanodet_m": NamedModel(
        "detector",
        "onnx",
        (
            ModelFile(
                "nanodet_m.onnx",
                (
                    f"{_HUB}/opencv/object_detection_nanodet/resolve/main/"
                    "object_detection_nanodet_2022nov.onnx",
                    "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models/"
                    "object_detection_nanodet/object_detection_nanodet_2022nov.onnx",
                ),
                "4b82da9944b88577175ee23a459dce2e26e6e4be573def65b1055dc2d9720186",
            ),
        ),
        Preprocess(
            416,
            416,
            mean=(103.53, 116.28, 123.675),
            std=(57.375, 57.12, 58.395),
            scale=1.0,
            channels="bgr",
        ),
        "Apache-2.0",
    ),
}
"""Every named model. Tests keep each file's name and checksum true."""


def names(task: Literal["embedder", "detector"]) -> list[str]:
    """The names of all models for one task.

    >>> names("detector")
    ['person-detection-retail-0013', 'nanodet_m']
    """
    return [name for name, model in CATALOGUE.items() if model.task == task]
