"""Who is who: worked by hand, against plain programs, and whatever the evidence."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.ranking.association import Evidence, Merge, in_order, merges, renumbered, together


def evidence(
    ways: list[list[float]],
    people: list[int],
    known: int,
    apart: list[tuple[int, int]] = (),  # pyright: ignore[reportArgumentType]
    barred: list[tuple[int, int]] = (),  # pyright: ignore[reportArgumentType]
) -> Evidence:
    """apart: (new tracklet, column); barred: (new tracklet, person)."""
    distances = np.array(ways, np.float64).reshape(len(ways), -1)
    clash = np.zeros(distances.shape, bool)
    no = np.zeros((len(ways), known), bool)
    for at, column in apart:
        clash[at, column] = True
    for at, person in barred:
        no[at, person] = True
    return Evidence(distances, np.array(people, np.int64), clash, no)


def test_a_known_person_or_a_new_one() -> None:
    # Person 0 has two tracklets, person 1 has one; then three new ones.
    ways = [[0.1, 0.3, 0.9, 0.0, 0.8, 0.7],
            [0.9, 0.9, 0.8, 0.8, 0.0, 0.2],
            [0.9, 0.7, 0.8, 0.7, 0.2, 0.0]]  # fmt: skip
    one = evidence(ways, [0, 0, 1], 2)
    # The first is 0.2 from person 0 on average; the other two are 0.2 from each other.
    for decide in (together, in_order):
        assert decide(one, 0.25).tolist() == [0, 2, 2]
        assert decide(one, 0.15).tolist() == [2, 3, 4]
        assert decide(one, 0.15, nearest=1).tolist() == [0, 2, 3]
        assert decide(one, np.inf).tolist()[0] == 0
        assert decide(one, -1.0).tolist() == [2, 3, 4]


def test_all_together_is_not_misled_by_what_comes_first() -> None:
    # 0 is near 1, 1 is nearer 2; 0 and 2 were seen at once. In order, 1 follows 0; together, 2.
    ways = [[0.0, 0.3, 0.5], [0.3, 0.0, 0.1], [0.5, 0.1, 0.0]]
    one = evidence(ways, [], 0, apart=[(0, 2)])
    assert in_order(one, 0.35).tolist() == [0, 0, 1]
    assert together(one, 0.35).tolist() == [0, 1, 1]
    assert list(merges(one)) == [Merge(1, 2, 0.1)]


def test_who_is_barred_takes_nobody_along() -> None:
    # The second is not person 0. The first is, so the two are not one, near as they are.
    ways = [[0.1, 0.0, 0.2], [0.1, 0.2, 0.0]]
    one = evidence(ways, [0], 1, barred=[(1, 0)])
    assert together(one, 1.0).tolist() == [0, 1]
    assert in_order(one, 1.0).tolist() == [0, 1]


def test_two_known_people_are_never_made_one() -> None:
    ways = [[0.1, 0.1, 0.0, 0.1], [0.1, 0.1, 0.1, 0.0]]
    one = evidence(ways, [0, 1], 2)
    assert set(together(one, np.inf).tolist()) <= {0, 1}


def test_equal_distances_are_decided_by_the_order() -> None:
    ways = [[0.5, 0.5, 0.0, 0.5], [0.5, 0.5, 0.5, 0.0]]
    one = evidence(ways, [0, 1], 2)
    assert together(one, 0.5).tolist() == [0, 0]
    assert in_order(one, 0.5).tolist() == [0, 0]


def test_nothing_new_and_nobody_known() -> None:
    nothing = Evidence(
        np.zeros((0, 0)), np.zeros(0, np.int64), np.zeros((0, 0), bool), np.zeros((0, 0), bool)
    )
    assert together(nothing, 1.0).tolist() == in_order(nothing, 1.0).tolist() == []
    nobody = evidence([[0.0]], [], 0)
    assert together(nobody, 1.0).tolist() == in_order(nobody, 1.0).tolist() == [0]


def test_a_person_without_a_tracklet_here_gets_none() -> None:
    assert together(evidence([[0.0]], [], 2), 9.0).tolist() == [2]
    assert in_order(evidence([[0.0]], [], 2), 9.0).tolist() == [2]


def test_evidence_that_is_none() -> None:
    with pytest.raises(PasserbyError, match="NaN"):
        evidence([[float("nan"), 0.0]], [0], 1)
    with pytest.raises(PasserbyError, match="shapes"):
        evidence([[0.1, 0.2, 0.0]], [0], 1)
    with pytest.raises(PasserbyError, match="nobody among"):
        evidence([[0.1, 0.0]], [3], 1)


def test_new_people_are_numbered_as_they_come() -> None:
    assert renumbered(np.array([5, 0, 5, 4]), 2).tolist() == [2, 0, 2, 3]
    assert renumbered(np.zeros(0, np.int64), 2).tolist() == []


@st.composite
def problems(draw: st.DrawFn) -> Evidence:
    """Up to 3 people with up to 4 tracklets, up to 7 new ones; few distinct distances, so ties."""
    known = draw(st.integers(0, 3))
    people = draw(st.lists(st.integers(0, known - 1), max_size=4)) if known else []
    new = draw(st.integers(0, 7))
    size = new * (len(people) + new)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    distances = rng.random(size).reshape(new, len(people) + new)
    if draw(st.booleans()):
        distances = distances.round(1)
    square = distances[:, len(people) :]
    square[:] = np.triu(square) + np.triu(square, 1).T
    clash = rng.random(distances.shape) < draw(st.sampled_from([0.0, 0.3]))
    mutual = clash[:, len(people) :]
    mutual[:] = np.triu(mutual, 1) | np.triu(mutual, 1).T
    barred = rng.random((new, known)) < draw(st.sampled_from([0.0, 0.3]))
    return Evidence(distances, np.array(people, np.int64), clash, barred)


def plain_mean(values: list[float], nearest: int | None) -> float:
    return float(np.mean(sorted(values)[:nearest])) if values else np.inf


def allowed(one: Evidence, a: tuple[set[int], int], b: tuple[set[int], int]) -> bool:
    """Groups are sets of tracklets, and the person, -1 for a new one. New ones count from T."""
    old = len(one.people)
    if a[1] >= 0 and b[1] >= 0:
        return False
    for mine, other in ((a, b), (b, a)):
        for x in mine[0]:
            if x >= old and other[1] >= 0 and one.barred[x - old, other[1]]:
                return False
            if x >= old and any(one.apart[x - old, y] for y in other[0] if y != x):
                return False
    return True


def way(one: Evidence, a: set[int], b: set[int], nearest: int | None) -> float:
    old = len(one.people)
    pairs = [
        one.distances[x - old, y] if x >= old else one.distances[y - old, x]
        for x in a for y in b if x >= old or y >= old
    ]  # fmt: skip
    return plain_mean(pairs, nearest)


def plainly(one: Evidence, threshold: float, nearest: int | None) -> list[set[int]]:
    """`together` as its first sentence says it, groups of the new tracklets."""
    old, new = len(one.people), len(one.distances)
    groups = [({t for t in range(old) if one.people[t] == p}, p) for p in range(one.known)]
    groups += [({old + at}, -1) for at in range(new)]
    while True:
        best = None
        for i, j in combinations(range(len(groups)), 2):
            if groups[i][0] and groups[j][0] and allowed(one, groups[i], groups[j]):
                distance = way(one, groups[i][0], groups[j][0], nearest)
                if distance <= threshold and (best is None or distance < best[0] - 1e-12):
                    best = (distance, i, j)
        if best is None:
            return [{x - old for x in members if x >= old} for members, _ in groups]
        _, i, j = best
        groups[i] = (groups[i][0] | groups[j][0], max(groups[i][1], groups[j][1]))
        del groups[j]


@given(problems(), st.sampled_from([None, 1, 2]), st.floats(0, 1.1))
def test_together_against_a_plain_program(
    one: Evidence, nearest: int | None, threshold: float
) -> None:
    if len(np.unique(one.distances)) < one.distances.size // 2:
        return  # with ties a rounding may decide, and both answers are right
    groups = together(one, threshold, nearest)
    found = {frozenset(np.flatnonzero(groups == name).tolist()) for name in np.unique(groups)}
    assert found == {frozenset(g) for g in plainly(one, threshold, nearest) if g}


@given(problems(), st.sampled_from([None, 1, 2]), st.floats(-0.1, 1.1))
def test_in_order_against_a_plain_program(
    one: Evidence, nearest: int | None, threshold: float
) -> None:
    old = len(one.people)
    groups = [({t for t in range(old) if one.people[t] == p}, p) for p in range(one.known)]
    expected = []
    for at in range(len(one.distances)):
        mine = ({old + at}, -1)
        ways = [
            way(one, mine[0], group[0], nearest)
            if group[0] and allowed(one, mine, group) else np.inf
            for group in groups
        ]  # fmt: skip
        best = int(np.argmin(ways)) if ways else -1
        if best < 0 or not ways[best] <= threshold:
            groups.append((set(), -1))
            best = len(groups) - 1
        groups[best] = (groups[best][0] | mine[0], groups[best][1])
        expected.append(best)
    assert in_order(one, threshold, nearest).tolist() == expected


@given(problems(), st.sampled_from([None, 1, 3]), st.booleans())
def test_nobody_is_in_two_places_and_no_rejection_is_forgotten(
    one: Evidence, nearest: int | None, ordered: bool
) -> None:
    old = len(one.people)
    groups = (in_order if ordered else together)(one, np.inf, nearest)
    owners = np.concatenate([one.people, groups])
    for at, group in enumerate(groups.tolist()):
        assert group >= one.known or not one.barred[at, group]
        others = np.flatnonzero(owners == group)
        assert not one.apart[at, others[others != old + at]].any()


@given(problems(), st.permutations(range(7)), st.floats(0, 1))
def test_the_order_of_tracklets_decides_nothing_when_they_are_taken_together(
    one: Evidence, order: list[int], threshold: float
) -> None:
    if len(np.unique(one.distances)) < one.distances.size // 2:
        return
    old, new = len(one.people), len(one.distances)
    mixed = np.array([at for at in order if at < new], np.int64)
    columns = np.concatenate([np.arange(old), old + mixed]).astype(np.int64)
    other = Evidence(
        one.distances[mixed][:, columns], one.people, one.apart[mixed][:, columns],
        one.barred[mixed],
    )  # fmt: skip
    before, after = together(one, threshold), np.empty(new, np.int64)
    after[mixed] = together(other, threshold)
    assert (renumbered(after, one.known) == before).all()
