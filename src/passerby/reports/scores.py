"""Scores of one or more runs: cards of figures, a table, and the same for machines."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.metrics.figures import FIGURES
from passerby.metrics.repeats import over_repeats
from passerby.reports.html import render, table

if TYPE_CHECKING:
    from markupsafe import Markup

_CARDS = ("rank_1", "rank_5", "rank_10", "mean_ap", "mean_inp")
"""What is shown large; the table has the rest."""

Runs = Mapping[str, Sequence[Scores]]
"""Run name -> its scores, one for each random draw; the first run is the one looked at."""


def score_cards(runs: Runs) -> "Markup":
    """A card for each main figure of the first run, the other runs' in small beneath it.

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
    for figure in _CARDS:
        label, spread = FIGURES[figure][0], spreads[first][figure]
        draws = ""
        if spread.std is not None:
            draws = f"± {100 * spread.std:.1f} over {len(runs[first])} draws"
        beside = [(f"{100 * spreads[name][figure].mean:.1f}", name) for name in others]
        value = f"{100 * spread.mean:.1f}"
        cards.append({"name": label, "value": value, "draws": draws, "beside": beside})
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
    draws = {len(repeats) for repeats in runs.values()}
    header = ["run", *(label for label, _ in FIGURES.values()), "queries", "without match"]
    rows = []
    for name, repeats in runs.items():
        figures = [str(spread) for spread in over_repeats(repeats).values()]
        counts = [f"{repeats[0].queries:,}", f"{repeats[0].skipped:,}"]
        rows.append([name, *figures, *counts, *([len(repeats)] if len(draws) > 1 else [])])
    caption = "In per cent"
    if draws != {1}:
        number = "the" if len(draws) > 1 else max(draws)
        caption += f", mean ± standard deviation over {number} draws"
    return table([*header, *(["draws"] if len(draws) > 1 else [])], rows, caption)


def score_numbers(runs: Runs) -> dict[str, Any]:
    """Figures, curves and counts of each run, ready for JSON; over several draws their means.

    >>> from passerby.metrics.relevance import Lists
    >>> from passerby.metrics.retrieval import scores_of_ranks
    >>> score_numbers({"trained": [scores_of_ranks(Lists.of([[2]]), "p", gallery=9)]})["trained"][
    ...     "mean_ap"]
    0.5
    """
    return {
        name: {
            "protocol": repeats[0].protocol,
            "draws": len(repeats),
            "queries": repeats[0].queries,
            "without_match": repeats[0].skipped,
            **{figure: spread.mean for figure, spread in over_repeats(repeats).items()},
            "std": {figure: spread.std for figure, spread in over_repeats(repeats).items()},
            "cmc": mean_cmc(repeats).tolist(),
            "recall_precision": mean_precision(repeats).tolist(),
        }
        for name, repeats in runs.items()
    }


def mean_cmc(repeats: Sequence[Scores]) -> Tensor:
    """(K,) the CMC curve, mean of the draws, as long as the shortest."""
    length = min(len(scores.cmc) for scores in repeats)
    return torch.stack([scores.cmc[:length] for scores in repeats]).mean(0)


def mean_precision(repeats: Sequence[Scores]) -> Tensor:
    """(101,) precision at each recall, mean of the draws."""
    return torch.stack([scores.recall_precision for scores in repeats]).mean(0)


def _names(runs: Runs) -> list[str]:
    if not runs:
        raise PasserbyError("there are no scores to show; run `passerby evaluate` first")
    return list(runs)
