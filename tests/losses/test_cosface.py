"""CosFace against the equation."""

import math

import pytest
import torch

from passerby.losses.cosface import CosFaceLoss, cosface_logits
from passerby.losses.cosines import cosines
from passerby.losses.identification import identification_loss


def test_equals_a_loop_over_the_equation() -> None:
    loss = CosFaceLoss(4, 3).double()
    features, persons = torch.randn(5, 3).double(), [0, 1, 3, 3, 2]
    wanted = 0.0
    for row, person in zip(features.tolist(), persons, strict=True):
        ways = []
        for way in loss.directions.weight.tolist():
            dot = sum(p * q for p, q in zip(row, way, strict=True))
            ways.append(dot / math.hypot(*row) / math.hypot(*way))
        right = math.exp(64 * (ways[person] - 0.35))
        wrong = sum(math.exp(64 * s) for number, s in enumerate(ways) if number != person)
        wanted -= math.log(right / (right + wrong))
    found = loss(features, torch.tensor(persons))
    assert float(found.detach()) == pytest.approx(wanted / 5)


def test_without_a_margin_it_is_identification_on_cosines() -> None:
    loss = CosFaceLoss(4, 3, margin=0.0, scale=10.0)
    features, persons = torch.randn(5, 3), torch.tensor([0, 1, 3, 3, 2])
    plain = identification_loss(
        10 * cosines(features, loss.directions.weight), persons, smoothing=0
    )
    torch.testing.assert_close(loss(features, persons), plain)


def test_the_margin_is_the_right_persons_alone() -> None:
    similarities = torch.tensor([[0.9, 0.1], [0.2, 0.4]])
    found = cosface_logits(similarities, torch.tensor([0, 1]), margin=0.3, scale=10.0)
    torch.testing.assert_close(found, torch.tensor([[6.0, 1.0], [2.0, 1.0]]))


def test_lengths_do_not_matter_and_directions_learn() -> None:
    loss = CosFaceLoss(4, 3)
    features, persons = torch.randn(5, 3), torch.tensor([0, 1, 3, 3, 2])
    value = loss(features, persons)
    torch.testing.assert_close(value, loss(features * 7, persons))
    value.backward()
    assert loss.directions.weight.grad is not None
    assert (loss.directions.weight.grad != 0).any()
