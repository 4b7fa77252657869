"""Why queries have no right answer in the gallery, in words that name people and cameras."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.sample import DISTRACTOR, JUNK
from passerby.metrics.protocol import Protocol

SHOWN = 8
"""So many people are named; the rest are counted."""
_NOWHERE = -(2**31)
"""A camera that took no picture: would a query from there find its person?"""


def explain_unmatched(
    unmatched: Tensor, query: Embeddings, gallery: Embeddings, protocol: Protocol
) -> str:
    """Which people of which cameras have no right answer, why, and what to do; "" if none.

    unmatched: (Q,) bool, true for queries without a right answer under `protocol`

    >>> import torch
    >>> from pathlib import Path
    >>> from passerby.core.sample import Sample
    >>> from passerby.metrics.protocols import MARKET1501
    >>> query = Embeddings.of(torch.ones(1, 2), [Sample(Path("q"), 7, 3)], "toy", "00")
    >>> gallery = Embeddings.of(torch.ones(1, 2), [Sample(Path("g"), 7, 3)], "toy", "00")
    >>> print(explain_unmatched(torch.tensor([True]), query, gallery, MARKET1501))
    1 of 1 queries has no right answer in the gallery under protocol 'market1501'.
    - 1 person is in the gallery only from the query's own camera, which 'market1501' leaves out:
      person 7 (camera 3).
      Add gallery pictures of them from another camera, or measure with protocol 'camera-free'.
    """
    rows = unmatched.nonzero().flatten().tolist()
    if not rows:
        return ""
    seen = _cameras_by_person(gallery)
    elsewhere = replace(query[unmatched], cameras=torch.full((len(rows),), _NOWHERE))
    for_camera = (protocol.relevance(elsewhere, gallery).right.counts > 0).tolist()
    persons, cameras = query.persons.tolist(), query.cameras.tolist()
    absent, one_camera, nobody, ruled_out = (defaultdict(set) for _ in range(4))
    for row, found_elsewhere in zip(rows, for_camera, strict=True):
        person, camera = persons[row], cameras[row]
        if person in (JUNK, DISTRACTOR):
            group = nobody
        elif person not in seen:
            group = absent
        elif found_elsewhere and seen[person] == {camera}:
            group = one_camera
        else:
            group = ruled_out
        group[person].add(camera)

    verb = "has" if len(rows) == 1 else "have"
    lines = [
        f"{len(rows)} of {len(persons)} queries {verb} no right answer in the gallery under "
        f"protocol {protocol.name!r}."
    ]
    switch = f", or measure with protocol {protocol.advice!r}" if protocol.advice else ""
    if absent:
        lines += [
            f"- {_count(absent)} not in the gallery at all:",
            f"  {_named(absent)}.",
            f"  The gallery holds {_count_people(seen)}. Check that query and gallery are of the "
            "same split and number people alike, and add pictures of those missing.",
        ]
    if one_camera:
        lines += [
            f"- {_count(one_camera)} in the gallery only from the query's own camera, which "
            f"{protocol.name!r} leaves out:",
            f"  {_named(one_camera)}.",
            f"  Add gallery pictures of them from another camera{switch}.",
        ]
    if ruled_out:
        lines += [
            f"- {_count(ruled_out)} in the gallery, but {protocol.name!r} leaves all those "
            "pictures out:",
            f"  {_named(ruled_out)}.",
            f"  The rule: {protocol.rule}",
            *([f"  Measure with protocol {protocol.advice!r} instead."] if protocol.advice else []),
        ]
    if nobody:
        lines += [
            "- Some queries are labelled junk (-1) or distractor (0), which are nobody:",
            f"  {_named(nobody)}.",
            "  Take them out of the query set, or number people from 1.",
        ]
    return "\n".join(lines)


def _cameras_by_person(gallery: Embeddings) -> dict[int, set[int]]:
    seen: defaultdict[int, set[int]] = defaultdict(set)
    for person, camera in zip(gallery.persons.tolist(), gallery.cameras.tolist(), strict=True):
        if person not in (JUNK, DISTRACTOR):
            seen[person].add(camera)
    return seen


def _count(group: dict[int, set[int]]) -> str:
    return "1 person is" if len(group) == 1 else f"{len(group)} people are"


def _count_people(seen: dict[int, set[int]]) -> str:
    if not seen:
        return "no real person at all"
    cameras = sorted({camera for cameras in seen.values() for camera in cameras})
    people = "1 person" if len(seen) == 1 else f"{len(seen)} people"
    return f"{people} ({min(seen)} to {max(seen)}) from {_cameras(cameras)}"


def _named(group: dict[int, set[int]]) -> str:
    names = [f"person {p} ({_cameras(sorted(group[p]))})" for p in sorted(group)]
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + rest


def _cameras(cameras: Sequence[int]) -> str:
    word = "camera" if len(cameras) == 1 else "cameras"
    rest = f" and {len(cameras) - SHOWN} more" if len(cameras) > SHOWN else ""
    return f"{word} {', '.join(map(str, cameras[:SHOWN]))}{rest}"
