"""A town of rendered people before three cameras, served as the page needs it: over a socket."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import uvicorn
from PIL import Image
from tests.gallery.around import fresh_url
from tests.server.town import GENEROUS, START, Colours, encoded
from torch import Tensor, nn

from passerby.core.detections import Detections
from passerby.core.embeddings import Embeddings
from passerby.core.preprocess import Preprocess
from passerby.core.sample import JUNK, Sample
from passerby.engine.embedder import Embedder
from passerby.gallery.gallery import Gallery
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.opening import create_gallery
from passerby.gallery.people import Person
from passerby.gallery.seen import Camera, Entry, Model, Recording, Sighting
from passerby.metrics.calibration import Calibration
from passerby.metrics.logistic import Logistic
from passerby.models.backbone import Backbone
from passerby.server.app import service_app
from passerby.server.opening import service_of
from passerby.server.service import Service

MODEL = Model("colours", "c1" * 32, "cosine", "colours")
CAMERAS = ("door", "hall", "yard")
PEOPLE = range(6)
CROPS = 4
SHEET = Path(__file__).parents[2] / "docs" / "assets" / "people.jpg"
HIGH, WIDE, GAP = 192, 96, 4  # of the sheet that docs/pictures.py renders


class Mapped(Backbone):
    """Images as their own feature maps."""

    channels = 3

    def forward(self, images: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(images, 4)


def embedder() -> Embedder:
    """An embedder that sees colours, and where they are."""
    model = Colours()
    model.backbone = Mapped()
    preprocess = Preprocess(64, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    return Embedder(MODEL.name, MODEL.hash, model, preprocess, MODEL.metric)


@cache
def sheet() -> np.ndarray:
    """Rendered people, each column one person, each row one camera: rendering takes a minute."""
    if not SHEET.exists():
        pytest.skip("the rendered people of the documentation are not here")
    return np.asarray(Image.open(SHEET).convert("RGB"))


@cache
def crop(person: int, camera: int, shot: int) -> np.ndarray:
    """A rendered person, (160, 80, 3); `shot` moves the window a little."""
    top = GAP + camera * (HIGH + GAP) + 2 * shot
    left = GAP + person * (WIDE + GAP) + 2 * (shot % 3)
    window = sheet()[top : top + HIGH - 8, left : left + WIDE - 4]
    return np.asarray(Image.fromarray(window).resize((80, 160)))


@cache
def street() -> tuple[np.ndarray, np.ndarray]:
    """A frame (360, 640, 3) with three people in it, and their boxes (3, 4)."""
    frame = np.full((360, 640, 3), (120, 126, 131), np.uint8)
    frame[220:] = (150, 146, 138)
    boxes = []
    for place, person in enumerate(PEOPLE[:3]):
        left, top = 70 + 190 * place, 120 + 20 * place
        frame[top : top + 160, left : left + 80] = crop(person, 1, 0)
        boxes.append([left, top, left + 80, top + 160])
    return frame, np.array(boxes, np.float32)


class Truth:
    """Knows who is in the street; sees nobody elsewhere."""

    def detect(self, frames: Sequence[np.ndarray]) -> list[Detections]:
        return [
            Detections.of(street()[1], np.array([0.95, 0.9, 0.8], np.float32))
            if frame.shape == (360, 640, 3)
            else Detections.of(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))
            for frame in frames
        ]


def fill(gallery: Gallery) -> None:
    """Six people pass three cameras, two of them again the next day; one video has no clock."""
    eyes = embedder()
    for day, persons in enumerate((PEOPLE, PEOPLE[:2], PEOPLE[2:4])):
        for place, camera in enumerate(CAMERAS[: 3 if day < 2 else 1]):
            clocked = day < 2
            recording = f"{10 * day + place:016x}"
            begin = START + 86_400 * day + 45 * place if clocked else 0.0
            entries, features = [], []
            for number, person in enumerate(persons):
                pictures = [crop(person, place, shot) for shot in range(CROPS)]
                features.append(eyes.crops(pictures).mean(0))
                start = begin + 26 * number + 4 * ((number * (place + 1)) % 3)
                entries.append(
                    Entry(
                        recording, number, camera, start, start + 9 + number, clocked,
                        tuple(Jpeg.of(f"{i}", p) for i, p in enumerate(pictures)),
                        tuple(Sighting(25 * i, (1.0, 2.0, 81.0, 162.0)) for i in range(CROPS)),
                    )
                )  # fmt: skip
            samples = [
                Sample(Path(e.id), JUNK, 0, tracklet=e.number, time=e.start) for e in entries
            ]
            rows = Embeddings.of(torch.stack(features), samples, MODEL.name, MODEL.hash)
            about = Recording(
                recording, camera, f"{camera}-{day}.mp4", f"{10 * day + place:064x}",
                begin if clocked else None, 200.0, 5000, 0, {},
            )  # fmt: skip
            gallery.add(about, entries, rows)
    gallery.set_camera(Camera("yard", "outside", 3650.0))
    gallery.set_camera(Camera("door", "inside"))


CALIBRATION = Calibration(
    MODEL.name, MODEL.hash, MODEL.metric, 0.02, "far", Logistic(60.0, 4.0), 0.01, 0.9, None,
    6, 20, 100, 1000, "the rendered town", "2026-05-31",
)  # fmt: skip


class PageTown:
    """A served town: its address, a key of each role, and the service behind it."""

    def __init__(self, videos: Path | None = None, **settings: Any) -> None:
        self.url = fresh_url()
        gallery = create_gallery(self.url, MODEL)
        fill(gallery)
        self.service: Service = service_of(
            gallery.database, embedder, Truth, limits=settings.pop("limits", GENEROUS),
            videos=videos, calibration=CALIBRATION, **settings,
        )  # fmt: skip
        self.gallery: Gallery = self.service.gallery
        self.secrets = {
            role: self.service.keys.make(f"the {role}", role)[1]
            for role in ("viewer", "operator", "admin")
        }
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.sock.getsockname()[1]}/"
        config = uvicorn.Config(
            service_app(self.service), log_level="critical", access_log=False, lifespan="on",
            timeout_graceful_shutdown=1, ws="none",
        )  # fmt: skip
        self.server = uvicorn.Server(config)
        self.service.stopping = lambda: self.server.should_exit
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.sock]}, daemon=True
        )
        self.thread.start()
        until = time.monotonic() + 30
        while not self.server.started:
            assert time.monotonic() < until, "the service does not start"
            time.sleep(0.02)
        self.service.sight.wait()

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        self.gallery.close()

    def tracklets(self, number: int, days: Sequence[int] = (0, 1)) -> list[str]:
        """Everything that shows one person with a clock."""
        return [
            f"{10 * day + place:016x}/{number}"
            for day in days
            for place in range(3)
            if day == 0 or number < 2
        ]

    def know(self, number: int, name: str, **about: Any) -> Person:
        """Make one person known."""
        person = self.gallery.add_person(name, **about)
        self.gallery.assign(self.tracklets(number), person.id)
        return person

    def signed(self, role: str) -> str:
        """The address that signs in."""
        return f"{self.address}#key={self.secrets[role]}"


@contextmanager
def served(**settings: Any) -> Iterator[PageTown]:
    """A town that is closed afterwards."""
    town = PageTown(**settings)
    try:
        yield town
    finally:
        town.close()


def picture(person: int, camera: int = 1) -> bytes:
    """A person as a JPEG."""
    return encoded(crop(person, camera, 0), quality=92)
