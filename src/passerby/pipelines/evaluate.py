"""Measure: checkpoint -> Embeddings -> DistanceBlocks -> Scores."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import torch

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.data.readers import checked_options, options_of
from passerby.engine.embedder import load_embedder
from passerby.engine.run_folder import run_folder
from passerby.metrics.protocols import MARKET1501, protocol_named
from passerby.metrics.retrieval import require_matches, retrieval_scores
from passerby.metrics.unmatched import explain_unmatched
from passerby.pipelines.about import About
from passerby.pipelines.draws import draws_and_trials
from passerby.pipelines.embedded import embedded
from passerby.pipelines.evaluation import Evaluation, plain_options, require_folder
from passerby.pipelines.ranked import Distance, ranked, ranked_labels, ranking
from passerby.ranking.chain import checked_steps


def evaluate(
    checkpoint: str,
    dataset: str,
    root: Path | None = None,
    options: Mapping[str, Any] | None = None,
    protocol: str = MARKET1501.name,
    rerank: str = "",
    rerank_options: Mapping[str, Any] | None = None,
    metric: Literal["own", "euclidean", "cosine"] = "own",
    flip: bool = True,
    repeats: int | None = None,
    out: Path | None = None,
    batch_size: int = 64,
    workers: int = 0,
    device: str = "auto",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Evaluation:
    """Measure a model on a data set and write what was found to the run folder.

    Writes scores.json, about.json, query.safetensors and gallery.safetensors to the folder that
    `evaluation_folder` names. Each distinct picture is embedded once, however often it is drawn,
    and kept in the run's folder `embeddings`: another protocol or re-ranking embeds nothing anew.

    Raises PasserbyError when the model, the data set, the protocol or a re-ranking is unknown, a
    picture cannot be read, and before anything is embedded when no query has a right answer in the
    gallery (naming people and cameras) or the folder cannot be written.

    Args:
        checkpoint: a run folder, a checkpoint, an .xml or .onnx file, or the name of a public model
        dataset: the data set's name, as `passerby data stats` lists it
        root: the data set's folder; the rendered world needs none
        options: the reader's own options, such as --options.split 1
        protocol: the rules, by name: market1501, or camera-free where cameras are unknown;
            `passerby evaluate --protocols` lists all
        rerank: steps that change the plain ranking, joined by +, such as k-reciprocal or
            camera-bias+dba+k-reciprocal
        rerank_options: the steps' own options, such as --rerank_options.k1 30
        metric: distance between features: euclidean, cosine, or own, the one meant for the model,
            which may have learnt one
        flip: average each feature with that of the mirror image
        repeats: random draws of query and gallery, for protocols that draw and data sets that take
            'repeat'; the protocol's own number when left out
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
    rerank, rerank_options = checked_steps(rerank, rerank_options or {})
    root = None if root is None else Path(root).resolve()
    options = checked_options(dataset, options)
    draws, trials = draws_and_trials(dataset, root, options, rules, repeats)
    for draw in draws:
        asked, gallery = map(Embeddings.unembedded, (draw.query, draw.gallery))
        require_matches(*ranked_labels(asked, gallery, rules, 0), rules)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    embedder = load_embedder(checkpoint, device, runtime="torch")
    own: Distance = embedder.metric if embedder.compare is None else "learned"
    distance: Distance = own if metric == "own" else metric
    rank = ranking(rerank, distance, rerank_options, embedder.compare)
    run = out or run_folder(checkpoint)
    folder = evaluation_folder(
        run, dataset, options, rules.name, len(draws), rerank, rerank_options
    )
    require_folder(folder)

    sets = embedded(
        embedder,
        [samples for draw in draws for samples in (draw.query, draw.gallery)],
        run / "embeddings" / dataset,
        flip=flip,
        batch_size=batch_size,
        workers=workers,
        device=device,
        progress=progress,
    )
    scores, unmatched = [], ""
    for query, gallery in zip(sets[::2], sets[1::2], strict=True):
        for trial in trials:
            there = ranked(_on(query, device), _on(gallery, device), rules, trial, rank)
            scores.append(retrieval_scores(there.distances, there.query, there.gallery, rules))
            if len(scores) == 1:
                missed = scores[0].first_hit == 0
                unmatched = explain_unmatched(missed, there.query, there.gallery, rules)
    evaluation = Evaluation(
        about=About(
            dataset=dataset,
            options=plain_options(options),
            root=str(root or ""),
            model=embedder.name,
            model_hash=embedder.hash,
            protocol=rules.name,
            metric=distance,
            flip=flip,
            queries=len(scores[0].first_hit),
            gallery=scores[0].gallery,
            unmatched=unmatched,
            rerank=rerank,
            rerank_options=rerank_options,
            checkpoint=str(Path(checkpoint).resolve()) if distance == "learned" else "",
        ),
        repeats=tuple(scores),
        query=sets[0],
        gallery=sets[1],
    )
    return replace(evaluation, folder=evaluation.save(folder))


def evaluation_folder(
    run: Path,
    dataset: str,
    options: Mapping[str, Any] | None = None,
    protocol: str = MARKET1501.name,
    repeats: int = 1,
    rerank: str = "",
    rerank_options: Mapping[str, Any] | None = None,
) -> Path:
    """Where the evaluation of a run stands: what was measured by what rules is in its name.

    Several draws are one measurement, whichever was the first. One by another metric, or without
    mirror images, takes the place of the one before. Of a path, its last part is in the name.

    >>> evaluation_folder(Path("runs/tiny"), "cuhk01", {"people": "871/100"}).as_posix()
    'runs/tiny/evaluation/cuhk01-people-871-100'
    >>> evaluation_folder(Path("runs/tiny"), "market1501", rerank="dba+k-reciprocal").name
    'market1501-dba+k-reciprocal'
    """
    chosen = checked_options(dataset, options)
    parts = [dataset]
    for option, parameter in options_of(dataset).items():
        value = chosen.get(option, parameter.default)
        if value != parameter.default and not (option == "repeat" and repeats > 1):
            parts += [option, value.stem if isinstance(value, Path) else str(value)]
    if protocol != MARKET1501.name:
        parts.append(protocol)
    if rerank:
        parts.append(rerank)
    for option, value in sorted((rerank_options or {}).items()):
        parts += [option, Path(str(value)).stem if Path(str(value)).is_absolute() else str(value)]
    return run / "evaluation" / "-".join(re.sub(r"[^\w.+]+", "-", part) for part in parts)


def _on(embeddings: Embeddings, device: str) -> Embeddings:
    return replace(embeddings, features=embeddings.features.to(device))
