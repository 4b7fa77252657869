"""A picture -> who in the gallery looks like that."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import JUNK, Sample
from passerby.data.images import read_image
from passerby.engine.embedder import load_embedder
from passerby.gallery.filter import Filter
from passerby.gallery.gallery import Gallery, Hit
from passerby.gallery.jpeg import loaded
from passerby.gallery.opening import open_gallery
from passerby.gallery.times import parse_time
from passerby.models.catalogue import CATALOGUE
from passerby.reports.contact_sheet import Strip, write_contact_sheet
from passerby.video.crops import cut
from passerby.video.detectors import load_detector

log = logging.getLogger(__name__)

DETECTOR = "person-detection-retail-0013"
SURE = 0.5


@dataclass(frozen=True, eq=False)
class Found:
    """The answer to a search.

    hits:  nearest first
    sheet: the contact sheet, None if none was asked for or nothing was found
    nobody: why nothing was found, in words; "" where something was
    """

    hits: tuple[Hit, ...]
    sheet: Path | None
    nobody: str = ""


def search(
    image: Path,
    gallery: str | Path,
    top: int = 10,
    camera: Sequence[str] = (),
    not_camera: Sequence[str] = (),
    after: str | None = None,
    before: str | None = None,
    detect: bool = False,
    detector: str = DETECTOR,
    embedder: str | None = None,
    out: Path | None = Path("search.jpg"),
    device: str = "cpu",
) -> Found:
    """Find a person in a gallery.

    Args:
        image: picture of the person, cut to his or her outline; with --detect a whole frame
        gallery: folder of the gallery, or postgresql://USER:PASSWORD@HOST/NAME
        top: how many tracklets
        camera: only tracklets of these cameras
        not_camera: no tracklets of these cameras
        after: only tracklets that end after this time, such as 2026-05-31T14:30:00 (UTC)
        before: only tracklets that begin before this time
        detect: find the largest person in the picture first
        detector: what finds that person: person-detection-retail-0013 or nanodet_m
        embedder: as in `passerby ingest`; by default the model that filled the gallery
        out: where the contact sheet goes (PNG or JPEG); null for none
        device: where the embedder runs, such as cpu or cuda; OpenVINO and ONNX models run on the
            CPU

    Raises:
        PasserbyError: the picture or the gallery is missing or damaged, the gallery is another
            model's, a camera is unknown, or nobody is seen in the picture.
    """
    if top < 1:
        raise PasserbyError(f"top is {top}; ask for 1 tracklet at least")
    if out is not None and Path(out).suffix.lower() not in (".jpg", ".jpeg", ".png"):
        raise PasserbyError(f"the contact sheet {out} must end in .jpg or .png")
    if not Path(image).is_file():
        raise PasserbyError(f"there is no picture {image}; check the path")
    where = Filter(
        cameras=tuple(camera),
        not_cameras=tuple(not_camera),
        after=None if after is None else parse_time(after),
        before=None if before is None else parse_time(before),
    )
    with open_gallery(gallery) as store:
        _require_cameras(store, (*camera, *not_camera))
        pixels = read_image(Path(image))
        if detect:
            pixels = _largest_person(pixels, detector, Path(image))
        elif pixels.shape[1] > pixels.shape[0]:
            log.warning("%s is wider than high; if it is no crop of a person, add --detect", image)
        model = load_embedder(_embedder_of(store) if embedder is None else embedder, device)
        query = Embeddings.of(
            model.crops([pixels]), [Sample(Path(image), JUNK, 0)], model.name, model.hash
        )
        hits = tuple(
            Hit(loaded(hit.entry), hit.distance) for hit in store.search(query, top, where)[0]
        )
        if not hits:
            return Found((), None, _nobody(store, where))
    if out is None:
        return Found(hits, None)
    return Found(hits, write_contact_sheet(strips(pixels, Path(image).name, hits), Path(out)))


def strips(query: np.ndarray, name: str, hits: Sequence[Hit]) -> list[Strip]:
    """The rows of a contact sheet: the query (H, W, 3) uint8 RGB, then each hit."""
    rows = [Strip(("query", name), (query,))]
    for rank, hit in enumerate(hits, start=1):
        entry = hit.entry
        caption = (
            f"{rank}  {entry.camera}",
            f"{entry.when}   for {entry.end - entry.start:.1f} s",
            f"distance {hit.distance:.3f}",
            entry.id,
        )
        rows.append(Strip(caption, tuple(read_image(crop) for crop in entry.crops)))
    return rows


def _nobody(store: Gallery, where: Filter) -> str:
    """Why a search of the gallery found nothing."""
    held = store.stats().tracklets
    if held == 0:
        return "the gallery is empty"
    timed = where.after is not None or where.before is not None
    left_out = "; --after and --before leave out recordings without a start time" if timed else ""
    return f"of {held} tracklets in the gallery none passes the filters{left_out}"


def _require_cameras(store: Gallery, names: Sequence[str]) -> None:
    held = [camera.name for camera in store.cameras()]
    for name in names:
        if name not in held:
            known = ", ".join(held) or "none yet"
            raise PasserbyError(f"the gallery knows no camera {name!r}; its cameras: {known}")


def _largest_person(pixels: np.ndarray, detector: str, image: Path) -> np.ndarray:
    if detector == "motion":
        raise PasserbyError("nothing moves in a single picture; choose another detector for it")
    boxes = load_detector(detector, SURE).detect([pixels])[0].boxes
    if len(boxes) == 0:
        raise PasserbyError(
            f"nobody was detected in {image}; cut the person out yourself and search without "
            "--detect, or try another --detector"
        )
    sizes = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    return cut(pixels, boxes[int(sizes.argmax())])


def _embedder_of(store: Gallery) -> str:
    source = store.model.source or store.model.name
    if source not in CATALOGUE and not Path(source).exists():
        raise PasserbyError(
            f"the gallery was filled with the model {source!r}, which is not there any more; say "
            "where it is now with --embedder"
        )
    return source
