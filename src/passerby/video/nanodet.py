"""`NanoDet`: person detection by NanoDet (RangiLyu, 2020) in ONNX Runtime.

Each of its heads tells the four sides of a box as distributions over 0 .. 7 strides (Li et al.,
"Generalized Focal Loss", 2020); a side is the distribution's mean.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.video.boxes import nms
from passerby.video.detect_sound import sound_detections

STRIDES = (8, 16, 32)
COCO_PERSON = 0
# BGR, as in the network's training.
MEAN = np.array([103.53, 116.28, 123.675], np.float32)
STD = np.array([57.375, 57.12, 58.395], np.float32)


class NanoDet:
    """Detector over a NanoDet network trained on COCO, input square and one picture at a time.

    Each thread takes a frame of its own through the whole work, which keeps all cores busy also
    while frames are resized and boxes read; how frames are grouped cannot change what is found.
    Threads may share a detector.

    onnx:      the network
    threshold: boxes of a lower score are left out
    iou:       boxes that overlap by more are one person
    threads:   CPU threads; 0 is one for each core

    Raises PasserbyError when ONNX Runtime is missing or the network cannot be read.
    """

    def __init__(self, onnx: Path, threshold: float, iou: float = 0.6, threads: int = 0) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise PasserbyError(
                "this detector needs ONNX Runtime; pip install 'passerby[video]'"
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3  # its remarks on the exporter's style help nobody
        try:
            self._session = onnxruntime.InferenceSession(
                str(onnx), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise PasserbyError(f"ONNX Runtime cannot read {onnx} ({error})") from error
        self.threshold, self.iou = threshold, iou
        self.threads = threads or len(os.sched_getaffinity(0))
        self._input = self._session.get_inputs()[0]
        self._size = self._input.shape[2]
        self._cells = grid(self._size)

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        """People in frames, each (H, W, 3) uint8 RGB, best score first."""
        workers = min(self.threads, len(frames))
        if workers < 2:
            return [self._one(frame) for frame in frames]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(self._one, frames))

    def _one(self, pixels: np.ndarray) -> Detections:
        height, width = pixels.shape[:2]
        scale = self._size / max(height, width)
        small = cv2.resize(pixels, (max(1, round(width * scale)), max(1, round(height * scale))))[
            :, :, ::-1
        ]
        square = np.zeros((self._size, self._size, 3), np.float32)
        square[: small.shape[0], : small.shape[1]] = small
        image = ((square - MEAN) / STD).transpose(2, 0, 1)[None]  # (H, W, 3) -> (1, 3, H, W)
        outputs = self._session.run(None, {self._input.name: image})
        classes = np.concatenate([np.asarray(out)[0] for out in outputs[: len(STRIDES)]])
        sides = np.concatenate([np.asarray(out)[0] for out in outputs[len(STRIDES) :]])
        scores = classes[:, COCO_PERSON]
        likely = np.flatnonzero(scores >= self.threshold)
        boxes = decode_boxes(sides[likely], *(part[likely] for part in self._cells)) / scale
        found = sound_detections(boxes, scores[likely], self.threshold, width, height)
        return found[nms(found.boxes, found.scores, self.iou)]


def grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Centres (N, 2) in pixels and strides (N,) of the cells of a square input.

    >>> centres, strides = grid(32)
    >>> len(strides), centres[0], centres[-1]
    (21, array([4., 4.]), array([16., 16.]))
    """
    centres, strides = [], []
    for stride in STRIDES:
        cells = -(-size // stride)
        y, x = np.mgrid[:cells, :cells]
        centres.append((np.stack([x, y], axis=2).reshape(-1, 2) + 0.5) * stride)
        strides.append(np.full(cells * cells, stride))
    return np.concatenate(centres), np.concatenate(strides)


def decode_boxes(sides: np.ndarray, centres: np.ndarray, strides: np.ndarray) -> np.ndarray:
    """Boxes (N, 4) xyxy, pixels of the input, out of the heads' sides.

    sides: (N, 4 * bins) logits: left, top, right, bottom; centres: (N, 2); strides: (N,)

    >>> certain = np.full((1, 4, 8), -1e9)
    >>> certain[0, :, 2] = 0
    >>> decode_boxes(certain.reshape(1, 32), np.array([[50.0, 60.0]]), np.array([8]))
    array([[34., 44., 66., 76.]])
    """
    logits = sides.reshape(len(sides), 4, sides.shape[1] // 4)  # (N, 4 * bins) -> (N, 4, bins)
    shares = np.exp(logits - logits.max(2, keepdims=True))
    shares /= shares.sum(2, keepdims=True)
    reach = shares @ np.arange(logits.shape[2]) * strides[:, None]  # (N, 4)
    return np.concatenate([centres - reach[:, :2], centres + reach[:, 2:]], axis=1)
