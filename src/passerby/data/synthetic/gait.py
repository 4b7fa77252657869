"""The walking cycle: joint angles and joint places at a moment of a stride."""

from dataclasses import dataclass

import numpy as np

from passerby.data.synthetic.person import Gait

# Angles in degrees against the share of the cycle, from one heel strike to the next; rounded
# from the textbook curves of level walking (Winter, Biomechanics and Motor Control of Human
# Movement, 2009).
_CYCLE = np.array([0.0, 0.1, 0.2, 0.35, 0.5, 0.6, 0.72, 0.85, 0.95, 1.0])
_HIP = np.array([28.0, 26, 18, 3, -10, -8, 10, 27, 30, 28])
_KNEE = np.array([4.0, 15, 16, 7, 8, 32, 60, 34, 5, 4])
_FOOT = np.array([16.0, 2, 0, 0, -14, -48, -42, -4, 14, 16])


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles in radians; index 0 is the left side, 1 the right.

    hip, knee, foot: flexion forward, flexion backward, pitch of the sole (toes up is positive)
    shoulder, elbow: swing forward, flexion; abduction: arms away from the body
    twist: shoulders against hips, positive turns the left shoulder forward; lean: forward
    head: (yaw, pitch), turned to the left and hung forward; umbrella: one is held open overhead
    """

    hip: tuple[float, float]
    knee: tuple[float, float]
    foot: tuple[float, float]
    shoulder: tuple[float, float]
    elbow: tuple[float, float]
    abduction: tuple[float, float]
    twist: float
    lean: float
    head: tuple[float, float] = (0.0, 0.0)
    umbrella: bool = False


def walking_pose(gait: Gait, phase: float) -> Pose:
    """The pose at `phase` of the cycle, 0 to 1 from one left heel strike to the next.

    >>> pose = walking_pose(Gait(), 0.0)
    >>> pose.hip[0] > 0 > pose.hip[1]  # left leg ahead, right leg behind
    True
    """
    sides = (phase % 1.0, (phase + 0.5) % 1.0)
    hip = [float(np.deg2rad(np.interp(side, _CYCLE, _HIP))) * gait.stride for side in sides]
    knee = [float(np.deg2rad(np.interp(side, _CYCLE, _KNEE))) for side in sides]
    foot = [float(np.deg2rad(np.interp(side, _CYCLE, _FOOT))) for side in sides]
    swing = [-0.42 * gait.arms * float(np.cos(2 * np.pi * side)) for side in sides]
    elbow = [gait.elbow + 0.35 * max(0.0, s) for s in swing]
    abduction = [gait.abduction, gait.abduction]
    if gait.carry == "phone":
        swing[1], elbow[1], abduction[1] = 0.30, 1.90, 0.02
    elif gait.carry == "pockets":
        swing, elbow, abduction = [-0.35, -0.35], [0.75, 0.75], [0.28, 0.28]
    elif gait.carry == "hold":
        swing[1], elbow[1], abduction[1] = 0.12, 1.45, 0.03
    elif gait.carry == "strap":
        swing[0], elbow[0], abduction[0] = 0.25, 2.05, 0.12
    return Pose(
        hip=(hip[0], hip[1]),
        knee=(knee[0], knee[1]),
        foot=(foot[0], foot[1]),
        shoulder=(swing[0], swing[1]),
        elbow=(elbow[0], elbow[1]),
        abduction=(abduction[0], abduction[1]),
        twist=-0.14 * gait.sway * float(np.cos(2 * np.pi * phase)),
        lean=gait.lean,
        head=(0.05 * gait.sway * float(np.sin(2 * np.pi * phase)), gait.nod),
    )


def stride_length(gait: Gait, height: float) -> float:
    """Metres walked in one whole cycle (two steps).

    >>> 1.2 < stride_length(Gait(), 1.75) < 1.6
    True
    """
    return 0.82 * height * gait.stride
