"""Scores of one or more runs: cards of figures, a table, and the settings in words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.repeats import FIGURES, over_repeats
from passerby.reports.html import render, table

if TYPE_CHECKING:
    from markupsafe import Markup

Runs = Mapping[str, Sequence[Scores]]
"""Run name -> its scores, one for each random draw; the first run is the one looked at."""


def score_cards(runs: Runs) -> "Markup":
    """A card for each figure of the first run, the other runs in small beneath it.

    Raises PasserbyError when there is no run.

    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> one = scores_of_ranks(Lists.of([[2]]), "p", gallery=9)
    >>> "50.0" in score_cards({"trained": [one]})
    True
    """
    first, *others = _names(runs)
    spreads = {name: over_repeats(repeats) for name, repeats in runs.items()}
    cards = []
    for figure, (label, _) in FIGURES.items():
        spread = spreads[first][figure]
        lines = [f"{name} {spreads[name][figure].mean:.1%}" for name in others]
        if spread.std is not None:
            lines.insert(0, f"± {100 * spread.std:.1f} over {len(runs[first])} draws")
        cards.append(
            {"name": label, "value": f"{100 * spread.mean:.1f}", "unit": "%", "lines": lines}
        )
    return render("cards.html", cards=cards)


def score_table(runs: Runs) -> "Markup":
    """A row for each run, in per cent, with how many queries counted.

    Raises PasserbyError when there is no run.

    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> one = scores_of_ranks(Lists.of([[2]]), "p", gallery=9)
    >>> "mINP" in score_table({"trained": [one, one]})
    True
    """
    _names(runs)
    repeated = any(len(repeats) > 1 for repeats in runs.values())
    header = ["run", *(label for label, _ in FIGURES.values()), "queries", "without match"]
    rows = []
    for name, repeats in runs.items():
        figures = [str(spread) for spread in over_repeats(repeats).values()]
        counts = [f"{repeats[0].queries:,}", f"{repeats[0].skipped:,}"]
        rows.append([name, *figures, *counts, *([len(repeats)] if repeated else [])])
    caption = "In per cent" + (", mean ± standard deviation over the draws" if repeated else "")
    return table([*header, *(["draws"] if repeated else [])], rows, caption)


def _names(runs: Runs) -> list[str]:
    if not runs:
        raise PasserbyError("there are no scores to show; run `passerby evaluate` first")
    return list(runs)
