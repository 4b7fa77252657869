import json
import re
from dataclasses import replace

import pytest
import torch
from tests.reports.two_runs import GOOD, POOR, run

from passerby.core.errors import PasserbyError
from passerby.metrics.protocols import MARKET1501
from passerby.reports.comparison import comparison_section


def section(lists: int = 3):
    return comparison_section(run("new", GOOD), run("old", POOR), MARKET1501, lists)


def cells(html: str) -> dict[str, list[str]]:
    rows = re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', html, re.DOTALL)
    return {name: re.findall(r"<td>([^<]+)</td>", rest) for name, rest in rows}


def test_figures_and_differences_by_hand() -> None:
    found = cells(section().html)
    # Rank-1: queries 1 and 2 against queries 1 and 3. AP: 1, 1, 1/2, 1/3 against
    # (1 + 2/6) / 2, 1/4, 1, 1/3.
    assert found["Rank-1"][:3] == ["50.0", "50.0", "+0.0"]
    assert found["mAP"][:3] == ["70.8", "56.2", "+14.6"]
    low, high = (float(end) for end in found["mAP"][3].split(" to "))
    assert low < 14.6 < high


def test_one_person_alone_has_no_interval() -> None:
    one, other = (
        replace(there, query=replace(there.query, persons=torch.full((4,), 7)))
        for there in (run("new", GOOD), run("old", POOR))
    )
    found = cells(comparison_section(one, other, MARKET1501).html)
    assert found["mAP"][2:] == ["+14.6", "-"]


def test_changed_queries_are_counted_and_shown_with_both_lists() -> None:
    html = section().html
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", html))
    assert facts == {
        "first answer right by new alone": "1 query",
        "first answer right by old alone": "1 query",
        "higher average precision by new": "2 queries",
        "higher average precision by old": "1 query",
        "the same average precision": "1 query",
    }
    titles = re.findall(r"<h4>([^<]+)</h4><p>([^<]+)</p>", html)
    assert titles == [
        ("Person 2, camera 1", "AP +75.0 points"),
        ("Person 1, camera 1", "AP +33.3 points"),
        ("Person 3, camera 1", "AP -50.0 points"),
    ]
    first = html[html.index("<article") : html.index("</article>")]
    new, old = first.split("<strong>old</strong>")
    assert "rank 1, right: person 2, camera 2, distance 0.100" in new
    assert "rank 1, wrong: person 4, camera 1, distance 0.100" in old
    assert "First right answer at rank 4 · AP 25.0%" in old


def test_numbers_name_the_queries() -> None:
    (name, numbers), *rest = section().numbers.items()
    assert (name, rest) == ("changes-old", [])
    numbers = json.loads(json.dumps(numbers, allow_nan=False))
    assert numbers["runs"] == ["new", "old"]
    assert [one["query"] for one in numbers["gained"]] == ["q1.png"]
    assert [one["query"] for one in numbers["improved"]] == ["q1.png", "q0.png"]
    (one_list,) = section(1).numbers.values()
    assert one_list["shown"] == [numbers[part][0]["query"] for part in ("improved", "worsened")]
    assert numbers["lost"] == [
        {"query": "q2.png", "average_precision": [0.5, 1.0], "first_hit": [2, 1]}
    ]
    assert numbers["differences"]["rank_1"]["estimate"] == 0


def test_equal_runs_show_no_lists() -> None:
    html = comparison_section(run("a", GOOD), run("b", GOOD), MARKET1501).html
    assert "<article" not in html
    assert "-0.0" not in html
    assert "furthest ahead" not in html


def test_only_so_many_lists_as_asked() -> None:
    assert section(lists=1).html.count("<article") == 2
    assert section(lists=0).html.count("<article") == 0


def test_runs_on_other_queries_are_refused() -> None:
    other = run("old", POOR)
    fewer = replace(other, scores=other.scores[torch.arange(3)])
    with pytest.raises(PasserbyError, match="queries"):
        comparison_section(run("new", GOOD), fewer, MARKET1501)
