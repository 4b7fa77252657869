"""Poses beyond walking."""

import dataclasses

import numpy as np
import pytest

from passerby.data.synthetic.actions import ACTIONS, pose_of
from passerby.data.synthetic.body import body_mesh
from passerby.data.synthetic.gait import walking_pose
from passerby.data.synthetic.garment import Bag
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.person import Gait, describe_person

PERSON = dataclasses.replace(describe_person(0, 1), held="none", bag=Bag(), gait=Gait(), hat="none")


def hand_height(action: str, phase: float = 0.1) -> float:
    """Height of the higher hand, as a share of the body's."""
    mesh = body_mesh(PERSON, pose_of(PERSON, action, phase))
    hands = mesh.rings[mesh.parts == Part.HAND]
    return float(hands[..., 1].max() / PERSON.height)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("phase", [0.0, 0.3, 0.8])
def test_every_action_makes_a_sound_body(action: str, phase: float) -> None:
    mesh = body_mesh(PERSON, pose_of(PERSON, action, phase))
    assert np.isfinite(mesh.points).all()
    assert mesh.points[:, 1].min() == pytest.approx(0)
    head = mesh.rings[mesh.parts == Part.HEAD]
    assert 0.85 < head[..., 1].max() / PERSON.height < 1.05


def test_walking_is_walking() -> None:
    assert pose_of(PERSON, "walk", 0.3) == walking_pose(PERSON.gait, 0.3)


def test_standing_feet_are_together_and_running_feet_are_apart() -> None:
    def spread(action: str) -> float:
        pose = pose_of(PERSON, action, 0.0)
        return abs(pose.hip[0] - pose.hip[1])

    assert spread("stand") < 0.2 < spread("walk") < spread("run")


def test_hands_go_where_the_action_wants_them() -> None:
    assert hand_height("stand") < 0.55
    assert 0.6 < hand_height("phone") < 0.9
    assert 0.8 < hand_height("call") < 1.05
    assert hand_height("wave") > 0.9


def test_looking_around_turns_the_head() -> None:
    ahead, aside = (body_mesh(PERSON, pose_of(PERSON, "look around", p)) for p in (0.0, 0.25))
    girths = [
        np.linalg.norm(np.diff(mesh.rings[mesh.parts == Part.HEAD], axis=1), axis=2).sum(1)
        for mesh in (ahead, aside)
    ]
    assert np.abs(girths[0] - girths[1]).max() < 1e-9  # turned, not bent

    def nose(mesh) -> float:
        head = mesh.rings[mesh.parts == Part.HEAD].reshape(-1, 3)
        return float(head[head[:, 2].argmax(), 0])

    assert pose_of(PERSON, "look around", 0.25).head[0] == pytest.approx(1.0)
    assert abs(nose(ahead)) < 0.03


def test_an_open_umbrella_is_above_the_head() -> None:
    mesh = body_mesh(PERSON, pose_of(PERSON, "umbrella", 0.2))
    held = mesh.rings[mesh.parts == Part.HELD]
    assert held[..., 1].max() > 1.1 * PERSON.height
    assert held[..., 0].max() - held[..., 0].min() > 0.8


@pytest.mark.parametrize("kind", ["backpack", "shoulder", "tote", "handbag", "crossbody", "waist"])
def test_every_bag_hangs_where_it_should(kind: str) -> None:
    laden = dataclasses.replace(PERSON, bag=Bag(kind, side=1))
    mesh = body_mesh(laden, pose_of(laden, "walk", 0.2))
    bag = mesh.rings[mesh.parts == Part.BAG].mean((0, 1))
    torso = mesh.rings[mesh.parts == Part.TORSO].mean((0, 1))
    away = bag - torso
    if kind == "backpack":
        assert away[2] < -0.1
    elif kind == "waist":
        assert away[2] > 0.08
    else:
        assert away[0] > 0.1  # on the left
    assert 0.1 < bag[1] / laden.height < 0.8


@pytest.mark.parametrize("held", ["phone", "bottle", "book", "paper bag", "umbrella"])
def test_held_things_are_near_a_hand(held: str) -> None:
    holder = dataclasses.replace(PERSON, held=held)
    mesh = body_mesh(holder, pose_of(holder, "walk", 0.2))
    thing = mesh.rings[mesh.parts == Part.HELD].reshape(-1, 3)
    hands = mesh.rings[mesh.parts == Part.HAND].reshape(-1, 3)
    near = np.linalg.norm(thing[:, None] - hands[None], axis=2).min()
    assert near < 0.12


def test_folded_arms_cross_the_body() -> None:
    mesh = body_mesh(PERSON, pose_of(PERSON, "fold arms", 0.1))
    hands = mesh.rings[mesh.parts == Part.HAND].reshape(-1, 3)
    assert hands[:, 2].min() > 0.0  # before the body
    assert np.abs(hands[:, 0]).max() < 0.2
