"""Rendered tracklets on disk, in the MARS layout."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.core.evenly import evenly
from passerby.core.files import write_atomically
from passerby.data.mars import mars
from passerby.data.splits import Splits
from passerby.data.synthetic.crops import STRANGER, modalities
from passerby.data.synthetic.develop import pictures
from passerby.data.synthetic.figure import Window, figure
from passerby.data.synthetic.ingredients import ingredients
from passerby.data.synthetic.jobs import run_jobs
from passerby.data.synthetic.layout import QUALITY
from passerby.data.synthetic.mat_file import write_mat
from passerby.data.synthetic.modalities import Modality
from passerby.data.synthetic.notes import note_people, note_world
from passerby.data.synthetic.route import usable_times
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.sheet import write_sheet
from passerby.data.synthetic.shot import describe_shot, sensor_size
from passerby.data.synthetic.sight import Sight, detected
from passerby.data.synthetic.truth import Truth, truth_of
from passerby.data.synthetic.truth_files import write_truth
from passerby.data.synthetic.world import World

_MOST_CAMERAS, _MOST_PEOPLE, _LONGEST = 9, 9999, 999  # what names like 0001C1T0001F001 hold


@dataclass(frozen=True, slots=True)
class Passing:
    """One walk of a person past a camera, in `length` pictures.

    label: identity in the file name; 0 for somebody who is in no query
    """

    world: World
    person: int
    camera: int
    visit: int
    length: int
    label: int

    def sight(self, frame: int) -> Sight:
        """What picture `frame` shows, from 0; whoever is there too may hide the person."""
        world, camera = self.world, self.world.camera(self.camera)
        visit = world.visit(self.person, self.camera, self.visit)
        wears = world.outfit(self.person, self.camera, self.visit)
        somebody = world.person(self.person, wears)
        times = usable_times(visit, somebody, camera)
        time = float(np.linspace(times[0], times[-1], self.length)[frame])
        one = figure(world.walker(visit, time), camera)
        # A tracker's box errs in the same way throughout, and shakes a little.
        path = ("tracklet box", self.person, self.camera, self.visit)
        box = detected(one.box, stream(world.seed, *path), world.kind.boxes)
        if "occluders" in world.without:
            return Sight((one,), box, time, visit)
        others = [
            other
            for other in world.figures(self.camera, time)
            if other.walker.person.number != self.person
        ]
        shake = stream(world.seed, *path, frame).normal(0, 0.008, 4) * (box.bottom - box.top)
        left, top, right, bottom = shake.tolist()
        window = Window(box.left + left, box.top + top, box.right + right, box.bottom + bottom)
        return Sight((one, *others), window, time, visit)


@dataclass(frozen=True, slots=True)
class TrackletJob:
    """One picture of a tracklet to be written; `truth` is the folder for its maps."""

    passing: Passing
    frame: int
    height: int
    width: int
    modality: Modality
    path: Path
    truth: Path | None

    def write(self) -> None:
        """Write the maps, then the picture."""
        one, size = self.passing, (self.height, self.width)
        sight, camera = one.sight(self.frame), one.world.camera(one.camera)
        if self.truth is not None:
            write_truth(self.maps(sight), self.truth / self.path.parent.name / self.path.stem)
        rng = stream(
            one.world.seed, "tracklet sensor", one.person, one.camera, one.visit, self.frame
        )
        shot = describe_shot(sight, camera, one.world.seed, rng, *size, self.modality)
        image = Image.fromarray(pictures([shot])[0].numpy())
        write_atomically(self.path, lambda to: image.save(to, quality=QUALITY))

    def maps(self, sight: Sight) -> Truth:
        """The truth of the picture."""
        camera, size = self.passing.world.camera(self.passing.camera), (self.height, self.width)
        drawn = sensor_size(sight, camera, *size)
        return truth_of(sight.figures, camera, self.passing.world.seed, size, drawn, sight.window)


def render_tracklets(
    out: Path,
    *,
    seed: int = 0,
    people: int = 100,
    test_people: int = 50,
    cameras: int = 6,
    tracklets: int = 1,
    length: int = 16,
    height: int = 256,
    width: int = 128,
    style: str = "town",
    modality: str = "visible",
    without: str = "",
    clothes_change: bool = False,
    distractors: int = 0,
    truth: bool = False,
    workers: int | None = None,
) -> Splits:
    """Write the tracklets of a rendered world to `out` in the MARS layout, and read them back.

    Each of `people` + `test_people` is seen `tracklets` times by each camera, `length` pictures
    each time; the first tracklet of a test person by each camera is a query. `distractors` are
    tracklets of strangers. Pictures that are there already are kept.

    Raises PasserbyError when a number is too small or larger than the layout's names hold, or
    `out` holds something else.
    """
    for name, value, least, most in (
        ("people", people, 1, _MOST_PEOPLE), ("test_people", test_people, 1, _MOST_PEOPLE),
        ("cameras", cameras, 2, _MOST_CAMERAS), ("tracklets", tracklets, 1, _LONGEST),
        ("length", length, 1, _LONGEST), ("distractors", distractors, 0, _MOST_PEOPLE),
    ):  # fmt: skip
        if not least <= value <= most:
            raise PasserbyError(
                f"{name} is {value}; tracklets in the MARS layout take {least} to {most}"
            )
    if people + test_people > _MOST_PEOPLE:
        raise PasserbyError(f"the MARS layout names {_MOST_PEOPLE} people at most; ask for fewer")
    world = World(
        seed=seed, people=people + test_people, cameras=cameras, visits=tracklets,
        clothes_change=clothes_change, style=style, without=ingredients(without),
    )  # fmt: skip
    kinds = modalities(modality, cameras)
    note_world(
        out, world, layout="tracklets", learnt=people, length=length, size=[height, width],
        modalities=kinds, distractors=distractors, truth=truth,
    )  # fmt: skip

    def passings(first: int, last: int) -> list[Passing]:
        return [
            Passing(world, person, camera, visit, length, person)
            for person in range(first, last + 1)
            for camera in range(1, cameras + 1)
            for visit in range(tracklets)
        ]

    learnt, tested = passings(1, people), passings(people + 1, people + test_people)
    # Strangers come past while others do, and hide them or are hidden.
    tested += [
        Passing(world, STRANGER + n, n % cameras + 1, 0, length, 0) for n in range(distractors)
    ]
    jobs: list[TrackletJob] = []
    for part, chosen in (("train", learnt), ("test", tested)):
        jobs += _listed(out, part, chosen, (height, width), kinds, truth)
    queries = [n for n, one in enumerate(tested, start=1) if one.label and one.visit == 0]
    write_mat(out / "info" / "query_IDX.mat", "query_IDX", np.array([queries], np.float64))
    run_jobs(jobs, "rendering tracklets", out, workers)
    note_people(out, world, range(1, people + test_people + 1))
    firsts = [job.path for job in jobs if job.passing.camera == 1 and not job.passing.visit]
    write_sheet(evenly(firsts[: 10 * length], 10 * min(length, 8)), out / "sheet.jpg",
                min(length, 8), 128)  # fmt: skip
    return mars(out)


def _listed(
    out: Path,
    part: str,
    passings: list[Passing],
    size: tuple[int, int],
    kinds: tuple[Modality, ...],
    truth: bool,
) -> list[TrackletJob]:
    """Write the lists of one part; the jobs of its pictures, in their order."""
    jobs, rows, counted = [], [], {}
    for one in passings:
        number = counted[one.label] = counted.get(one.label, 0) + 1
        rows.append([len(jobs) + 1, len(jobs) + one.length, one.label, one.camera])
        for frame in range(one.length):
            name = f"{one.label:04d}C{one.camera}T{number:04d}F{frame + 1:03d}.jpg"
            path = out / f"bbox_{part}" / name[:4] / name
            maps = out / "truth" / f"bbox_{part}" if truth else None
            jobs.append(TrackletJob(one, frame, *size, kinds[one.camera - 1], path, maps))
    text = "".join(f"{job.path.name}\n" for job in jobs)
    write_atomically(out / "info" / f"{part}_name.txt", lambda to: to.write_text(text))
    table = np.array(rows, np.float64).reshape(-1, 4)
    write_mat(out / "info" / f"tracks_{part}_info.mat", f"track_{part}_info", table)
    return jobs
