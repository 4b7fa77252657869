import json
import re
from dataclasses import replace

import torch
from tests.reports.two_runs import GOOD, POOR, run

from passerby.metrics.camera_pairs import CameraPairs, camera_pairs
from passerby.reports.cameras import cameras_section, confusion_figure, rank_1_figure, several_pairs


def pairs(matrix: list[list[float]] = GOOD) -> CameraPairs:
    one = run("new", matrix)
    return camera_pairs(one.distances, one.query, one.gallery)


def test_rank_1_of_each_pair_by_hand() -> None:
    # Queries of camera 1 before camera 2 alone: persons 1 and 2 come first, 3 behind person 1.
    # Person 1 before camera 3: first. Person 4 of camera 2 before camera 1: alone there.
    assert rank_1_figure(pairs()).description == (
        "Rank-1 by camera pair. 1 to 2: 66.7 %; 1 to 3: 100.0 %; 2 to 1: 100.0 %"
    )


def test_wrong_first_answers_by_hand() -> None:
    # One of three queries of camera 1 is answered from camera 2, the one of camera 2 from 3.
    said = confusion_figure(pairs()).description
    assert "1 to 2: 33.3 %" in said
    assert "2 to 3: 100.0 %" in said
    assert "2 to 1: 0.0 %" in said


def test_squares_without_queries_stay_empty() -> None:
    shown = re.findall(r"<text[^>]*>(\d+)</text>", rank_1_figure(pairs()).markup())
    # Three numbers, three cameras across and two down: camera 3 asks nothing.
    assert sorted(shown) == sorted(["67", "100", "100", "1", "2", "3", "1", "2"])


def test_numbers_of_all_runs_are_ready_for_json() -> None:
    section = cameras_section({"new": pairs(), "old": pairs(POOR)}, " · toy")
    assert section.title == "Cameras · toy"
    numbers = json.loads(json.dumps(section.numbers["camera-pairs"], allow_nan=False))
    assert list(numbers) == ["new", "old"]
    assert numbers["new"]["rank_1"][0] == [None, 2 / 3, 1.0]
    assert numbers["new"]["queries"][0] == [0, 3, 1]
    assert "Rank-1 of new when" in section.html


def test_one_pair_is_nothing_to_show() -> None:
    assert several_pairs(pairs())
    one = pairs()
    only = torch.zeros(3, 3, dtype=torch.int64)
    only[0, 1] = 3
    assert not several_pairs(replace(one, queries=only))
