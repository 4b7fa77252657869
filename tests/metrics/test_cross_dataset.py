import json
import math

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.cross_dataset import CrossDataset, matrix
from passerby.metrics.relevance import Lists
from passerby.metrics.retrieval import scores_of_ranks


def scores(*ranks: int) -> Scores:
    return scores_of_ranks(Lists.of([[rank] for rank in ranks]), "p", gallery=9)


def table() -> CrossDataset:
    return matrix(
        {
            ("market", "market"): scores(1, 1),
            ("market", "duke"): scores(1, 2),
            ("market", "msmt"): [scores(1, 4), scores(2, 2)],  # two draws
            ("market+duke", "msmt"): scores(1, 1),
        }
    )


def test_by_hand() -> None:
    found = table()
    assert (found.trained_on, found.measured_on) == (
        ("market", "market+duke"),
        ("market", "duke", "msmt"),
    )
    assert found.rank_1[0].tolist() == [1.0, 0.5, 0.25]
    assert found.mean_ap[0].tolist() == [1.0, 0.75, (0.625 + 0.5) / 2]
    assert found.unseen.tolist() == [[False, True, True], [False, False, True]]
    assert found.unseen_rank_1.tolist() == [0.375, 1.0]
    assert found.unseen_mean_ap[0] == pytest.approx((0.75 + 0.5625) / 2)
    assert found.rank_1[1].isnan().tolist() == [True, True, False]


def test_a_plain_table() -> None:
    lines = str(table()).splitlines()
    assert lines[0].split() == ["trained", "on", "market", "duke", "msmt", "mean", "unseen"]
    assert lines[1].split("  ")[0] == "market"
    assert "(100.0 / 100.0)" in lines[1]
    assert lines[1].endswith("37.5 / 65.6")
    assert lines[2].count("(-)") == 2
    assert len({len(line) for line in lines}) == 1


def test_json_comes_back() -> None:
    found = table()
    again = CrossDataset.from_json(found.to_json())
    assert again.trained_on == found.trained_on
    assert again.rank_1.nan_to_num(-1).tolist() == found.rank_1.nan_to_num(-1).tolist()
    assert again.mean_ap.nan_to_num(-1).tolist() == found.mean_ap.nan_to_num(-1).tolist()
    assert json.loads(found.to_json())["rank_1"][1] == [None, None, 1.0]


def test_only_seen_sets_have_no_mean_of_unseen_ones() -> None:
    seen = matrix({("a", "a"): scores(1)})
    assert math.isnan(seen.unseen_rank_1[0])
    assert str(seen).splitlines()[1].endswith("-")


def test_nothing_measured() -> None:
    with pytest.raises(PasserbyError, match="no scores to compare"):
        matrix({})
    with pytest.raises(PasserbyError, match="at least one draw"):
        matrix({("a", "b"): []})
