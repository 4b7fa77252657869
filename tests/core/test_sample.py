from pathlib import Path

import numpy as np

from passerby.core.sample import DISTRACTOR, JUNK, Picture, Sample, people


class Black:
    def read(self) -> np.ndarray:
        return np.zeros((4, 2, 3), np.uint8)

    def __str__(self) -> str:
        return "world 3, person 1"


def test_key_of_a_file_and_of_a_picture() -> None:
    assert Sample(Path("a") / "b.png", 1, 1).key == "a/b.png"
    assert isinstance(Black(), Picture)
    assert not isinstance(Path("a"), Picture)
    assert Sample(Black(), 1, 1).key == "world 3, person 1"


def test_people_are_neither_junk_nor_distractors() -> None:
    persons = [3, JUNK, 1, DISTRACTOR, 3]
    assert people([Sample(Path("a"), person, 1) for person in persons]) == [1, 3]
    assert people([]) == []
