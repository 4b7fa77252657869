"""A small town for tests of the service: coloured people, before three cameras, in a database."""

import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from starlette.testclient import TestClient
from torch import Tensor, nn

from passerby.core.detections import Detections
from passerby.core.embeddings import Embeddings
from passerby.core.preprocess import Preprocess
from passerby.core.sample import JUNK, Sample
from passerby.engine.embedder import Embedder
from passerby.gallery.database import Database
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.seen import Camera, Entry, Model, Recording, Sighting
from passerby.server.app import service_app
from passerby.server.limits import Limits, Rate
from passerby.server.opening import service_of

START = 1_780_000_000.0
CAMERAS = ("door", "hall", "yard")
COLOURS = ((220, 40, 40), (40, 200, 60), (50, 70, 230), (210, 200, 50), (180, 60, 200))
MODEL = Model("colours", "c0" * 32, "cosine", "colours")
GENEROUS = Limits(
    key=Rate(1e6, 1e6), address=Rate(1e6, 1e6), failures=Rate(1e6, 1e6), body_seconds=5.0
)


class Colours(nn.Module):
    """Images (B, 3, H, W) -> the mean colour of each of eight parts, (B, 24)."""

    def forward(self, images: Tensor) -> Tensor:
        return nn.functional.adaptive_avg_pool2d(images, (4, 2)).flatten(1)


class Halves:
    """Finds two people in every picture: its left half and its right one."""

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        found = []
        for frame in frames:
            height, width = frame.shape[:2]
            boxes = np.array([[0, 0, width / 2, height], [width / 2, 0, width, height]])
            found.append(Detections.of(boxes, np.array([0.9, 0.8])))
        return found


def embedder() -> Embedder:
    """An embedder that sees colours."""
    preprocess = Preprocess(32, 16, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    return Embedder(MODEL.name, MODEL.hash, Colours(), preprocess, MODEL.metric)


def person_pixels(person: int, seed: int = 0) -> np.ndarray:
    """A crop (64, 32, 3) of one of the coloured people."""
    noise = np.random.default_rng(1000 * person + seed)
    top, bottom = COLOURS[person], COLOURS[(person + 2) % len(COLOURS)]
    pixels = np.zeros((64, 32, 3))
    pixels[:32], pixels[32:] = top, bottom
    return (pixels + noise.normal(0, 12, pixels.shape)).clip(0, 255).astype(np.uint8)


def encoded(pixels: np.ndarray, kind: str = "JPEG", **settings: Any) -> bytes:
    """A picture as a file."""
    to = io.BytesIO()
    Image.fromarray(pixels).save(to, kind, **settings)
    return to.getvalue()


def fill(gallery: Gallery, crops: int = 3) -> None:
    """Five people pass three cameras, one recording each, and one recording without a clock."""
    eyes = embedder()
    for place, camera in enumerate((*CAMERAS, "door")):
        clocked = place < len(CAMERAS)
        recording = f"{place:016x}"
        entries, features = [], []
        for number, person in enumerate(range(len(COLOURS))):
            begin = (START if clocked else 0.0) + 60 * place + 7 * person
            pictures = [person_pixels(person, seed=10 * place + crop) for crop in range(crops)]
            features.append(eyes.crops(pictures).mean(0))
            entries.append(
                Entry(
                    recording, number, camera, begin, begin + 5, clocked,
                    tuple(Jpeg.of(f"{i}", p) for i, p in enumerate(pictures)),
                    tuple(Sighting(10 * i, (1.0, 2.0, 33.0, 66.0)) for i in range(crops)),
                )
            )  # fmt: skip
        samples = [Sample(Path(e.id), JUNK, 0, tracklet=e.number, time=e.start) for e in entries]
        rows = Embeddings.of(torch.stack(features), samples, MODEL.name, MODEL.hash)
        about = Recording(
            recording, camera, f"{camera}-{place}.mp4", f"{place:064x}",
            START + 60 * place if clocked else None, 60.0, 1500, 0, {},
        )  # fmt: skip
        gallery.add(about, entries, rows)
    gallery.set_camera(Camera("yard", "outside"))


class Town:
    """A served gallery: the service, a client of it, and a key of each role.

    people: ids of the coloured people who are known, by number; only the first three are
    """

    def __init__(self, database: Database, limits: Limits = GENEROUS, **settings: Any) -> None:
        self.database = database
        self.service = service_of(
            database, settings.pop("embedder", embedder), settings.pop("detector", Halves),
            hosts=("testserver",), limits=limits, **settings,
        )  # fmt: skip
        self.gallery: Gallery = self.service.gallery
        self.secrets = {
            role: self.service.keys.make(f"the {role}", role)[1]
            for role in ("viewer", "operator", "admin")
        }
        self.app = service_app(self.service)
        self.client = TestClient(self.app)
        self.client.__enter__()
        self.service.sight.wait()

    def close(self) -> None:
        self.client.__exit__(None, None, None)

    def headers(self, role: str = "admin") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secrets[role]}"}

    def ask(self, method: str, path: str, role: str = "admin", **more: Any) -> Any:
        """An answer to a request with a key of `role`."""
        headers = {**self.headers(role), **more.pop("headers", {})}
        url = path if path.startswith(("/health", "/metrics")) else f"/api/v1{path}"
        return self.client.request(method, url, headers=headers, **more)

    def get(self, path: str, role: str = "viewer", **more: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.ask("GET", path, role, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, sent: Any, role: str = "operator") -> Any:
        """The JSON of a POST that must succeed."""
        answer = self.ask("POST", path, role, json=sent)
        assert answer.status_code in (200, 201, 202), answer.text
        return answer.json()

    def know(self, person: int, name: str = "") -> str:
        """Somebody whom the tracklets of one coloured person are said to show; the id."""
        tracklets = [f"{place:016x}/{person}" for place in range(4)]
        return self.post("/people", {"name": name, "tracklets": tracklets})["id"]


def search_picture(town: Town, picture: bytes, options: str = "", **more: Any) -> Any:
    """The answer to a search by picture."""
    files: dict[str, Any] = {"picture": ("a.jpg", picture, "image/jpeg")}
    if options:
        files["options"] = (None, options, "application/json")
    return town.ask("POST", "/search/picture", "viewer", files=files, **more)


def audit_of(town: Town) -> list[Any]:
    """All records of the audit log."""
    return list(town.service.audit.read(limit=10_000))


def until(holds: Callable[[], Any], seconds: float = 10.0) -> Any:
    """The first true value of `holds`, which is asked again and again."""
    end = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return value
