"""`TransformersDetector`: the strong detectors, RT-DETR and D-FINE, through `transformers`.

Both find objects as a set, without anchors or suppression of doubles (Zhao et al., "DETRs Beat
YOLOs on Real-time Object Detection", 2023; Lv et al., "RT-DETRv2: Improved Baseline with
Bag-of-Freebies for Real-Time Detection Transformer", 2024; Peng et al., "D-FINE: Redefine
Regression Task in DETRs as Fine-grained Distribution Refinement", 2024). Their code and weights
are Apache-2.0.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.core.torchvision_shim import ensure_torchvision
from passerby.models.cache import is_offline
from passerby.video.detect_sound import sound_detections

FETCH = "PASSERBY_FETCH_DETECTORS"
"""Environment variable that, set to 1, lets a detector be fetched from huggingface.co."""
PERSON_LABEL = "person"


class TransformersDetector:
    """Detector over a network of RT-DETR's or D-FINE's kind with a label "person".

    which:     a folder as `save_pretrained` writes it (config.json, preprocessor_config.json,
               model.safetensors), or a name on huggingface.co such as PekingU/rtdetr_v2_r18vd
    threshold: boxes of a lower score are left out
    device:    where it runs
    batch:     frames that go through the network at once
    fetch:     may a name be fetched that is not in Hugging Face's cache on this machine? Nothing
               is ever fetched unless this is True or PASSERBY_FETCH_DETECTORS is 1, and never
               when PASSERBY_OFFLINE is set

    No file is unpickled and no code of a stranger is run.

    Raises PasserbyError when transformers is missing, when nothing can be read there, and when
    none of its labels is "person".
    """

    def __init__(
        self,
        which: str | Path,
        threshold: float,
        *,
        device: torch.device | str = "cpu",
        batch: int = 4,
        fetch: bool = False,
    ) -> None:
        if batch < 1:
            raise PasserbyError(f"batch is {batch}; a batch holds 1 frame or more")
        self.threshold, self.device, self.batch = threshold, torch.device(device), batch
        self._processor, model = _load(which, fetch or os.environ.get(FETCH) == "1")
        self._person = _person_class(model.config.id2label, which)
        try:
            self._model = model.to(self.device).eval()
        except (AssertionError, RuntimeError) as error:  # no CUDA, or a device that is none
            reason = str(error).splitlines()[0]
            raise PasserbyError(
                f"the device '{device}' cannot be used here: {reason}; take 'cpu'"
            ) from error

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        """People in frames, each (H, W, 3) uint8 RGB, best score first."""
        found: list[Detections] = []
        for start in range(0, len(frames), self.batch):
            found += self._together(frames[start : start + self.batch])
        return found

    def _together(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        inputs = self._processor(
            images=list(frames), return_tensors="pt", input_data_format="channels_last"
        )
        with torch.inference_mode():
            outputs = self._model(**inputs.to(self.device))
        sizes = [frame.shape[:2] for frame in frames]
        # All scores: what is below the threshold is left out with the rest that is of no use.
        results = self._processor.post_process_object_detection(
            outputs, threshold=0.0, target_sizes=sizes
        )
        found = []
        for result, (height, width) in zip(results, sizes, strict=True):
            people = result["labels"] == self._person
            boxes, scores = (
                result[name][people].float().cpu().numpy() for name in ("boxes", "scores")
            )
            found.append(sound_detections(boxes, scores, self.threshold, width, height))
        return found


def _load(which: str | Path, fetch: bool) -> tuple[Any, Any]:
    """The image processor and the network."""
    ensure_torchvision()  # transformers imports torchvision
    try:
        from transformers import AutoImageProcessor, AutoModelForObjectDetection
        from transformers.utils import logging
    except ImportError as error:
        raise PasserbyError(
            "this detector needs transformers; pip install 'passerby[detectors]'"
        ) from error
    local = Path(which).is_dir() or is_offline() or not fetch
    logging.disable_progress_bar()  # it would tear up our own
    options = {"local_files_only": local, "trust_remote_code": False}
    try:
        processor = AutoImageProcessor.from_pretrained(str(which), **options)
        model = AutoModelForObjectDetection.from_pretrained(
            str(which), use_safetensors=True, **options
        )
    # Missing, damaged and foreign files raise OSError, ValueError, KeyError, SafetensorError ...
    except Exception as error:
        raise PasserbyError(_advice(which, local, error)) from error
    return processor, model


def _advice(which: str | Path, local: bool, error: Exception) -> str:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if Path(which).is_dir():
        return (
            f"the folder {which} holds no detector that can be read ({reason}); it needs "
            "config.json, preprocessor_config.json and model.safetensors of an RT-DETR or D-FINE"
        )
    if not local:
        return f"the detector '{which}' could not be fetched from huggingface.co ({reason})"
    if is_offline():
        return (
            f"the detector '{which}' is no folder and not in Hugging Face's cache here, and "
            "PASSERBY_OFFLINE forbids fetching it; give a folder, or unset PASSERBY_OFFLINE"
        )
    return (
        f"the detector '{which}' is no folder and not in Hugging Face's cache here. Nothing is "
        f"fetched unasked: set {FETCH}=1 to fetch it from huggingface.co, or give a folder"
    )


def _person_class(labels: dict[int, str], which: str | Path) -> int:
    """The class whose label is "person".

    >>> _person_class({0: "dog", 7: "Person"}, "net")
    7
    """
    for number, label in sorted(labels.items()):
        if label.strip().lower() == PERSON_LABEL:
            return int(number)
    known = ", ".join(label for _, label in sorted(labels.items())[:10])
    raise PasserbyError(
        f"the detector '{which}' has no label '{PERSON_LABEL}', so it finds no people; its labels "
        f"begin with {known}"
    )
