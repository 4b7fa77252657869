from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.ranking.moves import moves

Crop = tuple[int, int, int, float | None]  # person, camera, tracklet, time


def seen(crops: list[Crop]) -> Embeddings:
    samples = [
        Sample(Path(f"{i}"), person, camera, tracklet, time)
        for i, (person, camera, tracklet, time) in enumerate(crops)
    ]
    return Embeddings.of(torch.zeros(len(crops), 0), samples, "", "")


def test_by_hand() -> None:
    routes, seconds = moves(
        seen(
            [
                (7, 1, 4, 10.0), (7, 1, 4, 14.0),  # one visit, at 12
                (7, 2, 5, 20.0), (7, 2, 6, 2.0),  # two visits
                (8, 1, -1, 3.0), (8, 1, -1, 5.0), (8, 3, -1, 4.0),  # at 4 and 4
                (0, 1, -1, 1.0), (0, 2, -1, 9.0),  # distractors are nobody
                (-1, 1, -1, None), (-1, 2, -1, 9.0),  # and junk may lack times
            ]
        )
    )  # fmt: skip
    found = sorted(zip(map(tuple, routes.tolist()), seconds.tolist(), strict=True))
    assert found == [((1, 2), 8.0), ((1, 3), 0.0), ((2, 1), 10.0)]


def oracle(crops: list[Crop]) -> list[tuple[tuple[int, int], float]]:
    visits: dict[tuple[int, int, int], list[float]] = {}
    for person, camera, tracklet, time in crops:
        if person > 0:
            visits.setdefault((person, camera, tracklet), []).append(time)
    times = {visit: sum(all_) / len(all_) for visit, all_ in visits.items()}
    out = []
    for a, time_a in times.items():
        for b, time_b in times.items():
            if a[0] == b[0] and a[1] != b[1] and (time_a, a[1]) < (time_b, b[1]):
                out.append(((a[1], b[1]), time_b - time_a))
    return sorted(out)


@given(
    st.lists(
        st.tuples(
            st.integers(-1, 3), st.integers(1, 3), st.integers(-1, 2), st.integers(0, 9).map(float)
        ),
        max_size=25,
    )
)
@settings(max_examples=100, deadline=None)
def test_each_two_visits_of_a_person_to_two_cameras(crops) -> None:
    wanted = oracle(crops)
    if not wanted:
        with pytest.raises(PasserbyError, match="nobody is seen by two cameras"):
            moves(seen(crops))
        return
    routes, seconds = moves(seen(crops))
    found = sorted(zip(map(tuple, routes.tolist()), seconds.tolist(), strict=True))
    assert [route for route, _ in found] == [route for route, _ in wanted]
    assert [time for _, time in found] == pytest.approx([time for _, time in wanted])


def test_a_time_that_is_unknown_is_named() -> None:
    with pytest.raises(PasserbyError, match="1 of 2 pictures of known people have no time"):
        moves(seen([(1, 1, -1, None), (1, 2, -1, 3.0)]))


def test_nobody_at_all() -> None:
    with pytest.raises(PasserbyError, match="nobody is seen by two cameras"):
        moves(seen([]))
