"""The sections of a report about one measurement: from evaluations to parts of a page."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.metrics.camera_pairs import camera_pairs
from passerby.metrics.protocol import Protocol
from passerby.metrics.protocols import protocol_named
from passerby.metrics.verification import verification_scores
from passerby.pipelines.about import About
from passerby.pipelines.album import Album
from passerby.pipelines.evaluation import Evaluation
from passerby.reports.cameras import cameras_section, several_pairs
from passerby.reports.chosen import chosen
from passerby.reports.cmc import cmc_figure
from passerby.reports.comparison import comparison_section
from passerby.reports.dataset import dataset_section
from passerby.reports.embeddings import embeddings_section
from passerby.reports.html import Section, facts, figure, notice, render, side_by_side, together
from passerby.reports.precision_recall import precision_recall_figure
from passerby.reports.ranked_lists import hardest_and_easiest, ranked_lists
from passerby.reports.run import Run
from passerby.reports.scores import (
    mean_cmc,
    mean_precision,
    score_cards,
    score_numbers,
    score_table,
)
from passerby.reports.verification import verification_section
from passerby.reports.words import counted

log = logging.getLogger(__name__)


def evaluation_sections(
    runs: Mapping[str, Evaluation],
    *,
    dataset: str = "",
    root: Path | None = None,
    lists: int = 6,
) -> list[Section]:
    """Sections about one measurement, to put into any page.

    Scores and curves; each other run beside the first, with the queries that changed; the hardest
    and the easiest queries; pairs told apart by a threshold; pairs of cameras; the embeddings in a
    plane; the data set.

    runs:    name -> evaluation, the one that is looked at first; others are compared with it
    dataset: stands in the headings where a page shows several data sets
    root, lists: see `passerby.pipelines.report.report`
    """
    name, first = next(iter(runs.items()))
    protocol = protocol_named(first.about.protocol)
    suffix = f" · {dataset}" if dataset else ""
    albums = {label: Album(found.about, root) for label, found in runs.items()}
    alike = {
        label: _run(label, found, albums[label])
        for label, found in runs.items()
        if found.about.protocol == protocol.name
    }
    others = [label for label in alike if label != name]
    comparable = [label for label in others if _same_queries(first, runs[label])]
    pictured = [
        comparison_section(alike[name], alike[label], protocol, (lists + 1) // 2, suffix=suffix)
        for label in comparable
    ]
    pictured += _list_sections(alike[name], protocol, len(runs) > 1, suffix, lists)
    of_first_draw = [
        *_warned(pictured, list(albums.values())),
        *_pair_sections(alike, protocol, suffix),
        embeddings_section(
            Embeddings.join([first.query, first.gallery]), name if len(runs) > 1 else "", suffix
        ),
        dataset_section(first.query, first.gallery, suffix),
    ]
    draws = len(first.repeats)
    remark = f" Shown is the first of {draws} draws." if draws > 1 else ""
    remarks = [
        f"{name} and {label} were not asked the same queries: only their means compare."
        for label in others
        if label not in comparable
    ]
    return [
        _scores_section(runs, protocol, remarks, suffix),
        *(replace(section, lead=section.lead + remark) for section in of_first_draw),
    ]


def _run(label: str, evaluation: Evaluation, album: Album) -> Run:
    ranked = evaluation.ranked
    return Run(label, ranked.distances, ranked.query, ranked.gallery, evaluation.scores, album.read)


def _same_queries(one: Evaluation, other: Evaluation) -> bool:
    """Whether both were asked the same, wherever the pictures stood; the scores must agree too."""
    counted = [(found.scores.first_hit > 0).tolist() for found in (one, other)]
    return _asked(one) == _asked(other) and counted[0] == counted[1]


def _asked(evaluation: Evaluation) -> list[str]:
    root = evaluation.about.root
    return [key.removeprefix(root) for key in evaluation.ranked.query.keys]


def _scores_section(
    runs: Mapping[str, Evaluation], protocol: Protocol, remarks: Sequence[str], suffix: str
) -> Section:
    about = next(iter(runs.values())).about
    repeats = {label: found.repeats for label, found in runs.items()}
    curve = cmc_figure({label: mean_cmc(scores) for label, scores in repeats.items()})
    precision = precision_recall_figure(
        {label: mean_precision(scores) for label, scores in repeats.items()}
    )
    parts = [score_cards(repeats), score_table(repeats)]
    if {found.about.protocol for found in runs.values()} != {protocol.name}:
        remarks = ["These runs were measured under different protocols.", *remarks]
    parts += [notice(remark) for remark in (*remarks, about.unmatched) if remark]
    parts += [
        side_by_side(
            figure(
                curve,
                "Cumulative matching characteristic: how often a right answer is among the first "
                "k.",
            ),
            figure(
                precision,
                "Precision at each recall, mean over the queries: how many answers are right until "
                "so many of the right ones are found.",
            ),
        ),
        facts(_settings(about, protocol)),
    ]
    return Section(
        f"Scores{suffix}",
        together(*parts),
        protocol.rule,
        figures=(curve, precision),
        numbers={"scores": score_numbers(repeats)},
    )


def _settings(about: About, protocol: Protocol) -> list[tuple[str, str]]:
    options, steps = (
        ", ".join(f"{name} {value}" for name, value in given.items())
        for given in (about.options, about.rerank_options)
    )
    reranked = f"{about.rerank}{f' ({steps})' if steps else ''}"
    return [
        ("data set", f"{about.dataset}{f' ({options})' if options else ''}"),
        ("model", about.model),
        ("weights (SHA-256)", about.model_hash[:12]),
        (
            "pictures",
            f"{counted(about.queries, 'query', 'queries')}, {about.gallery:,} in the gallery",
        ),
        ("protocol", protocol.name),
        ("distance", about.metric),
        *([("re-ranking", reranked)] if reranked else []),
        ("mirror images", "averaged" if about.flip else "not used"),
    ]


def _pair_sections(runs: Mapping[str, Run], protocol: Protocol, suffix: str) -> list[Section]:
    """What is measured on pairs: of pictures, and of cameras."""
    sections = []
    asked = {
        label: (run.distances, run.query, run.gallery, protocol) for label, run in runs.items()
    }
    try:
        verified = {label: verification_scores(*what) for label, what in asked.items()}
    except PasserbyError as error:  # a gallery of right answers alone
        words = str(error)
        sections.append(
            Section(f"Same person or not{suffix}", notice(f"{words[:1].upper()}{words[1:]}."))
        )
    else:
        sections.append(verification_section(verified, suffix))
    cameras = {label: camera_pairs(*what) for label, what in asked.items()}
    if several_pairs(next(iter(cameras.values()))):
        sections.append(cameras_section(cameras, suffix))
    return sections


def _list_sections(
    run: Run, protocol: Protocol, named: bool, suffix: str, lists: int
) -> list[Section]:
    """The hardest and the easiest queries."""
    hardest, easiest = hardest_and_easiest(run.scores, run.query, lists)
    of_run = f" of {run.name}" if named else ""
    sections = []
    for word, amount, rows in (("Hardest", "lowest", hardest), ("Easiest", "highest", easiest)):
        if len(rows) == 0:
            continue
        shown = ranked_lists(
            chosen(run.distances, rows),
            run.query[rows],
            run.gallery,
            run.scores[rows],
            protocol,
            run.read,
        )
        lead = f"The queries{of_run} of {amount} average precision (AP), one of each person."
        title = f"{word} queries{suffix}"
        sections.append(Section(title, together(render("legend.html"), shown), lead))
    return sections


def _warned(sections: Sequence[Section], albums: Sequence[Album]) -> list[Section]:
    """The sections that show pictures, the first with a remark about those that are missing."""
    texts = [album.warning() for album in albums if album.missing]
    for text in texts:
        log.warning(text)
    if not texts:
        return list(sections)
    first, *others = sections
    remarks = together(*(notice(text) for text in dict.fromkeys(texts)))
    return [replace(first, html=together(remarks, first.html)), *others]
