"""ArcFace against the equation, and what becomes of wide angles."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from passerby.losses.arcface import ArcFaceLoss, arcface_logits
from passerby.losses.cosface import CosFaceLoss


def right_logit(angle: float, margin: float, easy_margin: bool = False) -> float:
    similarities = torch.tensor([[math.cos(angle), 0.0]], dtype=torch.float64)
    return float(arcface_logits(similarities, torch.tensor([0]), margin, 1.0, easy_margin)[0, 0])


@given(angle=st.floats(0.01, math.pi - 0.51))
def test_the_margin_is_added_to_the_angle(angle: float) -> None:
    assert right_logit(angle, 0.5) == pytest.approx(math.cos(angle + 0.5))
    easy = math.cos(angle + 0.5) if angle < math.pi / 2 else math.cos(angle)
    assert right_logit(angle, 0.5, easy_margin=True) == pytest.approx(easy)


def test_wide_angles_get_a_line_that_keeps_falling() -> None:
    angles = [math.pi * step / 200 for step in range(1, 200)]
    logits = [right_logit(angle, 0.5) for angle in angles]
    assert logits == sorted(logits, reverse=True)
    wide = math.pi - 0.2
    assert right_logit(wide, 0.5) == pytest.approx(math.cos(wide) - 0.5 * math.sin(0.5))


def test_equals_a_loop_over_the_equation() -> None:
    loss = ArcFaceLoss(4, 3, margin=0.1).double()
    loss.directions.weight.data.abs_()  # all angles below 90 degrees
    features, persons = torch.rand(5, 3).double(), [0, 1, 3, 3, 2]
    wanted = 0.0
    for row, person in zip(features.tolist(), persons, strict=True):
        angles = []
        for way in loss.directions.weight.tolist():
            dot = sum(p * q for p, q in zip(row, way, strict=True))
            angles.append(math.acos(dot / math.hypot(*row) / math.hypot(*way)))
        right = math.exp(64 * math.cos(angles[person] + 0.1))
        wrong = sum(math.exp(64 * math.cos(x)) for n, x in enumerate(angles) if n != person)
        wanted -= math.log(right / (right + wrong))
    found = loss(features, torch.tensor(persons))
    assert float(found.detach()) == pytest.approx(wanted / 5)


def test_without_a_margin_it_is_cosface_without_one() -> None:
    arc, cos = ArcFaceLoss(4, 3, margin=0.0), CosFaceLoss(4, 3, margin=0.0)
    cos.load_state_dict(arc.state_dict())
    features, persons = torch.randn(5, 3), torch.tensor([0, 1, 3, 3, 2])
    torch.testing.assert_close(arc(features, persons), cos(features, persons))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_feature_right_on_or_against_its_direction(sign: float) -> None:
    loss = ArcFaceLoss(3, 8)
    features = (sign * loss.directions.weight.detach()[:1]).requires_grad_()
    value = loss(features, torch.tensor([0]))
    value.backward()
    assert value.isfinite()
    assert features.grad is not None
    assert features.grad.isfinite().all()
