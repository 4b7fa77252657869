"""Response maps: where in chosen pictures one or two models look, as one HTML page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from passerby.core.errors import PasserbyError
from passerby.core.evenly import evenly
from passerby.core.files import write_atomically
from passerby.core.sample import DISTRACTOR, JUNK, Sample
from passerby.data.images import read_image
from passerby.data.preprocess import prepare
from passerby.data.readers import checked_options, read_dataset
from passerby.engine.embedder import Embedder, load_embedder
from passerby.engine.run_folder import run_folder
from passerby.metrics.protocols import protocol_named
from passerby.models.backbone import Backbone
from passerby.pipelines.album import Album
from passerby.pipelines.compare import measured_alike
from passerby.pipelines.evaluation import Evaluation, abouts, plain_options
from passerby.reports.comparison import comparison_section
from passerby.reports.html import Section, page
from passerby.reports.response_map import Looked, Reduce, response_maps, response_strips
from passerby.reports.run import Run

TOP = 5
"""Answers that the ranked lists show."""

_PAGE = "response-maps.html"


def response_map_page(
    run: str,
    dataset: str,
    root: Path | None = None,
    options: Mapping[str, Any] | None = None,
    compare: str | None = None,
    queries: int = 6,
    reduce: Reduce = "mean",
    out: Path | None = None,
    device: str = "auto",
) -> Path:
    """Show where models look in queries and in a right answer to each; return the page's path.

    Where both runs have been measured on the data set, the queries are those that they answer most
    differently, and the first five answers of both stand before the maps. Otherwise the
    queries are spread evenly over the people.

    Raises PasserbyError when a model has no feature map, the data set no query, or a picture
    cannot be read, and when the extra `reports` is not installed.

    Args:
        run: a run folder, a checkpoint, or the name of a public model
        dataset: the data set's name, as `passerby data stats` lists it
        root: the data set's folder; the rendered world needs none
        options: the reader's own options
        compare: another run, to show beside it
        queries: how many to show
        reduce: how channels become one strength: mean, or norm
        out: the page to write; response-maps.html in the run folder, or here, when left out
        device: where the models run: cpu, cuda; auto takes a GPU where there is one
    """
    if queries < 1:
        raise PasserbyError(f"queries is {queries}; it must be at least 1")
    root = None if root is None else Path(root).resolve()
    options = checked_options(dataset, options)
    splits = read_dataset(dataset, root, options)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    embedders = _named(
        [load_embedder(one, device, runtime="torch") for one in (run, compare) if one], run, compare
    )
    sections, chosen = [], spread(splits.query, queries)
    if compare and (both := _both_measured(run, compare, dataset, options)):
        section, keys = _lists(*both, root, list(embedders), queries)
        sections.append(section)
        known = {sample.key: sample for sample in splits.query}
        chosen = [known[key] for key in keys if key in known] or chosen
    if not chosen:
        raise PasserbyError(f"{dataset} has no query to look at; name a data set with queries")
    strips = [
        (
            f"Person {query.person}, camera {query.camera}",
            "",
            looked(embedders, _with_match(query, splits.gallery), reduce, device),
        )
        for query in chosen
    ]
    lead = (
        f"The {reduce} over the channels of the last map before pooling, in each picture from its "
        "least (blue) to its greatest (red): a query, then a right answer, each before its maps."
    )
    sections.append(Section("Where models look", response_strips(strips), lead))
    target = Path(out) if out else (Path(run) if Path(run).is_dir() else Path()) / _PAGE
    names = " and ".join(embedders)
    text = page("Response maps", f"{names} on {dataset}.", sections)
    return write_atomically(target, lambda to: to.write_text(text, encoding="utf-8"))


def spread(samples: Sequence[Sample], count: int) -> list[Sample]:
    """The first sample of each of `count` people, who stand evenly among all of them.

    >>> crops = [Sample(Path(f"{p}"), p, 1) for p in (1, 1, 2, 3, 4)]
    >>> [sample.person for sample in spread(crops, 2)]
    [1, 3]
    """
    first: dict[int, Sample] = {}
    for sample in samples:
        if sample.person not in (JUNK, DISTRACTOR):
            first.setdefault(sample.person, sample)
    return evenly(list(first.values()), count)


def feature_maps(embedder: Embedder, pictures: Sequence[np.ndarray], device: str) -> Tensor:
    """The last maps (B, C, h, w) before pooling of pictures (H, W, 3) uint8 RGB of any size.

    Raises PasserbyError when the model is not one that gives them.
    """
    model = embedder.model
    # Of two students that learn together one is the model.
    backbone = getattr(getattr(model, "chosen", model), "backbone", None)
    if not isinstance(backbone, Backbone):
        raise PasserbyError(
            f"{embedder.name!r} gives no feature map; choose a run of `passerby train`, or a "
            "public model whose weights are in PyTorch's form"
        )
    with torch.inference_mode():
        return backbone(prepare(pictures, embedder.preprocess).to(device))


def looked(
    embedders: Mapping[str, Embedder], samples: Sequence[Sample], reduce: Reduce, device: str
) -> list[Looked]:
    """A query and right answers to it, with where each of the models looks."""
    pictures = [read_image(sample.pixels) for sample in samples]
    maps = {
        name: response_maps(feature_maps(embedder, pictures, device), reduce)
        for name, embedder in embedders.items()
    }
    return [
        Looked(
            pixels,
            f"camera {sample.camera}",
            {name: maps[name][at] for name in maps},
            "right" if at else "query",
        )
        for at, (sample, pixels) in enumerate(zip(samples, pictures, strict=True))
    ]


def _named(embedders: Sequence[Embedder], *runs: str | None) -> dict[str, Embedder]:
    """Models by their names, by their folders' folders too where those are the same."""
    if len({one.name for one in embedders}) == len(embedders):
        return {one.name: one for one in embedders}
    return {
        f"{Path(run or '').resolve().parent.name}/{one.name}": one
        for one, run in zip(embedders, runs, strict=False)
    }


def _with_match(query: Sample, gallery: Sequence[Sample]) -> list[Sample]:
    """A query and the first gallery picture of the same person, by another camera if there is."""
    right = [one for one in gallery if one.person == query.person and one.key != query.key]
    right.sort(key=lambda one: one.camera == query.camera)
    return [query, *right[:1]]


def _both_measured(
    run: str, other: str, dataset: str, options: Mapping[str, Any]
) -> tuple[Evaluation, Evaluation] | None:
    """Evaluations of both runs on the data set without re-ranking, if there are such."""
    try:
        mine = [
            (folder, about)
            for folder, about in abouts(run_folder(run)).items()
            if (about.dataset, about.options) == (dataset, plain_options(options))
            and not about.rerank
        ]
        theirs = (
            measured_alike(run_folder(other), dataset, options, mine[0][1].protocol) if mine else {}
        )
    except PasserbyError:  # one of them has not been measured at all, or not so
        return None
    plain = [folder for folder, about in theirs.items() if not about.rerank]
    return (Evaluation.load(mine[0][0]), Evaluation.load(plain[0])) if plain else None


def _lists(
    ours: Evaluation, theirs: Evaluation, root: Path | None, names: Sequence[str], count: int
) -> tuple[Section, list[str]]:
    """The section of both runs' first answers, and the keys of the queries that it shows."""
    first, second = (
        Run(
            name,
            one.ranked.distances,
            one.ranked.query,
            one.ranked.gallery,
            one.scores,
            Album(one.about, root).read,
        )
        for name, one in zip(names, (ours, theirs), strict=True)
    )
    half = (count + 1) // 2
    section = comparison_section(first, second, protocol_named(ours.about.protocol), half, TOP)
    (numbers,) = section.numbers.values()
    return replace(section, numbers={}), numbers["shown"]
