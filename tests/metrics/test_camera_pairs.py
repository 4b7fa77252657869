import math

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.labelled_problems import NAMES, Label, Problem, embeddings, kind, problems

from passerby.core.blocks import DistanceBlocks
from passerby.core.errors import PasserbyError
from passerby.metrics.camera_pairs import CameraPairs, camera_pairs
from passerby.metrics.protocols import PROTOCOLS


@pytest.fixture(params=["1", "0"], ids=["compiled", "tensors"], autouse=True)
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_COMPILED", request.param)


def measured(
    distances: list[list[float]],
    query: list[Label],
    gallery: list[Label],
    protocol: str = "market1501",
    block: int = 256,
) -> CameraPairs:
    return camera_pairs(
        DistanceBlocks.of_matrix(torch.tensor(distances), block),
        embeddings(query, "q"),
        embeddings(gallery),
        PROTOCOLS[protocol],
    )


@given(problem=problems(), protocol=st.sampled_from(NAMES), block=st.integers(1, 7))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_agrees_with_the_oracle(problem: Problem, protocol: str, block: int) -> None:
    distances, query, gallery = problem
    kinds = [[kind(asked, entry, protocol) for entry in gallery] for asked in query]
    if not any("right" in row for row in kinds):
        with pytest.raises(PasserbyError, match="no right answer"):
            measured(*problem, protocol, block)
        return
    pairs = measured(*problem, protocol, block)
    cameras = sorted({camera for _, camera in query + gallery})
    assert pairs.cameras.tolist() == cameras
    for i, here in enumerate(cameras):
        asked = [q for q in range(len(query)) if query[q][1] == here and "right" in kinds[q]]
        assert pairs.counted[i] == len(asked)
        firsts = []
        for q in asked:
            first = min(
                (g for g in range(len(gallery)) if kinds[q][g] != "none"),
                key=lambda g: (distances[q][g], g),
            )
            firsts += [gallery[first][1]] if kinds[q][first] == "wrong" else []
        for j, there in enumerate(cameras):
            assert pairs.wrong_first[i, j] == firsts.count(there)
            hits, precisions = [], []
            for q in asked:
                order = sorted(
                    (
                        g
                        for g in range(len(gallery))
                        if gallery[g][1] == there and kinds[q][g] != "none"
                    ),
                    key=lambda g: (distances[q][g], g),
                )
                right = [kinds[q][g] == "right" for g in order]
                if any(right):
                    hits.append(right[0])
                    at = [place for place, one in enumerate(right, start=1) if one]
                    precisions.append(sum(n / p for n, p in enumerate(at, start=1)) / len(at))
            assert pairs.queries[i, j] == len(hits)
            if hits:
                assert pairs.rank_1[i, j] == pytest.approx(sum(hits) / len(hits), abs=1e-12)
                assert pairs.mean_ap[i, j] == pytest.approx(
                    sum(precisions) / len(precisions), abs=1e-12
                )
            else:
                assert pairs.rank_1[i, j].isnan()
                assert pairs.mean_ap[i, j].isnan()


def test_by_hand() -> None:
    gallery = [(1, 2), (2, 2), (1, 3), (3, 3), (1, 1)]
    pairs = measured([[0.4, 0.3, 0.2, 0.1, 0.0]], [(1, 1)], gallery)
    assert pairs.queries.tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert pairs.mean_ap[0, 1:].tolist() == [0.5, 0.5]
    # In the whole gallery person 3 of camera 3 comes first.
    assert pairs.wrong_first.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert math.isnan(pairs.rank_1[0, 0])
    assert pairs.counted.tolist() == [1, 0, 0]


def test_an_infinite_distance_does_not_let_in_what_takes_no_rank() -> None:
    # Junk stands first, and everything is infinitely far.
    pairs = measured([[math.inf] * 3], [(1, 1)], [(-1, 2), (2, 3), (1, 2)])
    assert pairs.wrong_first[0].tolist() == [0, 0, 1]


def test_nan_is_refused_wherever_it_stands() -> None:
    with pytest.raises(PasserbyError, match="NaN"):
        measured([[0.5, math.nan]], [(1, 1)], [(1, 2), (2, 3)])
