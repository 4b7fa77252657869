"""Report: the evaluations of a run -> one HTML page."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.metrics.protocol import Protocol
from passerby.metrics.protocols import protocol_named
from passerby.pipelines.album import Album
from passerby.pipelines.evaluation import About, Evaluation, evaluations
from passerby.ranking.plain import distances
from passerby.reports.cmc import cmc_figure
from passerby.reports.html import Section, facts, figure, notice, page, render, together
from passerby.reports.ranked_lists import hardest_and_easiest, ranked_lists
from passerby.reports.scores import score_cards, score_table

if TYPE_CHECKING:
    from markupsafe import Markup

log = logging.getLogger(__name__)


def report(
    run: Path,
    compare: Sequence[Path] = (),
    out: Path | None = None,
    root: Path | None = None,
    lists: int = 6,
) -> Path:
    """Turn a run's evaluations into one self-contained HTML page, and return its path.

    Raises PasserbyError when a run has not been evaluated (naming the command), when one of
    `compare` shares no evaluation with it, when `lists` is negative, and when the extra `reports`
    is not installed. Pictures that cannot be read become placeholders, with a warning.

    Args:
        run: a run folder, filled by `passerby evaluate`
        compare: other run folders, to show beside it
        out: the page to write; RUN/report.html when left out
        root: the data set's folder now, where it was moved since
        lists: ranked lists of the hardest queries, and as many of the easiest
    """
    if lists < 0:
        raise PasserbyError(f"lists is {lists}; ask for 0 (none) or more")
    run = Path(run)
    shown = {name: {run.name: found} for name, found in evaluations(run).items()}
    for other in map(Path, compare):
        found = evaluations(other)
        if not set(found) & set(shown):
            raise PasserbyError(
                f"run '{other}' was evaluated on {', '.join(found)}, and run '{run}' on "
                f"{', '.join(shown)}; to compare them, evaluate both on the same data set, "
                "with the same options and protocol"
            )
        label = other.name if other.name != run.name else str(other)
        for dataset in set(found) & set(shown):
            shown[dataset][label] = found[dataset]
    sections = [
        section
        for dataset, runs in shown.items()
        for section in evaluation_sections(
            runs, dataset=dataset if len(shown) > 1 else "", root=root, lists=lists
        )
    ]
    models = list(
        dict.fromkeys(found.about.model for runs in shown.values() for found in runs.values())
    )
    subtitle = f"{_joined(models)} measured on {_joined(list(shown))}."
    text = page(run.resolve().name, subtitle, sections)
    return write_atomically(
        Path(out) if out else run / "report.html",
        lambda to: to.write_text(text, encoding="utf-8"),
    )


def evaluation_sections(
    runs: Mapping[str, Evaluation],
    *,
    dataset: str = "",
    root: Path | None = None,
    lists: int = 6,
) -> list[Section]:
    """Sections about one data set: scores, CMC curve and ranked lists, to put into any page.

    runs:    name -> evaluation, the one that is looked at first; others are compared with it
    dataset: stands in the headings where a page shows several data sets
    root, lists: see `report`
    """
    first = next(iter(runs.values()))
    protocol = protocol_named(first.about.protocol)
    scores = {name: found.repeats for name, found in runs.items()}
    mixed = {found.about.protocol for found in runs.values()} != {protocol.name}
    parts = [score_cards(scores), score_table(scores)]
    if mixed:
        parts.append(notice("These runs were measured under different protocols."))
    if first.about.unmatched:
        parts.append(notice(first.about.unmatched))
    curve = cmc_figure({name: _mean_cmc(found) for name, found in runs.items()})
    caption = "Cumulative matching characteristic: how often a right answer is among the first k."
    parts += [figure(curve, caption), facts(_settings(first.about, protocol))]
    suffix = f" · {dataset}" if dataset else ""
    return [
        Section(f"Scores{suffix}", together(*parts), protocol.rule),
        *_list_sections(
            first, protocol, next(iter(runs)) if len(runs) > 1 else "", suffix, root, lists
        ),
    ]


def _settings(about: About, protocol: Protocol) -> list[tuple[str, str]]:
    options = ", ".join(f"{name} {value}" for name, value in about.options.items())
    return [
        ("data set", f"{about.dataset}{f' ({options})' if options else ''}"),
        ("model", about.model),
        ("weights (SHA-256)", about.model_hash[:12]),
        ("pictures", f"{about.queries:,} queries, {about.gallery:,} in the gallery"),
        ("protocol", protocol.name),
        ("distance", about.metric),
        ("mirror images", "averaged" if about.flip else "not used"),
    ]


def _mean_cmc(evaluation: Evaluation) -> Tensor:
    length = min(len(scores.cmc) for scores in evaluation.repeats)
    return torch.stack([scores.cmc[:length] for scores in evaluation.repeats]).mean(0)


def _list_sections(
    evaluation: Evaluation,
    protocol: Protocol,
    name: str,
    suffix: str,
    root: Path | None,
    lists: int,
) -> list[Section]:
    scores, query, gallery = evaluation.scores, evaluation.query, evaluation.gallery
    hardest, easiest = hardest_and_easiest(scores, query, lists)
    album = Album(evaluation.about, root)

    def show(rows: Tensor) -> "Markup":
        return ranked_lists(
            distances(query[rows], gallery, evaluation.about.metric),
            query[rows],
            gallery,
            scores[rows],
            protocol,
            album.read,
        )

    run = f" of {name}" if name else ""
    draw = f" First of {len(evaluation.repeats)} draws." if len(evaluation.repeats) > 1 else ""
    lead = f"The queries{run} of {{}} average precision (AP), one of each person.{draw}"
    shown = [
        (f"Hardest queries{suffix}", lead.format("lowest"), hardest),
        (f"Easiest queries{suffix}", lead.format("highest"), easiest),
    ]
    sections = [
        Section(title, together(render("legend.html"), show(rows)), words)
        for title, words, rows in shown
        if len(rows)
    ]
    if album.missing:
        text = album.warning()
        log.warning(text)
        sections[0] = replace(sections[0], html=together(notice(text), sections[0].html))
    return sections


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
