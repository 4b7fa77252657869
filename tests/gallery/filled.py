"""A small gallery full of people, for tests."""

from pathlib import Path

import numpy as np
import torch

from passerby.core.embeddings import Embeddings
from passerby.core.sample import JUNK, Sample
from passerby.gallery.database import Database
from passerby.gallery.jpeg import Jpeg
from passerby.gallery.models import first_model
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.seen import Camera, Entry, Model, Recording, Sighting

MODEL = Model("toy", "ab" * 32, "euclidean", "toy")
SIZE = 64


def gallery_in(database: Database, model: Model = MODEL) -> PostgresGallery:
    """An empty gallery in an empty database."""
    database.write(lambda connection: first_model(connection, model))
    return PostgresGallery(database)


def features_of(
    recording: str, numbers: list[int], rows: int = 2, model: Model = MODEL
) -> Embeddings:
    """`rows` features of each tracklet; the same ones every time."""
    made, samples = [], []
    for number in numbers:
        draw = np.random.default_rng(int.from_bytes(f"{recording}/{number}".encode()))
        for _ in range(rows):
            made.append(draw.standard_normal(SIZE).astype(np.float32))
            samples.append(Sample(Path(f"{recording}/{number}"), JUNK, 0, tracklet=number))
    return Embeddings.of(torch.from_numpy(np.stack(made)), samples, model.name, model.hash)


def picture_of(recording: str, number: int, place: int) -> Jpeg:
    """A picture like no other."""
    draw = np.random.default_rng(int.from_bytes(f"{recording}/{number}/{place}".encode()))
    pixels = draw.integers(0, 256, (48, 24, 3), dtype=np.uint8)
    return Jpeg.of(f"{recording}/{number}/{place}", pixels)


def add_recording(
    store: PostgresGallery, id: str, camera: str, tracklets: int, start: float | None = 1e9
) -> None:
    """A recording with so many tracklets, two pictures and two features each."""
    recording = Recording(id, camera, f"{id}.mp4", "c0" * 32, start, 60.0, 600, 0, {"fps": 5})
    numbers = list(range(tracklets))
    entries = [
        Entry(
            id,
            number,
            camera,
            (start or 0.0) + number,
            (start or 0.0) + number + 0.5,
            start is not None,
            tuple(picture_of(id, number, place) for place in range(2)),
            tuple(Sighting(10 * number + place, (1.0, 2.0, 30.5, 80.0)) for place in range(2)),
        )
        for number in numbers
    ]
    assert store.add(recording, entries, features_of(id, numbers))


def fill(store: PostgresGallery) -> dict[str, str]:
    """Three recordings of two cameras and two people; the people's ids by name."""
    store.set_camera(Camera("door", "ground floor", 30.0))
    for id, camera, tracklets, start in (
        ("cafe01", "door", 4, 1e9),
        ("cafe02", "yard", 3, 1e9 + 30),
        ("cafe03", "yard", 2, None),
    ):
        add_recording(store, id, camera, tracklets, start)
    anna = store.add_person("Anna Berg", "given", "the lady in green")
    boris = store.add_person("Boris Quist")
    store.assign(["cafe01/0", "cafe01/1", "cafe02/0"], anna.id)
    store.assign(["cafe01/2"], boris.id)
    return {"anna": anna.id, "boris": boris.id}
