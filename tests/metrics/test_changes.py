import pytest

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.changes import changes
from passerby.metrics.relevance import Lists
from passerby.metrics.retrieval import scores_of_ranks


def scores(*ranks: list[int], protocol: str = "p") -> Scores:
    return scores_of_ranks(Lists.of(ranks), protocol, gallery=99)


def test_by_hand() -> None:
    before = scores([1, 2], [5], [9], [1], [], [2], [1, 9])
    after = scores([1, 4], [1], [1], [3], [], [2], [1, 3])
    found = changes(before, after)
    assert found.gained.tolist() == [2, 1]  # from 9, from 5
    assert found.lost.tolist() == [3]
    # 2: 1/9 to 1; 1: 1/5 to 1; 6: 2/9 to 2/3 at the second answer, halved
    assert found.improved.tolist() == [2, 1, 6]
    assert found.worsened.tolist() == [3, 0]
    assert found.by[0] == pytest.approx((2 / 4 - 1) / 2)
    assert found.by[4].isnan()


def test_equal_changes_stand_in_the_order_of_the_queries() -> None:
    found = changes(scores([2], [2], [3], [2]), scores([1], [1], [1], [1]))
    assert found.gained.tolist() == [2, 0, 1, 3]
    assert found.improved.tolist() == [2, 0, 1, 3]


def test_the_same_run_changed_nothing() -> None:
    same = scores([1], [7, 9], [])
    found = changes(same, same)
    assert [len(part) for part in (found.gained, found.lost, found.improved, found.worsened)] == [
        0
    ] * 4


def test_different_queries_are_refused() -> None:
    one = scores([1], [2])
    with pytest.raises(PasserbyError, match="2 queries and the other 1"):
        changes(one, scores([1]))
    with pytest.raises(PasserbyError, match=r"protocol 'p'.*'other'"):
        changes(one, scores([1], [2], protocol="other"))
    with pytest.raises(PasserbyError, match=r"in only one of the runs.* query 1;"):
        changes(one, scores([1], []))
    with pytest.raises(PasserbyError, match=r"1 of 2 differ, the first is 'b.png' in one and 'c"):
        changes(one, one, keys=(("a.png", "b.png"), ("a.png", "c.png")))
    assert len(changes(one, one, keys=(("a", "b"), ["a", "b"])).gained) == 0
