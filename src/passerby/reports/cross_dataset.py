"""A page of the cross-dataset matrix: how models fare where they did not learn."""

import math
from typing import TYPE_CHECKING

from passerby.metrics.cross_dataset import CrossDataset
from passerby.reports.heat import heat_figure
from passerby.reports.html import Section, figure, page, table

if TYPE_CHECKING:
    from torch import Tensor


def cross_dataset_page(found: CrossDataset) -> str:
    """The whole page. Raises PasserbyError when the extra `reports` is not installed.

    >>> import torch
    >>> half = torch.tensor([[0.5]]).double()
    >>> "50.0" in cross_dataset_page(CrossDataset(("a",), ("b",), half, half))
    True
    """
    rows = [
        [trained, *(_per_cent(value) for value in means)]
        for trained, *means in zip(
            found.trained_on,
            found.unseen_rank_1.tolist(),
            found.unseen_mean_ap.tolist(),
            strict=True,
        )
    ]
    caption = "Mean over the data sets that a model did not learn from, in per cent"
    return page(
        "Across data sets",
        "A row for each data set that a model learnt from, a column for each that it was measured "
        "on. Where both are the same, the model knows the place; elsewhere it must find its way.",
        [
            _section(found, "Rank-1", found.rank_1),
            _section(found, "mAP", found.mean_ap),
            Section("Unseen", table(["learnt from", "rank-1", "mAP"], rows, caption)),
        ],
    )


def _section(found: CrossDataset, title: str, values: "Tensor") -> Section:
    known = {
        f"{trained} on {measured} {_per_cent(value)}"
        for trained, row in zip(found.trained_on, values.tolist(), strict=True)
        for measured, value in zip(found.measured_on, row, strict=True)
        if not math.isnan(value)
    }
    heat = heat_figure(
        100 * values.numpy(),
        found.trained_on,
        found.measured_on,
        "learnt from",
        "measured on",
        description=f"{title} in per cent: {'; '.join(sorted(known))}",
        name=f"cross-dataset-{title.lower()}",
        span=(0, 100),
        write="{:.1f}".format,
    )
    return Section(title, figure(heat, f"{title} in per cent"))


def _per_cent(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}"
