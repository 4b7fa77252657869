"""The section about pairs: is this the same person, and how sure is the answer?"""

import json
import math
from collections.abc import Mapping

from torch import Tensor

from passerby.metrics.roc import MARKED
from passerby.metrics.verification import VerificationScores
from passerby.reports.figure_style import Figure
from passerby.reports.histogram import histogram_figure
from passerby.reports.html import Section, figure, side_by_side, table, together
from passerby.reports.roc import roc_figure

_SHOWN = tuple(rate for rate in MARKED if rate >= 1e-4)


def verification_section(runs: Mapping[str, VerificationScores], suffix: str = "") -> Section:
    """ROC curves, the first run's histograms with its threshold, and a table of all runs.

    suffix: stands behind the heading
    """
    name, first = next(iter(runs.items()))
    curve, bars = roc_figure(runs), distance_histogram(first)
    rates = [rate for rate in _SHOWN if rate >= 1 / first.roc.impostors]
    header = ["run", "equal error", "area", "d′", *(f"TPR at {100 * rate:g} %" for rate in rates)]
    rows = [
        [
            run,
            f"{100 * scores.equal_error:.2f} %",
            f"{scores.area:.4f}",
            "-" if math.isnan(scores.d_prime) else f"{scores.d_prime:.2f}",
            *(_rate(scores, rate) for rate in rates),
        ]
        for run, scores in runs.items()
    ]
    of_run = f" of {name}" if len(runs) > 1 else ""
    return Section(
        f"Same person or not{suffix}",
        together(
            side_by_side(
                figure(
                    curve,
                    "Receiver operating characteristic: genuine pairs accepted, for each share of "
                    "impostor pairs that slip through.",
                ),
                figure(
                    bars,
                    f"Distances{of_run} of {first.roc.genuine:,} genuine and "
                    f"{first.roc.impostors:,} impostor pairs. At the marked threshold both errors "
                    "are equally frequent.",
                ),
            ),
            table(
                header,
                rows,
                "TPR at x %: genuine pairs accepted where x % of the impostor pairs are",
            ),
        ),
        "Every query against every gallery picture that takes a rank: a pair is accepted when its "
        "distance is at most a threshold.",
        figures=(curve, bars),
        numbers={"verification": {run: json.loads(one.to_json()) for run, one in runs.items()}},
    )


def distance_histogram(scores: VerificationScores) -> Figure:
    """Distances of genuine and of impostor pairs, each kind as shares of its own number."""
    genuine, impostors = scores.genuine_distances.mean, scores.impostor_distances.mean
    threshold = scores.equal_error_threshold
    return histogram_figure(
        {
            "same person": _coarser(scores.genuine_histogram),
            "different people": _coarser(scores.impostor_histogram),
        },
        scores.edges[:: _step(len(scores.edges) - 1)].tolist(),
        "distance",
        description=(
            f"Histograms of distances. Genuine pairs: mean {genuine:.3f}; impostor pairs: mean "
            f"{impostors:.3f}; errors are equal at a threshold of {threshold:.3f}"
        ),
        name="distances",
        marked=(threshold, f"threshold {threshold:.3f}"),
        y_label="pairs (%)",
    )


def _coarser(histogram: Tensor) -> list[int]:
    """At most about 50 bars: of few pairs, more would show nothing but chance."""
    return histogram.unflatten(0, (-1, _step(len(histogram)))).sum(1).tolist()


def _step(bins: int) -> int:
    """Bins that share a bar: the fewest that divide them and leave at most 50, else 1."""
    return next((step for step in range(1, 11) if bins % step == 0 and bins // step <= 50), 1)


def _rate(scores: VerificationScores, fpr: float) -> str:
    if fpr < 1 / scores.roc.impostors:
        return "-"
    return f"{100 * scores.tpr_at(fpr):.1f} %"
