import numpy as np
import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics import bootstrap
from passerby.metrics.bootstrap import difference, differences, interval, intervals
from passerby.metrics.figures import FIGURES, figure
from passerby.metrics.relevance import Lists
from passerby.metrics.retrieval import scores_of_ranks


def random_scores(seed: int, queries: int = 60) -> Scores:
    rng = np.random.default_rng(seed)
    lists = [sorted(rng.choice(40, rng.integers(0, 5), replace=False) + 1) for _ in range(queries)]
    return scores_of_ranks(Lists.of([[int(r) for r in ranks] for ranks in lists]), "p", gallery=40)


def right_or_wrong(right: np.ndarray) -> Scores:
    """Queries whose first answer is right or not: rank-1 is their mean."""
    return scores_of_ranks(Lists.of([[1] if one else [2] for one in right]), "p", gallery=9)


def test_every_figure_is_the_mean_of_what_is_drawn() -> None:
    scores = random_scores(1)
    assert scores.skipped > 0
    by_name = {f"rank_{k}": scores.rank(k) for k in (1, 5, 10)}
    for name in ("mean_ap", "mean_trapezoid_ap", "mean_inp"):
        by_name[name] = getattr(scores, name)
    assert {name: figure(name, scores) for name in FIGURES} == pytest.approx(by_name, abs=1e-12)


def test_agrees_with_measuring_the_drawn_queries_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same draws, scored one by one as ordinary scores of repeated queries."""
    scores = random_scores(2)
    counted = (scores.first_hit > 0).nonzero().flatten()
    generator = torch.Generator().manual_seed(5)
    draws = [
        torch.randint(len(counted), (1, len(counted)), generator=generator)[0] for _ in range(40)
    ]
    monkeypatch.setattr(bootstrap, "_ENTRIES", 1)  # one draw at a time
    found = intervals(scores, resamples=40, level=0.8, seed=5)
    for name in FIGURES:
        drawn = [figure(name, scores[counted[draw]]) for draw in draws]
        assert found[name].low == pytest.approx(np.quantile(drawn, 0.1), abs=1e-12)
        assert found[name].high == pytest.approx(np.quantile(drawn, 0.9), abs=1e-12)


def test_people_are_drawn_whole() -> None:
    scores = random_scores(3, queries=30)
    people = torch.arange(30) % 4
    generator = torch.Generator().manual_seed(0)
    # Every person has a query that counts, so people 0 .. 3 are drawn.
    draws = torch.randint(4, (200, 4), generator=generator)
    aps = [scores.average_precision[(people == p) & (scores.first_hit > 0)] for p in range(4)]
    drawn = [float(torch.cat([aps[p] for p in draw]).mean()) for draw in draws.tolist()]
    found = interval(scores, "mean_ap", groups=people, resamples=200)
    assert found.low == pytest.approx(np.quantile(drawn, 0.025), abs=1e-12)
    assert found.high == pytest.approx(np.quantile(drawn, 0.975), abs=1e-12)


def test_the_same_seed_gives_the_same_interval_and_another_a_different_one() -> None:
    scores = random_scores(4)
    assert interval(scores, "mean_ap") == interval(scores, "mean_ap")
    assert interval(scores, "mean_ap") != interval(scores, "mean_ap", seed=1)
    assert interval(scores, "rank_1") == intervals(scores)["rank_1"]


def test_95_per_cent_intervals_hold_the_truth_about_95_times_in_100() -> None:
    rng = np.random.default_rng(7)
    trials = 300
    held = 0
    for trial in range(trials):
        found = interval(right_or_wrong(rng.random(200) < 0.7), "rank_1", resamples=400, seed=trial)
        held += found.low <= 0.7 <= found.high
    # The percentile bootstrap of 200 queries falls a little short of 0.95; three standard
    # deviations of such a count, sqrt(0.95 x 0.05 / 300), are 0.038.
    assert 0.90 <= held / trials <= 0.985


def test_queries_of_one_person_need_the_draw_by_person() -> None:
    """40 people of 10 queries that succeed or fail together: there are 40 facts, not 400."""
    rng = np.random.default_rng(8)
    people = torch.arange(400) // 10
    trials, by_query, by_person = 200, 0, 0
    for trial in range(trials):
        scores = right_or_wrong(np.repeat(rng.random(40) < 0.7, 10))
        one = interval(scores, "rank_1", resamples=200, seed=trial)
        whole = interval(scores, "rank_1", resamples=200, seed=trial, groups=people)
        by_query += one.low <= 0.7 <= one.high
        by_person += whole.low <= 0.7 <= whole.high
    assert by_query / trials < 0.6
    assert 0.86 <= by_person / trials <= 0.99


def test_paired_differences_are_sharper_than_two_intervals() -> None:
    rng = np.random.default_rng(9)
    hard = rng.random(500) < 0.5
    a = right_or_wrong(~hard)
    b = right_or_wrong(~hard | (rng.random(500) < 0.06))  # some of the hard ones more
    found = difference(a, b, "rank_1")
    assert found.estimate == pytest.approx(b.rank(1) - a.rank(1))
    assert 0 < found.interval.low < found.estimate < found.interval.high
    assert found.better == 1.0
    assert interval(a, "rank_1").high > interval(b, "rank_1").low  # they overlap
    back = difference(b, a, "rank_1")
    assert (back.estimate, back.better) == (-found.estimate, 0.0)
    assert difference(a, a).better == 0.0


def test_what_cannot_be_drawn_is_refused() -> None:
    scores = random_scores(5)
    for words, options in {
        "no figure 'map'": {"figure": "map"},
        "confidence of 95": {"figure": "mean_ap", "level": 95},
        "resamples is 0": {"figure": "mean_ap", "resamples": 0},
        "3 groups came with 60 queries": {"figure": "mean_ap", "groups": torch.zeros(3)},
        "1 groups of queries count": {"figure": "mean_ap", "groups": torch.zeros(60)},
    }.items():
        with pytest.raises(PasserbyError, match=words):
            interval(scores, **options)
    with pytest.raises(PasserbyError, match="60 queries and the other 59"):
        difference(scores, random_scores(5, queries=59))


def test_differences_of_all_figures_draw_people() -> None:
    a, b = right_or_wrong(np.arange(12) % 2 == 0), right_or_wrong(np.arange(12) % 3 > 0)
    people = torch.arange(12) // 3
    found = differences(a, b, people, resamples=50)
    assert list(found) == list(FIGURES)
    assert found["rank_1"] == difference(a, b, "rank_1", groups=people, resamples=50)
    assert set(differences(a, b, torch.zeros(12)).values()) == {None}
