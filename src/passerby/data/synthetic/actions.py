"""What people do: walk, stand, look at a phone, wave, run, hold an umbrella."""

from dataclasses import replace
from math import cos, pi, sin

from passerby.data.synthetic.gait import Pose, walking_pose
from passerby.data.synthetic.person import Gait, Person

ACTIONS = ("walk", "stand", "phone", "call", "wave", "look around", "fold arms", "run", "umbrella")
"""Names of the actions that `pose_of` knows; any other is a walk."""


def pose_of(person: Person, action: str, phase: float) -> Pose:
    """The person's pose while doing `action` at `phase` of their cycle, 0 to 1.

    Hands that carry something stay where the load wants them.

    >>> from passerby.data.synthetic.person import describe_person
    >>> anna = describe_person(0, 1)
    >>> max(pose_of(anna, "stand", 0.2).hip) < max(pose_of(anna, "walk", 0.0).hip)
    True
    """
    gait = person.gait
    strapless = person.bag.kind not in ("backpack", "shoulder", "crossbody")
    # `_laden` lifts the hand that holds something.
    if gait.carry == "hold" or (gait.carry == "strap" and strapless):
        gait = replace(gait, carry="swing")
    if action in ("walk", "umbrella"):
        pose = _laden(walking_pose(gait, phase), person)
    elif action == "run":
        pose = _laden(_running(gait, phase), person)
    else:
        pose = _standing(person, action, phase)
    if action == "umbrella":
        pose = _with_arm(pose, 1, 0.50, 1.9, 0.05)
        pose = replace(pose, umbrella=True, head=(pose.head[0], 0.0))
    return pose


def _standing(person: Person, action: str, phase: float) -> Pose:
    gait, turn = person.gait, 2 * pi * phase
    # The weight rests on one leg, the other knee is a little loose.
    loose = 0 if phase < 0.5 else 1
    knee = [0.04, 0.04]
    knee[loose] = 0.10 + 0.2 * abs(sin(turn))
    hip = (0.5 * knee[0] + 0.04 * gait.sway, 0.5 * knee[1] - 0.04 * gait.sway)
    arm = 0.05 * sin(turn)
    pose = Pose(
        hip=hip,
        knee=(knee[0], knee[1]),
        foot=(0.0, 0.0),
        shoulder=(arm, -arm),
        elbow=(gait.elbow * 0.7, gait.elbow * 0.7),
        abduction=(gait.abduction, gait.abduction),
        twist=0.06 * gait.sway * sin(turn),
        lean=gait.lean * 0.4,
        head=(0.15 * sin(turn), gait.nod * 0.7),
    )
    if gait.carry == "pockets":
        pose = replace(pose, shoulder=(-0.3, -0.3), elbow=(0.75, 0.75), abduction=(0.28, 0.28))
    pose = _laden(pose, person)
    match action:
        case "phone":
            pose = replace(_with_arm(pose, 1, 0.30, 1.90, 0.02), head=(-0.08, 0.5))
        case "call":
            pose = replace(_with_arm(pose, 1, 0.95, 2.35, 0.3), head=(0.1, 0.05))
        case "wave":
            pose = _with_arm(pose, 1, 1.9 + 0.2 * sin(2 * turn), 0.9 + 0.4 * cos(turn), 0.45)
        case "look around":
            pose = replace(pose, head=(1.0 * sin(turn), -0.05), twist=0.22 * sin(turn))
        case "fold arms":
            pose = replace(pose, shoulder=(0.15, 0.15), elbow=(1.6, 1.5), abduction=(-0.2, -0.2))
    return pose


def _running(gait: Gait, phase: float) -> Pose:
    walk = walking_pose(replace(gait, stride=1.3, arms=1.5, carry="swing"), phase)
    knee = (walk.knee[0] * 1.5 + 0.15, walk.knee[1] * 1.5 + 0.15)
    hip = (walk.hip[0] * 1.15 + 0.1, walk.hip[1] * 1.15 + 0.1)
    elbow = (1.5 + 0.2 * walk.shoulder[0], 1.5 + 0.2 * walk.shoulder[1])
    return replace(walk, knee=knee, hip=hip, elbow=elbow, lean=0.14, twist=walk.twist * 1.5)


def _laden(pose: Pose, person: Person) -> Pose:
    """Arms as bags and held things want them."""
    side = 0 if person.bag.side > 0 else 1
    if person.bag.kind == "handbag":
        pose = _with_arm(pose, side, 0.1, 1.35, 0.12)
    elif person.bag.kind == "tote":
        pose = _with_arm(pose, side, 0.4 * pose.shoulder[side], 0.12, 0.10)
    if person.held == "book":
        pose = _with_arm(pose, 1 - side, 0.12, 1.45, 0.03)
    elif person.held in ("bottle", "phone") and person.gait.carry == "hold":
        pose = _with_arm(pose, 1 - side, 0.2, 1.5, 0.05)
    elif person.held in ("paper bag", "umbrella"):
        pose = _with_arm(pose, 1 - side, 0.4 * pose.shoulder[side], 0.15, 0.10)
    return pose


def _with_arm(pose: Pose, side: int, shoulder: float, elbow: float, abduction: float) -> Pose:
    def put(pair: tuple[float, float], value: float) -> tuple[float, float]:
        return (value, pair[1]) if side == 0 else (pair[0], value)

    return replace(
        pose,
        shoulder=put(pose.shoulder, shoulder),
        elbow=put(pose.elbow, elbow),
        abduction=put(pose.abduction, abduction),
    )
