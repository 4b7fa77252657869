"""Names of the parts of a dressed body."""

from enum import IntEnum


class Part(IntEnum):
    """What a triangle belongs to."""

    TORSO = 0
    SLEEVE = 1
    ARM = 2
    HEAD = 3
    HAIR = 4
    PELVIS = 5
    LEG = 6
    SHANK = 7
    SHOE = 8
    SOLE = 9
    BAG = 10
    HAT = 11
    SKIRT = 12
    COLLAR = 13
    HAND = 14
    HELD = 15
    SCARF = 16


PARTS = len(Part)
