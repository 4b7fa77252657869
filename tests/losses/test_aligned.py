"""The aligned local distance and its triplet loss against the equations, and at their edges."""

import math
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from passerby.losses.aligned import (
    aligned_triplet_loss,
    element_distances,
    local_distances,
    part_distances,
    path_cells,
    shortest_path,
)
from passerby.losses.triplet import batch_hard_triplet_loss

Cell = tuple[int, int]


def all_paths(height: int, width: int, at: Cell = (0, 0)) -> Iterator[list[Cell]]:
    """Every way from `at` to the last cell, one step down or right at a time."""
    i, j = at
    if at == (height - 1, width - 1):
        yield [at]
    for step in ((i + 1, j), (i, j + 1)):
        if step[0] < height and step[1] < width:
            yield from ([at, *rest] for rest in all_paths(height, width, step))


def by_trying_all(a: list[list[float]], b: list[list[float]]) -> float:
    """The local distance of two pictures, as the paper prints it."""

    def d(i: int, j: int) -> float:
        e = math.exp(math.dist(a[i], b[j]))
        return (e - 1) / (e + 1)

    return min(sum(d(i, j) for i, j in path) for path in all_paths(len(a), len(b)))


def test_paths_by_hand() -> None:
    assert len(list(all_paths(7, 7))) == math.comb(12, 6)
    steps = torch.tensor([[1.0, 2.0, 3.0], [4.0, 1.0, 9.0], [7.0, 1.0, 2.0]])
    assert float(shortest_path(steps)) == 1 + 2 + 1 + 1 + 2
    assert path_cells(steps) == [(0, 0), (0, 1), (1, 1), (2, 1), (2, 2)]
    assert float(shortest_path(torch.tensor([[3.0]]))) == 3


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 1000))
def test_the_shortest_of_all_paths(height: int, width: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    steps = torch.rand(2, 3, height, width, dtype=torch.float64, generator=generator)
    found = shortest_path(steps)
    assert found.shape == (2, 3)
    for batch in range(2):
        for pair in range(3):
            own = steps[batch, pair]
            lengths = {
                tuple(path): float(sum(own[i, j] for i, j in path))
                for path in all_paths(height, width)
            }
            assert float(found[batch, pair]) == pytest.approx(min(lengths.values()), abs=1e-12)
            taken = tuple(path_cells(own))
            assert lengths[taken] == pytest.approx(min(lengths.values()), abs=1e-12)


def test_local_distances_equal_the_papers_equations() -> None:
    a, b = torch.randn(3, 4, 5, dtype=torch.float64), torch.randn(2, 4, 5, dtype=torch.float64)
    found = local_distances(0.3 * a, 0.3 * b)
    for row in range(3):
        for column in range(2):
            wanted = by_trying_all((0.3 * a[row]).tolist(), (0.3 * b[column]).tolist())
            assert float(found[row, column]) == pytest.approx(wanted, abs=1e-9)
    paired = shortest_path(part_distances(0.3 * a[:2], 0.3 * b))
    torch.testing.assert_close(paired, found[:2].diagonal())


def test_a_shifted_person_is_nearer_by_alignment_than_row_by_row() -> None:
    parts = 5 * torch.eye(7)
    shifted = parts.roll(1, 0)
    aligned = float(local_distances(parts[None], shifted[None]))
    row_by_row = float(part_distances(parts, shifted).diagonal().sum())
    # Six pairs of equal parts lie on the path, and two ends are left over, with six turns.
    assert aligned < row_by_row + 1
    cells = path_cells(part_distances(parts, shifted))
    assert sum((i + 1, j) in cells for i, j in [(k, k + 1) for k in range(6)]) == 6


def test_gradients_against_finite_differences() -> None:
    a = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
    b = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, y: shortest_path(part_distances(x, y)), (a, b))
    assert torch.autograd.gradcheck(local_distances, (a, b))
    features = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    parts = torch.randn(6, 3, 4, dtype=torch.float64, requires_grad=True)
    persons = torch.tensor([0, 0, 1, 1, 1, 2])
    assert torch.autograd.gradcheck(
        lambda x, y: tuple(aligned_triplet_loss(x, y, persons)), (features, parts)
    )


def test_the_gradient_runs_along_the_path_alone() -> None:
    steps = torch.rand(4, 4, requires_grad=True)
    shortest_path(steps).backward()
    assert steps.grad is not None
    assert steps.grad.nonzero().tolist() == [list(cell) for cell in path_cells(steps)]


def loss_by_the_equations(
    features: Tensor, parts: Tensor, persons: Tensor, margins: tuple[float, float]
) -> tuple[float, float]:
    rows, names = features.tolist(), persons.tolist()
    terms = []
    for a, anchor in enumerate(rows):
        far = {
            p: math.dist(anchor, rows[p])
            for p in range(len(rows))
            if p != a and names[p] == names[a]
        }
        near = {n: math.dist(anchor, rows[n]) for n in range(len(rows)) if names[n] != names[a]}
        if far and near:
            p, n = max(far, key=far.__getitem__), min(near, key=near.__getitem__)
            local = [by_trying_all(parts[a].tolist(), parts[other].tolist()) for other in (p, n)]
            terms.append(
                (
                    max(0.0, margins[0] + far[p] - near[n]),
                    max(0.0, margins[1] + local[0] - local[1]),
                )
            )
    whole, local = zip(*terms, strict=True)
    return sum(whole) / len(whole), sum(local) / len(local)


def test_triplets_are_mined_on_global_distances_for_both_terms() -> None:
    features, parts = torch.randn(7, 3).double(), 0.3 * torch.randn(7, 4, 5).double()
    persons = torch.tensor([0, 0, 0, 1, 1, 1, 2])
    found = aligned_triplet_loss(features, parts, persons, margin=0.4, local_margin=0.2)
    wanted = loss_by_the_equations(features, parts, persons, (0.4, 0.2))
    assert [float(term) for term in found] == pytest.approx(wanted, abs=1e-6)
    assert float(found.whole) == float(batch_hard_triplet_loss(features, persons, 0.4))
    # Other local features change the local term, and leave the triplets alone.
    again = aligned_triplet_loss(features, parts.flip(0), persons, margin=0.4, local_margin=0.2)
    assert float(again.whole) == float(found.whole)
    assert float(again.local) != float(found.local)


def test_without_parts_there_is_no_local_term() -> None:
    features, persons = torch.randn(4, 3), torch.tensor([0, 0, 1, 1])
    found = aligned_triplet_loss(features, None, persons)
    assert float(found.whole) == float(batch_hard_triplet_loss(features, persons, 0.3))
    assert float(found.local) == 0


@pytest.mark.parametrize(
    "persons", [[0, 1, 2], [0, 0, 0], [0], []], ids=["no positive", "one person", "one", "none"]
)
def test_without_a_triplet_loss_and_gradients_are_0(persons: list[int]) -> None:
    count = len(persons)
    features = torch.randn(count, 3, requires_grad=True)
    parts = torch.randn(count, 4, 5, requires_grad=True)
    terms = aligned_triplet_loss(features, parts, torch.tensor(persons, dtype=torch.int64))
    sum(terms).backward()  # pyright: ignore
    assert [term.item() for term in terms] == [0, 0]
    for leaf in (features, parts):
        assert leaf.grad is not None
        assert (leaf.grad == 0).all()


def test_identical_features_cost_the_margins_and_give_finite_gradients() -> None:
    features = torch.ones(4, 3, requires_grad=True)
    parts = torch.ones(4, 7, 5, requires_grad=True)
    terms = aligned_triplet_loss(features, parts, torch.tensor([0, 0, 1, 1]), 0.3, 0.2)
    sum(terms).backward()  # pyright: ignore
    assert [term.item() for term in terms] == pytest.approx([0.3, 0.2], abs=1e-5)
    for leaf in (features, parts):
        assert leaf.grad is not None
        assert leaf.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_full(dtype: torch.dtype) -> None:
    # exp(300 * 13) is infinite in any precision, and squares of 300 overflow float16.
    features = (300 * torch.randn(8, 16)).to(dtype).requires_grad_()
    parts = torch.cat([300 * torch.randn(8, 3, 16), 0.1 * torch.randn(8, 4, 16)], dim=1)
    parts = parts.to(dtype).requires_grad_()
    persons = torch.arange(8) // 2
    wanted = aligned_triplet_loss(features.detach().double(), parts.detach().double(), persons)
    with torch.autocast("cpu", dtype):
        terms = aligned_triplet_loss(features, parts, persons)
        pairs = local_distances(parts, parts)
    sum(terms).backward()  # pyright: ignore
    assert [term.item() for term in terms] == pytest.approx([float(w) for w in wanted], rel=1e-4)
    for leaf in (features, parts):
        assert leaf.grad is not None
        assert leaf.grad.isfinite().all()
    exact = local_distances(parts.detach().double(), parts.detach().double())
    torch.testing.assert_close(pairs.double(), exact, atol=1e-4, rtol=0)
    assert element_distances(torch.tensor([60000.0], dtype=dtype)).item() == 1
