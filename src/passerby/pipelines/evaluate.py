"""Measure: checkpoint -> Embeddings -> DistanceBlocks -> Scores."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.readers import checked_options, options_of, read_dataset
from passerby.data.splits import Splits
from passerby.engine.embedder import load_embedder
from passerby.engine.run_folder import run_folder
from passerby.metrics.protocols import MARKET1501, protocol_named
from passerby.metrics.retrieval import require_matches, retrieval_scores
from passerby.metrics.unmatched import explain_unmatched
from passerby.pipelines.evaluation import About, Evaluation, require_folder
from passerby.ranking.plain import distances


def evaluate(
    checkpoint: str,
    dataset: str,
    root: Path | None = None,
    options: Mapping[str, Any] | None = None,
    protocol: str = MARKET1501.name,
    metric: Literal["own", "euclidean", "cosine"] = "own",
    flip: bool = True,
    repeats: int = 1,
    out: Path | None = None,
    batch_size: int = 64,
    workers: int = 0,
    device: str = "auto",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Evaluation:
    """Measure a model on a data set and write what was found to the run folder.

    Writes scores.json, about.json, query.safetensors and gallery.safetensors to the folder that
    `evaluation_folder` names. Each distinct picture is embedded once, however often it is drawn.

    Raises PasserbyError when the model, the data set or the protocol is unknown, a picture cannot
    be read, and before anything is embedded when no query has a right answer in the gallery
    (naming people and cameras) or the folder cannot be written.

    Args:
        checkpoint: a run folder, a checkpoint, an .xml or .onnx file, or the name of a public model
        dataset: the data set's name, as `passerby data stats` lists it
        root: the data set's folder; the rendered world needs none
        options: the reader's own options, such as --options.split 1
        protocol: the rules: market1501, or camera-free where cameras are unknown
        metric: distance between features: euclidean, cosine, or own, the one meant for the model
        flip: average each feature with that of the mirror image
        repeats: random draws of query and gallery, for data sets that take 'repeat'
        out: the run folder to write to; the checkpoint's own, or runs/NAME, when left out
        batch_size: pictures at a time
        workers: processes that read pictures
        device: where the model runs: cpu, cuda, cuda:1; auto takes a GPU where there is one;
            OpenVINO and ONNX models run on the CPU
        progress: called with pictures done and pictures in all
    """
    for name, value, least in (("batch_size", batch_size, 1), ("workers", workers, 0)):
        if value < least:
            raise PasserbyError(f"{name} is {value}; it must be at least {least}")
    rules = protocol_named(protocol)
    root = None if root is None else Path(root).resolve()
    options = checked_options(dataset, options)
    draws = _draws(dataset, root, options, repeats)
    for draw in draws:
        require_matches(_labels(draw.query), _labels(draw.gallery), rules)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    embedder = load_embedder(checkpoint, device)
    distance: Metric = embedder.metric if metric == "own" else metric
    folder = evaluation_folder(out or run_folder(checkpoint), dataset, options, rules.name, repeats)
    require_folder(folder)

    distinct = {s.key: s for draw in draws for s in (*draw.query, *draw.gallery)}
    pictures = list(distinct.values())
    embedded = embedder.samples(
        pictures,
        flip=flip,
        batch_size=batch_size,
        workers=workers,
        device=device,
        progress=lambda done: progress(done, len(pictures)),
    )
    places = {key: place for place, key in enumerate(distinct)}

    def of(samples: Sequence[Sample]) -> Embeddings:
        rows = torch.tensor([places[sample.key] for sample in samples])
        return Embeddings.of(embedded.features[rows], samples, embedded.model, embedded.model_hash)

    pairs = [(of(draw.query), of(draw.gallery)) for draw in draws]
    scores = tuple(
        retrieval_scores(
            distances(_on(query, device), _on(gallery, device), distance), query, gallery, rules
        )
        for query, gallery in pairs
    )
    query, gallery = pairs[0]
    evaluation = Evaluation(
        about=About(
            dataset=dataset,
            options={k: str(v) if isinstance(v, Path) else v for k, v in options.items()},
            root=str(root or ""),
            model=embedder.name,
            model_hash=embedder.hash,
            protocol=rules.name,
            metric=distance,
            flip=flip,
            queries=len(query),
            gallery=len(gallery),
            unmatched=explain_unmatched(scores[0].first_hit == 0, query, gallery, rules),
        ),
        repeats=scores,
        query=query,
        gallery=gallery,
    )
    evaluation.save(folder)
    return evaluation


def evaluation_folder(
    run: Path,
    dataset: str,
    options: Mapping[str, Any] | None = None,
    protocol: str = MARKET1501.name,
    repeats: int = 1,
) -> Path:
    """Where the evaluation of a run stands: what is not as usual is in the folder's name.

    Several draws are one measurement, whichever was the first.

    >>> evaluation_folder(Path("runs/tiny"), "cuhk01", {"people": "871/100"}).as_posix()
    'runs/tiny/evaluation/cuhk01-people-871-100'
    >>> evaluation_folder(Path("runs/tiny"), "market1501", protocol="camera-free").name
    'market1501-camera-free'
    """
    chosen = checked_options(dataset, options)
    parts = [dataset]
    for option, parameter in options_of(dataset).items():
        value = chosen.get(option, parameter.default)
        if value != parameter.default and not (option == "repeat" and repeats > 1):
            parts += [option, value.stem if isinstance(value, Path) else str(value)]
    if protocol != MARKET1501.name:
        parts.append(protocol)
    return run / "evaluation" / "-".join(re.sub(r"[^\w.]+", "-", part) for part in parts)


def _draws(dataset: str, root: Path | None, options: dict[str, Any], repeats: int) -> list[Splits]:
    """The splits of each random draw; a single one where nothing is drawn."""
    if repeats < 1:
        raise PasserbyError(f"repeats is {repeats}; it must be at least 1")
    if repeats == 1:
        return [read_dataset(dataset, root, options)]
    if "repeat" not in options_of(dataset):
        raise PasserbyError(
            f"{dataset} has no random draws of query and gallery, so repeats={repeats} would "
            "measure the same thing again; leave it out"
        )
    first = options.get("repeat", 0)
    return [
        read_dataset(dataset, root, {**options, "repeat": repeat})
        for repeat in range(first, first + repeats)
    ]


def _labels(samples: Sequence[Sample]) -> Embeddings:
    """What is known of samples before they are embedded: features without a dimension."""
    return Embeddings.of(torch.zeros(len(samples), 0), samples, "", "")


def _on(embeddings: Embeddings, device: str) -> Embeddings:
    features: Tensor = embeddings.features.to(device)
    return replace(embeddings, features=features)
