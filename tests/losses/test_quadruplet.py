"""The quadruplet loss against the equation, and its margins."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.losses.pairs import distances_within, pairs_of
from passerby.losses.quadruplet import adaptive_margins, quadruplet_loss, quadruplet_loss_of


def mean(terms: list[float], non_zero_only: bool) -> float:
    kept = [value for value in terms if value > 0] if non_zero_only else terms
    return sum(kept) / len(kept) if kept else 0.0


def by_the_equation(
    rows: list[list[float]],
    names: list[int],
    margins: tuple[float, float] | None,
    non_zero_only: bool,
) -> float:
    places = range(len(rows))
    g = [[math.dist(x, y) ** 2 for y in rows] for x in rows]
    if margins is None:
        near = [g[i][j] for i in places for j in places if i != j and names[i] == names[j]]
        far = [g[i][j] for i in places for j in places if names[i] != names[j]]
        apart = max(0.0, sum(far) / len(far) - sum(near) / len(near)) if near and far else 0.0
        margins = apart, apart / 2
    first, second = [], []
    for i in places:
        for j in places:
            if i == j or names[i] != names[j]:
                continue
            for k in places:
                if names[k] == names[i]:
                    continue
                first.append(max(0.0, g[i][j] - g[i][k] + margins[0]))
                for l in places:  # noqa: E741
                    if names[l] not in (names[i], names[k]):
                        second.append(max(0.0, g[i][j] - g[l][k] + margins[1]))
    return mean(first, non_zero_only) + mean(second, non_zero_only)


@settings(max_examples=40, deadline=None)
@given(
    persons=st.lists(st.integers(0, 3), min_size=1, max_size=8),
    margins=st.sampled_from([None, (1.0, 0.5), (4.0, 2.0)]),
    non_zero_only=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_equals_a_loop_over_the_equation(
    persons: list[int], margins: tuple[float, float] | None, non_zero_only: bool, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(len(persons), 3, dtype=torch.float64, generator=generator)
    found = quadruplet_loss(features, torch.tensor(persons), margins, non_zero_only)
    wanted = by_the_equation(features.tolist(), persons, margins, non_zero_only)
    assert float(found) == pytest.approx(wanted, abs=1e-9)


def test_margins_are_constants_to_the_gradients() -> None:
    features = torch.randn(6, 3, dtype=torch.float64, requires_grad=True)
    persons = torch.tensor([0, 0, 1, 1, 2, 2])
    first, second = adaptive_margins(distances_within(features).square(), pairs_of(persons))
    fixed = (float(first), float(second))
    (follows,) = torch.autograd.grad(quadruplet_loss(features, persons), features)
    (stands,) = torch.autograd.grad(quadruplet_loss(features, persons, fixed), features)
    torch.testing.assert_close(follows, stands)
    assert (follows != 0).any()


def test_people_already_mixed_up_have_no_margin() -> None:
    # Positives at 9, negatives at 1 and 4: the difference of the means is below 0.
    squares = torch.tensor([[0.0, 9.0, 1.0], [9.0, 0.0, 4.0], [1.0, 4.0, 0.0]])
    first, second = adaptive_margins(squares, pairs_of(torch.tensor([0, 0, 1])))
    assert (float(first), float(second)) == (0, 0)


def test_two_people_have_the_first_term_only() -> None:
    squares = torch.tensor([[0.0, 2.0, 1.0], [2.0, 0.0, 5.0], [1.0, 5.0, 0.0]])
    # 2 - 1 + 1 for the first anchor; 2 - 5 + 1 for the second costs nothing.
    found = quadruplet_loss_of(squares, torch.tensor([0, 0, 1]), margins=(1.0, 100.0))
    assert float(found) == 2
