"""Ablation tables against numbers worked by hand."""

import json
import math

import pytest

from passerby.metrics.repeats import Spread
from passerby.reports.ablation import (
    MeasuredRow,
    ablation_markdown,
    ablation_numbers,
    ablation_page,
    difference,
    verdict,
)

SETTINGS = {"backbone": "osnet_x0_25", "size": "64 x 32", "epochs": "3", "seeds": "0, 1"}


def row(name: str, rank_1: list[float], **published: tuple[float, float]) -> MeasuredRow:
    figures = {"rank_1": rank_1, "mean_ap": [value / 2 for value in rank_1]}
    return MeasuredRow(name, SETTINGS, {"toy": figures}, published)


BASE = row("base", [0.50, 0.54], market=(91.4, 77.9))
BETTER = row("<better>", [0.60, 0.62], market=(92.1, 77.0))
UNSURE = row("unsure", [0.51, 0.55])


def test_means_differences_and_directions() -> None:
    base, better, unsure = ablation_numbers([BASE, BETTER, UNSURE])
    assert base["measured"]["toy"]["rank_1"] == {
        "mean": pytest.approx(0.52),
        "std": pytest.approx(0.02 * math.sqrt(2)),
        "seeds": [0.50, 0.54],
    }
    found = better["measured"]["toy"]["rank_1"]
    assert found["difference"] == pytest.approx(0.09)
    # Variances of 0.0008 and 0.0002.
    assert found["spread"] == pytest.approx(math.sqrt(0.001))
    assert found["direction"] == "as published"
    assert better["measured"]["toy"]["mean_ap"]["direction"] == "opposite"
    assert unsure["measured"]["toy"]["rank_1"]["direction"] == "not published"
    json.dumps([base, better, unsure], allow_nan=False)


@pytest.mark.parametrize(
    ("ours", "published", "said"),
    [
        (Spread(0.02, 0.03), [9.8], "inside the spread"),
        (Spread(0.0, 0.0), [9.8], "inside the spread"),
        (Spread(-0.05, 0.03), [9.8, 0.7], "opposite"),
        (Spread(-0.05, 0.03), [-1.0], "as published"),
        (Spread(0.05, 0.03), [1.0, -1.0], "published both ways"),
        (Spread(0.05, None), [1.0], "as published, by one seed"),
        (Spread(0.05, 0.01), [], "not published"),
    ],
)
def test_verdicts(ours: Spread, published: list[float], said: str) -> None:
    assert verdict(ours, published) == said


def test_one_seed_has_no_spread() -> None:
    assert difference([0.6], [0.5, 0.6]).std is None


def test_markdown() -> None:
    text = ablation_markdown("A table", ["A remark."], [BASE, BETTER, UNSURE])
    assert "| base | osnet_x0_25 | 64 x 32 | 3 | 0, 1 |" in text
    assert "| <better> | 61.0 ± 1.4 | 30.5 ± 0.7 | +9.0 ± 3.2 | +4.5 ± 1.6 | as published |" in text
    assert "| <better> | 92.1 / 77.0 (+0.7 / -0.9) |" in text
    assert "A remark." in text


def test_page() -> None:
    page = ablation_page("A table", ["A remark."], [BASE, BETTER])
    assert "&lt;better&gt;" in page
    assert "61.0 ± 1.4" in page
    assert "A remark." in page


def test_nothing_measured_yet() -> None:
    assert "A table" in ablation_page("A table", [], [])
    assert ablation_markdown("A table", [], []) == "# A table\n"


def test_a_row_that_was_not_measured_everywhere() -> None:
    other = MeasuredRow("other", SETTINGS, {"else": {"rank_1": [0.5], "mean_ap": [0.5]}}, {})
    text = ablation_markdown("A table", [], [BASE, other])
    assert "| other | - | - | - | - | - | - |" in text
