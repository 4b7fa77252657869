"""Which queries have something to find."""

from collections.abc import Sequence
from dataclasses import dataclass

from passerby.core.sample import DISTRACTOR, JUNK, Sample


@dataclass(frozen=True)
class Unmatched:
    """A person whose queries, from some cameras, find no valid match.

    person:          identity
    query_cameras:   cameras of these queries, sorted
    gallery_cameras: cameras that the gallery shows the person in, sorted; maybe none
    queries:         the queries themselves
    """

    person: int
    query_cameras: tuple[int, ...]
    gallery_cameras: tuple[int, ...]
    queries: tuple[Sample, ...]

    def __str__(self) -> str:
        if self.person in (JUNK, DISTRACTOR):
            kind = "junk" if self.person == JUNK else "a distractor"
            return f"person {self.person}, which means {kind}: searched {len(self.queries)} times"
        seen = f"only by {_cameras(self.gallery_cameras)}" if self.gallery_cameras else "nowhere"
        return (
            f"person {self.person}: searched from {_cameras(self.query_cameras)}, "
            f"in the gallery {seen}"
        )


def queries_without_match(
    query: Sequence[Sample], gallery: Sequence[Sample]
) -> tuple[Unmatched, ...]:
    """The people whose queries have no right answer under the Market-1501 protocol, sorted.

    A right answer is a gallery crop of the same person from another camera. Queries of junk and
    of distractors have none.

    >>> from pathlib import Path
    >>> query = [Sample(Path("a"), person=5, camera=1), Sample(Path("b"), person=6, camera=1)]
    >>> gallery = [Sample(Path("c"), person=5, camera=2), Sample(Path("d"), person=6, camera=1)]
    >>> print(*queries_without_match(query, gallery))
    person 6: searched from camera 1, in the gallery only by camera 1
    """
    seen: dict[int, set[int]] = {}
    for sample in gallery:
        seen.setdefault(sample.person, set()).add(sample.camera)
    lost: dict[int, list[Sample]] = {}
    for sample in query:
        special = sample.person in (JUNK, DISTRACTOR)
        if special or not seen.get(sample.person, set()) - {sample.camera}:
            lost.setdefault(sample.person, []).append(sample)
    return tuple(
        Unmatched(
            person,
            query_cameras=tuple(sorted({sample.camera for sample in samples})),
            gallery_cameras=tuple(sorted(seen.get(person, ()))),
            queries=tuple(samples),
        )
        for person, samples in sorted(lost.items())
    )


def advice_for(unmatched: Sequence[Unmatched]) -> str:
    """What to do about queries without a match; says more when one cause explains them all.

    >>> from pathlib import Path
    >>> advice_for(queries_without_match([Sample(Path("a"), 5, 1)], []))
    'Nobody ... is in the gallery at all: ...'
    """
    people = [lost for lost in unmatched if lost.person not in (JUNK, DISTRACTOR)]
    if not people:
        return "Give these queries the number of a person, or leave them out."
    if not any(lost.gallery_cameras for lost in people):
        return (
            "Nobody of them is in the gallery at all: check that query and gallery name persons "
            "alike, and add pictures of them from other cameras to the gallery."
        )
    cameras = {camera for lost in people for camera in lost.query_cameras + lost.gallery_cameras}
    if len(cameras) == 1:
        return (
            f"All of them are seen by camera {cameras.pop()} alone, and a match from the query's "
            "own camera does not count: check that the cameras are told apart, add pictures from "
            "another camera, or measure with a protocol that lets one camera count."
        )
    return (
        "A match from the query's own camera does not count: add gallery pictures of these people "
        "from another camera, correct their person or camera numbers, or leave the queries out."
    )


def _cameras(numbers: Sequence[int]) -> str:
    return f"camera{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
