"""`OpenVinoSsd`: person detection by an SSD of the Open Model Zoo."""

import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.core.signals import handle_on_main_stack
from passerby.video.detect_sound import sound_detections


class OpenVinoSsd:
    """Detector over a network whose output is SSD's list of boxes.

    Frames go through the network one by one, several at the same time: each core works on a frame
    of its own while the next is being resized, which is faster on the CPU than one large batch,
    and how frames are grouped cannot change what is found. Threads may share a detector.

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
        settings = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_NUM_THREADS": threads}
        core = openvino.Core()
        try:
            network = core.read_model(str(xml))
            self._height, self._width = network.input(0).shape[2:]
            compiled = core.compile_model(_taking_frames(network), "CPU", settings)
        except RuntimeError as error:
            raise PasserbyError(
                f"OpenVINO cannot read {xml} ({str(error).splitlines()[-1]}); fetch it again"
            ) from error
        handle_on_main_stack()
        self.threshold = threshold
        # One more than work at the same time: it is filled meanwhile.
        count = compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS") + 1
        self._requests = [compiled.create_infer_request() for _ in range(count)]
        self._lock = threading.Lock()

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        """People in frames, each (H, W, 3) uint8 RGB, best score first."""
        found: list[Detections] = []
        working: deque[tuple[Any, np.ndarray]] = deque()
        with self._lock:
            try:
                for number, frame in enumerate(frames):
                    request = self._requests[number % len(self._requests)]
                    if len(working) == len(self._requests):
                        found.append(self._read(*working.popleft()))
                    small = cv2.resize(frame, (self._width, self._height))
                    request.start_async({0: small[None]})
                    working.append((request, frame))
                while working:
                    found.append(self._read(*working.popleft()))
            finally:  # after a frame that is none, the others must not be left at work
                for request, _ in working:
                    request.wait()
        return found

    def _read(self, request: Any, frame: np.ndarray) -> Detections:
        request.wait()
        height, width = frame.shape[:2]
        rows = request.get_output_tensor(0).data.reshape(-1, 7)
        # The list ends at the first row of picture -1.
        ended = np.flatnonzero(rows[:, 0] < 0)
        rows = rows[: ended[0]] if len(ended) else rows
        boxes = rows[:, 3:] * [width, height, width, height]
        return sound_detections(boxes, rows[:, 2], self.threshold, width, height)


def _taking_frames(network: Any) -> Any:
    """The network with (1, H, W, 3) uint8 RGB for input instead of (1, 3, H, W) float BGR."""
    from openvino import Layout, Type
    from openvino.preprocess import PrePostProcessor

    steps = PrePostProcessor(network)
    steps.input(0).tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    steps.input(0).preprocess().convert_element_type(Type.f32).reverse_channels()
    steps.input(0).model().set_layout(Layout("NCHW"))
    return steps.build()
