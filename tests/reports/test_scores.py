import json
import re

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.relevance import Lists
from passerby.metrics.retrieval import scores_of_ranks
from passerby.reports.scores import score_cards, score_numbers, score_table


def scores(rank_1: float, skipped: int = 0) -> Scores:
    right = round(40 * rank_1)
    ranks = [[1]] * right + [[2]] * (40 - right) + [[]] * skipped
    return scores_of_ranks(Lists.of(ranks), "market1501", gallery=11)


def test_the_first_run_is_large_and_others_are_small() -> None:
    text = score_cards({"trained": [scores(0.8)], "untrained": [scores(0.125)]})
    assert ">80.0<" in text
    assert "<b>12.5</b> untrained" in text
    assert "±" not in text


def test_cards_leave_the_trapezoid_to_the_table() -> None:
    both = {"run": [scores(0.5)]}
    names = re.findall(r'card-name">([^<]+)<', score_cards(both))
    assert names == ["Rank-1", "Rank-5", "Rank-10", "mAP", "mINP"]
    assert "trapezoid" in score_table(both)


def test_numbers_are_means_over_the_draws_and_ready_for_json() -> None:
    given = {"run": [scores(0.5), scores(0.7)], "other": [scores(0.1, skipped=3)]}
    numbers = json.loads(json.dumps(score_numbers(given), allow_nan=False))
    assert numbers["run"]["rank_1"] == pytest.approx(0.6)
    assert numbers["run"]["std"]["rank_1"] == pytest.approx(0.02**0.5)
    assert numbers["run"]["cmc"][:2] == pytest.approx([0.6, 1.0])
    assert numbers["run"]["recall_precision"] == pytest.approx([0.8] * 101)
    assert (numbers["other"]["draws"], numbers["other"]["without_match"]) == (1, 3)


def test_repeats_are_averaged_with_their_deviation() -> None:
    repeats = [scores(0.5), scores(0.7)]
    assert "± 14.1 over 2 draws" in score_cards({"run": repeats})
    text = score_table({"run": repeats, "other": [scores(0.1, skipped=3)]})
    assert "<td>60.0 ± 14.1</td>" in text
    assert "<td>10.0</td>" in text
    assert "<td>3</td>" in text
    assert "deviation over the draws" in text
    assert "<td>2</td></tr>" in text  # in a column of their own, since they differ
    alone = score_table({"run": repeats})
    assert "deviation over 2 draws" in alone
    assert ">draws<" not in alone


def test_without_repeats_nothing_is_said_of_draws() -> None:
    text = score_table({"run": [scores(0.5)]})
    assert "draws" not in text
    assert "<td>40</td>" in text


def test_no_run_says_what_to_do() -> None:
    for build in (score_cards, score_table):
        with pytest.raises(PasserbyError, match="run `passerby evaluate` first"):
            build({})
    with pytest.raises(PasserbyError, match="at least one draw"):
        score_cards({"run": []})
