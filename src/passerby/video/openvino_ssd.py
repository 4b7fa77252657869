"""`OpenVinoSsd`: person detection by an SSD of the Open Model Zoo."""

from pathlib import Path

import cv2
import numpy as np

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.core.signals import handle_on_main_stack
from passerby.video.boxes import clip_boxes


class OpenVinoSsd:
    """Detector over a network whose output is SSD's list of boxes.

    xml:       the network, such as person-detection-retail-0013: input (1, 3, H, W) BGR 0-255,
               output (1, 1, N, 7): picture, label, score, left, top, right, bottom in [0, 1]
    threshold: boxes of a lower score are left out
    threads:   CPU threads; 0 lets OpenVINO choose

    Raises PasserbyError when OpenVINO is missing or the network cannot be read.
    """

    def __init__(self, xml: Path, threshold: float, threads: int = 0) -> None:
        try:
            import openvino
        except ImportError as error:
            raise PasserbyError(
                "this detector needs OpenVINO; pip install 'passerby[video]', or choose the "
                "detector 'motion' for a camera that stands still"
            ) from error
        settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
        try:
            self._network = openvino.Core().compile_model(str(xml), "CPU", settings)
        except RuntimeError as error:
            raise PasserbyError(
                f"OpenVINO cannot read {xml} ({str(error).splitlines()[-1]}); fetch it again"
            ) from error
        handle_on_main_stack()
        self.threshold = threshold
        self._height, self._width = self._network.input(0).shape[2:]

    def __call__(self, pixels: np.ndarray) -> Detections:
        """People in a frame (H, W, 3) uint8 RGB, best score first."""
        height, width = pixels.shape[:2]
        small = cv2.resize(pixels, (self._width, self._height))
        # (H, W, RGB) -> (1, BGR, H, W)
        image = np.ascontiguousarray(small[:, :, ::-1].transpose(2, 0, 1))[None]
        rows = self._network(image.astype(np.float32))[0].reshape(-1, 7)
        # The list ends at the first row of picture -1.
        ended = np.flatnonzero(rows[:, 0] < 0)
        rows = rows[: ended[0]] if len(ended) else rows
        rows = rows[rows[:, 2] >= self.threshold]
        boxes = clip_boxes(rows[:, 3:] * [width, height, width, height], width, height)
        whole = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
        rows, boxes = rows[whole], boxes[whole]
        order = np.argsort(-rows[:, 2], kind="stable")
        return Detections.of(boxes[order], rows[order, 2])
