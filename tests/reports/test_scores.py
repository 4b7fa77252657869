import pytest

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.relevance import Lists
from passerby.metrics.retrieval import scores_of_ranks
from passerby.reports.scores import score_cards, score_table


def scores(rank_1: float, skipped: int = 0) -> Scores:
    right = round(40 * rank_1)
    ranks = [[1]] * right + [[2]] * (40 - right) + [[]] * skipped
    return scores_of_ranks(Lists.of(ranks), "market1501", gallery=11)


def test_the_first_run_is_large_and_others_are_small() -> None:
    text = score_cards({"trained": [scores(0.8)], "untrained": [scores(0.125)]})
    assert ">80.0<" in text
    assert "untrained 12.5%" in text
    assert "±" not in text


def test_repeats_are_averaged_with_their_deviation() -> None:
    repeats = [scores(0.5), scores(0.7)]
    assert "± 14.1 over 2 draws" in score_cards({"run": repeats})
    text = score_table({"run": repeats, "other": [scores(0.1, skipped=3)]})
    assert "<td>60.0 ± 14.1</td>" in text
    assert "<td>10.0</td>" in text
    assert "<td>3</td>" in text
    assert "draws" in text


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
