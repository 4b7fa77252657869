import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.metrics.retrieval import retrieval_scores
from passerby.ranking.plain import ENTRIES, distances
from passerby.ranking.temporal import lift
from passerby.ranking.transitions import TransitionTimes


def seen(crops: list[tuple[int, int, float | None]], features: Tensor | None = None) -> Embeddings:
    """(person, camera, time) of each crop."""
    samples = [
        Sample(Path(f"{i}"), person, camera, time=time)
        for i, (person, camera, time) in enumerate(crops)
    ]
    features = torch.ones(len(crops), 2) if features is None else features
    return Embeddings.of(features, samples, "toy", "00")


MINUTES = TransitionTimes(torch.tensor([[1, 2]]), torch.tensor([[0.1, 0.7, 0.2]]), 60.0, 0.0)
QUERY = seen([(1, 1, 0.0), (2, 1, None)])
GALLERY = seen([(1, 2, 90.0), (2, 2, 10.0), (3, 2, 999.0), (4, 1, 5.0)])
PLAIN = torch.tensor([[0.4, 0.1, 0.2, 0.3], [0.4, 0.1, 0.2, 0.3]])


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_the_joint_metric_by_hand(metric) -> None:
    found = lift(DistanceBlocks.of_matrix(PLAIN), QUERY, GALLERY, MINUTES, metric).matrix()
    likely = [[0.7, 0.1, 0.0, 1 / 3], [1 / 3] * 4]
    for i in range(2):
        for j in range(4):
            d = float(PLAIN[i, j])
            s = 1 - d if metric == "cosine" else 1 - d * d / 2
            visual = 1 / (1 + math.exp(-5 * s))
            temporal = 1 / (1 + 2 * math.exp(-5 * likely[i][j]))
            assert float(found[i, j]) == pytest.approx(1 - visual * temporal, abs=1e-6)


def test_where_nothing_is_known_the_order_stays() -> None:
    found = lift(DistanceBlocks.of_matrix(PLAIN), QUERY, GALLERY, MINUTES).matrix()
    assert found[1].argsort().tolist() == PLAIN[1].argsort().tolist()
    assert found[0].argsort()[0] == 0  # and where times are known it need not


@pytest.mark.parametrize("block", [1, 2, 256])
def test_any_block_size(block) -> None:
    generator = torch.Generator().manual_seed(0)
    cameras = torch.randint(1, 4, (12,), generator=generator).tolist()
    crops = [(1, camera, 7.0 * i) for i, camera in enumerate(cameras)]
    features = torch.randn(12, 5, generator=generator)
    query, gallery = seen(crops[:5], features[:5]), seen(crops[5:], features[5:])
    plain = distances(query, gallery, "cosine", block)
    found, wanted = (
        lift(blocks, query, gallery, MINUTES).matrix()
        for blocks in (plain, DistanceBlocks.of_matrix(plain.matrix()))
    )
    torch.testing.assert_close(found, wanted)


def test_memory_is_bounded_by_the_gallery() -> None:
    many = seen([(1, 2, 3.0)] * 30_000)
    found = lift(distances(QUERY, many, "cosine", block=999), QUERY, many, MINUTES)
    assert found.block * len(many) * 8 <= ENTRIES


def test_people_who_look_alike_are_told_apart_by_time() -> None:
    # 60 people in pairs of doubles, who walk from camera 1 to camera 2 in about 40 seconds.
    generator = torch.Generator().manual_seed(3)
    start = 1000 * torch.rand(60, generator=generator)
    walk = 40 + 3 * torch.randn(60, generator=generator)
    looks = torch.randn(30, 16, generator=generator).repeat(2, 1)

    def camera(number: int, times: Tensor) -> Embeddings:
        features = looks + 0.3 * torch.randn(60, 16, generator=generator)
        crops = [(person, number, float(time)) for person, time in enumerate(times, 1)]
        return seen(crops, features)

    first, second = camera(1, start), camera(2, start + walk)
    learnt = TransitionTimes.learn(
        Embeddings.join([first[:20], second[:20]]), bin_seconds=4, smoothing=1
    )
    query, gallery = first[20:], second[20:]
    plain = distances(query, gallery, "cosine")

    def rank_1(blocks: DistanceBlocks) -> float:
        return retrieval_scores(blocks, query, gallery).rank(1)

    assert rank_1(plain) < 0.8
    assert rank_1(lift(plain, query, gallery, learnt)) > 0.95


def test_wrong_arguments_are_refused() -> None:
    blocks = DistanceBlocks.of_matrix(PLAIN)
    with pytest.raises(PasserbyError, match="2 queries to 4 entries do not fit 4 queries"):
        lift(blocks, GALLERY, QUERY, MINUTES)
    for name in ("visual_lambda", "temporal_lambda", "gamma"):
        with pytest.raises(PasserbyError, match=f"{name} is 0"):
            lift(blocks, QUERY, GALLERY, MINUTES, **{name: 0})
