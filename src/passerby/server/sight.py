"""`Sight`: the models of a service, loaded while it already answers."""

import logging
import threading
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from passerby.core.detections import Detections
from passerby.core.errors import PasserbyError
from passerby.engine.embedder import Embedder
from passerby.gallery.seen import Model
from passerby.server.limits import Limits
from passerby.server.metrics import Metrics
from passerby.server.problems import refusal
from passerby.server.worker import Worker
from passerby.video.detector import Detector

log = logging.getLogger(__name__)


class Sight:
    """What the service sees with: the gallery's embedder, and a detector.

    Both are loaded in the background, and each does its work in a thread of its own, with what
    several requests ask for at once.

    model:    whose features the gallery holds; another embedder's are refused
    embedder: loads the embedder
    detector: loads the detector
    """

    def __init__(
        self,
        model: Model,
        embedder: Callable[[], Embedder],
        detector: Callable[[], Detector],
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        self.model, self.limits, self.metrics = model, limits, metrics
        self.embedder: Embedder | None = None
        self.why = {"embedder": "is being loaded", "detector": "is being loaded"}
        self._load, self._load_detector = embedder, detector
        self._detector: Detector | None = None
        self._embedding: Worker[np.ndarray, Tensor] = Worker(
            self._embed,
            waiting=limits.waiting,
            batch=limits.batch,
            seconds=limits.answer_seconds,
            watch=self._watch,
        )
        self._detecting: Worker[np.ndarray, Detections] = Worker(
            self._detect, waiting=limits.waiting, batch=4, seconds=limits.answer_seconds
        )
        self._loader = threading.Thread(target=self._load_all, name="passerby-load", daemon=True)

    def start(self) -> None:
        """Begin to load."""
        self._loader.start()

    def wait(self, seconds: float = 60.0) -> None:
        """Wait until the models are loaded, or cannot be."""
        self._loader.join(seconds)

    def close(self) -> None:
        """Finish what is being done, and end."""
        self._embedding.close()
        self._detecting.close()

    async def embed(self, pixels: np.ndarray) -> Tensor:
        """The feature (D,) of a picture (H, W, 3) uint8 RGB.

        Raises HTTPException 503 when the model is not there (yet), or has too much to do.
        """
        self._require("embedder")
        return await self._embedding.ask(pixels)

    async def detect(self, pixels: np.ndarray) -> Detections:
        """The people in a picture (H, W, 3) uint8 RGB; errors as of `embed`."""
        self._require("detector")
        return await self._detecting.ask(pixels)

    def _require(self, part: str) -> None:
        if why := self.why[part]:
            raise refusal(503, f"the {part} {why}", retry=5)

    def _load_all(self) -> None:
        for part, load in (("embedder", self._load_one), ("detector", self._load_other)):
            try:
                load()
                self.why[part] = ""
            except PasserbyError as error:
                self.why[part] = f"cannot be used: {error}"
            except Exception:
                log.exception("a model could not be loaded", extra={"about": {"part": part}})
                self.why[part] = "cannot be used: it fails while it is loaded; the log tells more"

    def _load_one(self) -> None:
        embedder = self._load()
        if embedder.hash != self.model.hash:
            raise PasserbyError(
                f"it is {embedder.name!r}, and the gallery's features are those of "
                f"{self.model.name!r}; start the service with --embedder and the gallery's own"
            )
        embedder.crops([np.zeros((128, 64, 3), np.uint8)])  # the first call compiles and warms
        self.embedder = embedder

    def _load_other(self) -> None:
        self._detector = self._load_detector()

    def _embed(self, pictures: list[np.ndarray]) -> list[Tensor]:
        assert self.embedder is not None  # `_require` came first
        return list(self.embedder.crops(pictures))

    def _detect(self, pictures: list[np.ndarray]) -> list[Detections]:
        assert self._detector is not None
        with torch.inference_mode():
            return self._detector.detect(pictures)

    def _watch(self, waits: int, done: int) -> None:
        self.metrics.waiting.set(waits)
        if done:
            self.metrics.batches.observe(done)
