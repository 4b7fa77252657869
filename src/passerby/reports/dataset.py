"""The section about the data: people, pictures and cameras of the query set and the gallery."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from passerby.core.embeddings import Embeddings
from passerby.core.sample import DISTRACTOR, JUNK
from passerby.reports.bars import bar_figure
from passerby.reports.figure_style import Figure
from passerby.reports.html import Section, figure, side_by_side, table, together
from passerby.reports.words import counted

_BINS = 30
"""Bars at most; more pictures of a person than that share bars."""


def dataset_section(query: Embeddings, gallery: Embeddings, suffix: str = "") -> Section:
    """How many people, pictures and cameras there are, and how they are spread.

    suffix: stands behind the heading

    Raises PasserbyError when jinja2 is not installed.
    """
    sets = {"query": query, "gallery": gallery}
    found = {name: statistics(part) for name, part in sets.items()}
    known = [set(_people(part)) for part in (query, gallery)]
    header = ["", "people", "pictures", "cameras", "pictures per person", "distractors", "junk"]
    rows = [
        [
            name,
            f"{one['people']:,}",
            f"{one['pictures']:,}",
            len(one["pictures_per_camera"]),
            _spread(one["pictures_per_person"]),
            f"{one['distractors']:,}",
            f"{one['junk']:,}",
        ]
        for name, one in found.items()
    ]
    both = len(known[0] & known[1])
    in_both = counted(both, "person is", "people are")
    caption = (
        f"{in_both} in both. Pictures per person: fewest, median and most, or the number that all "
        "have"
    )
    drawn = (_person_figure(found), _camera_figure(found))
    return Section(
        f"Data set{suffix}",
        together(
            table(header, rows, caption),
            side_by_side(
                figure(drawn[0], "How many pictures there are of a person."),
                figure(drawn[1], "How many pictures each camera took."),
            ),
        ),
        "What was measured, by its labels.",
        figures=drawn,
        numbers={"dataset": {**found, "people_in_both": both}},
    )


def statistics(part: Embeddings) -> dict[str, Any]:
    """Counts of one set, ready for JSON; numbers of pictures and of cameras are keys in order.

    people:              real ones; distractors and junk are nobody
    pictures_per_person: so many pictures -> so many people
    pictures_per_camera: camera -> pictures, junk and distractors among them

    >>> import torch
    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> labels = enumerate(((7, 1), (7, 2), (8, 1), (0, 1)))
    >>> samples = [Sample(Path(f"{n}"), *label) for n, label in labels]
    >>> statistics(Embeddings.of(torch.ones(4, 2), samples, "toy", "00"))["pictures_per_person"]
    {1: 1, 2: 1}
    """
    people = Counter(_people(part))
    return {
        "pictures": len(part),
        "people": len(people),
        "distractors": int((part.persons == DISTRACTOR).sum()),
        "junk": int((part.persons == JUNK).sum()),
        "pictures_per_person": dict(sorted(Counter(people.values()).items())),
        "pictures_per_camera": dict(sorted(Counter(part.cameras.tolist()).items())),
    }


def _people(part: Embeddings) -> list[int]:
    return [person for person in part.persons.tolist() if person not in (DISTRACTOR, JUNK)]


def _spread(counts: Mapping[int, int]) -> str:
    """Fewest, median and most of pictures -> people, in words."""
    every = [pictures for pictures, people in counts.items() for _ in range(people)]
    if not every:
        return "-"
    if every[0] == every[-1]:
        return str(every[0])
    return f"{every[0]}, {every[len(every) // 2]}, {every[-1]}"


def _person_figure(counted: Mapping[str, Mapping[str, Any]]) -> Figure:
    most = max((max(one["pictures_per_person"], default=0) for one in counted.values()), default=0)
    step = max(1, -(-most // _BINS))  # pictures that share a bar
    starts = list(range(1, max(most, 1) + 1, step))
    heights = {
        name: [
            sum(one["pictures_per_person"].get(start + more, 0) for more in range(step))
            for start in starts
        ]
        for name, one in counted.items()
    }
    words = [str(start) if step == 1 else f"{start}-{start + step - 1}" for start in starts]
    said = "; ".join(
        f"{name}: {_spread(one['pictures_per_person'])}" for name, one in counted.items()
    )
    return bar_figure(
        heights,
        words,
        "pictures of a person",
        "people",
        description=f"Histogram of pictures per person: fewest, median, most. {said}",
        name="pictures-per-person",
    )


def _camera_figure(counted: Mapping[str, Mapping[str, Any]]) -> Figure:
    cameras = sorted({camera for one in counted.values() for camera in one["pictures_per_camera"]})
    heights = {
        name: [one["pictures_per_camera"].get(camera, 0) for camera in cameras]
        for name, one in counted.items()
    }
    said = "; ".join(
        f"camera {camera}: "
        + ", ".join(f"{values[place]:,} {name}" for name, values in heights.items())
        for place, camera in enumerate(cameras)
    )
    return bar_figure(
        heights,
        [str(camera) for camera in cameras],
        "camera",
        "pictures",
        description=f"Pictures of each camera. {said}",
        name="pictures-per-camera",
    )
