"""Rendered crops on disk, in the Market-1501 layout."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.data.splits import Splits
from passerby.data.synthetic.crops import PARTS, rendered
from passerby.data.synthetic.film import Recording, span, truth_lines, write_video
from passerby.data.synthetic.jobs import run_jobs
from passerby.data.synthetic.notes import note_people, note_world
from passerby.data.synthetic.rendered_crop import FreshCrop, RenderedCrop
from passerby.data.synthetic.sheet import contact_sheet, write_sheet
from passerby.data.synthetic.truth_files import write_truth

__all__ = [
    "Recording", "contact_sheet", "render_dataset", "span", "truth_lines", "write_crops",
    "write_video",
]  # fmt: skip

QUALITY = 92
"""Of the JPEG files."""


@dataclass(frozen=True, slots=True)
class CropJob:
    """A crop to be written; `truth` is the folder for its maps, None for none."""

    picture: RenderedCrop
    path: Path
    truth: Path | None = None

    def write(self) -> None:
        """Write the maps, then the picture."""
        if self.truth is not None:
            write_truth(self.picture.truth(), self.truth / self.path.parent.name / self.path.stem)
        image = Image.fromarray(self.picture.read())
        write_atomically(self.path, lambda to: image.save(to, quality=QUALITY))


def render_dataset(
    out: Path,
    *,
    seed: int = 0,
    people: int = 200,
    test_people: int = 100,
    cameras: int = 6,
    shots: int = 4,
    height: int = 256,
    width: int = 128,
    style: str = "town",
    modality: str = "visible",
    without: str = "",
    clothes_change: bool = False,
    junk: int = 0,
    distractors: int = 0,
    truth: bool = False,
    workers: int | None = None,
) -> Splits:
    """Write the crops of a rendered world to `out`; see `rendered` for the options.

    Crops that are there already are kept, so that an interrupted run goes on where it stopped.
    """
    splits = rendered(
        seed=seed, people=people, test_people=test_people, cameras=cameras, shots=shots,
        height=height, width=width, style=style, modality=modality, without=without,
        clothes_change=clothes_change, junk=junk, distractors=distractors,
    )  # fmt: skip
    return write_crops(splits, out, truth=truth, workers=workers)


def write_crops(
    splits: Splits, out: Path, *, truth: bool = False, workers: int | None = None
) -> Splits:
    """Render `splits` into `out` in the Market-1501 layout, and read it back.

    splits:  made by `rendered`
    truth:   parts, depth and key points of each crop too, in the folder truth
    workers: processes; by default one for each core. The files do not depend on it.

    world.json says which world it is, attributes.csv and captions.json what everybody looks like,
    sheet.jpg shows some of them. Shows a progress bar; crops that are there already are kept.

    Raises PasserbyError when `out` holds crops that do not belong to these splits.
    """
    jobs = _jobs(splits, out, out / "truth" if truth else None)
    if not jobs:
        raise PasserbyError("there are no crops to render; ask for at least one person")
    if not (splits.train and splits.query and splits.gallery):
        raise PasserbyError(
            "a world on disk has people to learn from and others to find again: ask for one of "
            "each at least (people, test_people)"
        )
    first = jobs[0].picture
    kinds = {job.picture.camera: job.picture.modality for job in jobs}
    note_world(
        out,
        first.world,
        layout="crops",
        size=[first.height, first.width],
        modalities=[kinds[camera] for camera in sorted(kinds)],
        truth=truth,
    )
    wanted = {job.path for job in jobs}
    for folder in PARTS:
        (out / folder).mkdir(parents=True, exist_ok=True)
        found = {path for path in (out / folder).glob("*.jpg") if path.name[0] != "."}
        if strange := sorted(found - wanted):
            raise PasserbyError(
                f"'{strange[0]}' does not belong to the world that is to be written; "
                "choose an empty folder, or the options that the folder was written with"
            )
    run_jobs(jobs, "rendering crops", out, workers)
    people = [job.picture.person for job in jobs if job.picture.kind == "person"]
    note_people(out, first.world, people)
    _write_sheet(jobs, out / "sheet.jpg")
    return rendered(out)


def _jobs(splits: Splits, out: Path, truth: Path | None) -> list[CropJob]:
    parts = zip(PARTS, (splits.train, splits.query, splits.gallery), strict=True)
    jobs = []
    for folder, part in parts:
        for sample in part:
            crop = sample.pixels.crop if isinstance(sample.pixels, FreshCrop) else sample.pixels
            if isinstance(crop, RenderedCrop):
                jobs.append(CropJob(crop, out / folder / str(crop), truth))
    return jobs


def _write_sheet(jobs: list[CropJob], out: Path) -> None:
    """Each column one person, each row one camera; at most ten and six of them."""
    files: dict[tuple[int, int], Path] = {}
    for job in jobs:
        if job.picture.kind == "person":
            files.setdefault((job.picture.person, job.picture.camera), job.path)
    people = sorted({person for person, _ in files})[:10]
    cameras = sorted({camera for _, camera in files})[:6]
    shown = [files[p, c] for c in cameras for p in people if (p, c) in files]
    write_sheet(shown, out, columns=len(people), height=192)
