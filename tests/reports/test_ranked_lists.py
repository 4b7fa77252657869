import re
from pathlib import Path

import numpy as np
import torch

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.sample import Sample
from passerby.core.scores import Scores
from passerby.metrics.protocols import MARKET1501
from passerby.metrics.retrieval import retrieval_scores
from passerby.reports.ranked_lists import hardest_and_easiest, ranked_lists


def embeddings(labels: list[tuple[int, int]], name: str) -> Embeddings:
    samples = [Sample(Path(f"{name}{i}.png"), *label) for i, label in enumerate(labels)]
    return Embeddings.of(torch.ones(len(labels), 2), samples, "toy", "00")


def shown(matrix: list[list[float]], query, gallery, k: int, missing: str = "") -> str:
    query, gallery = embeddings(query, "q"), embeddings(gallery, "g")
    blocks = DistanceBlocks.of_matrix(torch.tensor(matrix))
    scores = retrieval_scores(blocks, query, gallery)

    def read(key: str) -> np.ndarray | None:
        return None if key == missing else np.zeros((8, 4, 3), np.uint8)

    return ranked_lists(blocks, query, gallery, scores, MARKET1501, read, k)


def words(text: str) -> list[str]:
    return re.findall(r'alt="([^"]+)"', text)


def test_by_hand_without_what_the_protocol_leaves_out() -> None:
    # g0 is the same person in the query's camera, g3 is junk: neither is shown.
    gallery = [(7, 1), (8, 2), (7, 2), (-1, 2)]
    text = shown([[0.1, 0.2, 0.3, 0.05]], [(7, 1)], gallery, k=10)
    assert words(text) == [
        "query: person 7, camera 1",
        "rank 1, wrong: person 8, camera 2, distance 0.200",
        "rank 2, right: person 7, camera 2, distance 0.300",
    ]
    assert "First right answer at rank 2 · AP 50.0%" in text


def test_a_match_far_behind_is_shown_after_a_gap() -> None:
    gallery = [(1, 2)] * 5 + [(7, 3), (7, 2)]
    distances = [[0.1, 0.2, 0.3, 0.4, 0.5, 0.9, 0.8]]
    text = shown(distances, [(7, 1)], gallery, k=2)
    assert words(text)[3] == "rank 6, right: person 7, camera 2, distance 0.800"
    assert text.count("⋯") == 1
    # Straight behind the last one shown there is nothing between.
    assert shown(distances, [(7, 1)], gallery, k=5).count("⋯") == 0


def test_pictures_that_cannot_be_read_become_placeholders() -> None:
    text = shown([[0.1, 0.2]], [(7, 1)], [(7, 2), (8, 2)], k=2, missing="g0.png")
    assert "rank 1, right: person 7, camera 2, distance 0.100 (picture not found)" in text
    assert text.count("data:image/jpeg") == 2


def test_a_query_without_a_match_says_so() -> None:
    text = shown([[0.1], [0.2]], [(7, 1), (9, 1)], [(7, 2)], k=2)
    assert text.count("No right answer is in the gallery.") == 1


def choice(precision: list[float], persons: list[int], count: int) -> list[list[int]]:
    values = torch.tensor(precision)
    hits = (~values.isnan()).long()
    scores = Scores("p", 9, hits, values, values, values, torch.ones(101))
    query = embeddings([(person, 1) for person in persons], "q")
    return [rows.tolist() for rows in hardest_and_easiest(scores, query, count)]


def test_hardest_and_easiest_are_of_different_people_and_have_a_match() -> None:
    precision = [0.9, 0.1, 0.05, float("nan"), 1.0, 0.5]
    assert choice(precision, [1, 2, 2, 3, 4, 5], count=2) == [[2, 5], [4, 0]]


def test_few_people_are_shared_out_and_nobody_is_shown_twice() -> None:
    assert choice([0.3, 0.2, 0.1], [1, 2, 3], count=10) == [[2, 1], [0]]
    assert choice([0.3], [1], count=10) == [[0], []]
