"""Relevance feedback."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from passerby.server.feedback import rocchio

NONE = torch.zeros(0, 3)


def test_a_value_by_hand() -> None:
    query = torch.tensor([1.0, 0.0, 0.0])
    right = torch.tensor([[0.0, 2.0, 0.0], [0.0, 0.0, 5.0]])
    wrong = torch.tensor([[-3.0, 0.0, 0.0]])
    moved = rocchio(query, right, wrong)
    # (1 + 0.15, 0.75 / 2, 0.75 / 2) / (1 + 0.75 - 0.15)
    assert moved.tolist() == pytest.approx([1.15 / 1.6, 0.375 / 1.6, 0.375 / 1.6])


def test_nothing_said_changes_nothing_but_the_length() -> None:
    query = torch.tensor([3.0, 0.0, 4.0])
    assert rocchio(query, NONE, NONE, "euclidean").tolist() == query.tolist()
    assert rocchio(query, NONE, NONE, "cosine").tolist() == pytest.approx([0.6, 0, 0.8])


def test_where_all_agree_a_euclidean_query_stays() -> None:
    query = torch.tensor([3.0, 1.0, 4.0])
    moved = rocchio(query, query[None].repeat(4, 1), query[None], "euclidean")
    assert moved.tolist() == pytest.approx(query.tolist())


@given(st.integers(0, 10_000))
def test_feedback_brings_the_right_ones_nearer(seed: int) -> None:
    """Against the plain sum, and over draws: after feedback more of the nearest are right."""
    draw = np.random.default_rng(seed)
    centres = draw.normal(size=(12, 16))
    people = np.repeat(np.arange(12), 10)
    seen = torch.tensor(centres[people] + draw.normal(0, 0.9, (120, 16)))
    query = torch.tensor(centres[0] + draw.normal(0, 1.4, 16))

    def right(asked: torch.Tensor, k: int = 10) -> int:
        cosines = torch.nn.functional.cosine_similarity(asked[None], seen)
        return int((people[cosines.argsort(descending=True)[:k].numpy()] == 0).sum())

    own, others = seen[:3], seen[60:63]
    moved = rocchio(query, own, others)
    unit = torch.nn.functional.normalize
    plain = unit(query, dim=0) + 0.75 * sum(unit(own, dim=1)) / 3  # type: ignore[operator]
    plain = (plain - 0.15 * sum(unit(others, dim=1)) / 3) / 1.6  # type: ignore[operator]
    assert torch.allclose(moved, plain)
    assert right(moved) >= right(query) - 1
