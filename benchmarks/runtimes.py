"""Crops a second by runtime and precision, and what each precision costs in ranking.

    PASSERBY_REAL_DATA=DIR python benchmarks/runtimes.py [--threads 2] [--models resnet50 ...]
        [--crops 64] [--no_accuracy]

First the speed of OSNet x0.25, OSNet x1.0 and ResNet-50 with random weights, at 256 x 128, on so
many threads: the network alone, and `Embedder.crops` from pictures of 160 x 60 with mirror images,
as `passerby ingest` calls it. All runtimes of a network take turns, five rounds of them, and each
one's best round counts, so that what else the machine does hits all alike.

Then rank-1 and mAP on the 486 test people of CUHK01 with the public weights of OSNet x0.25: mean of
ten draws of one query and one gallery picture a person. int8 is fitted once to rendered crops and
once to 128 crops of the people that are not tested. DIR holds data/cuhk01 and models/.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from passerby.core.evenly import evenly
from passerby.core.preprocess import Preprocess
from passerby.data.images import read_image
from passerby.data.readers import read_dataset
from passerby.engine.embedder import Embedder, load_embedder
from passerby.engine.export import export_embedder
from passerby.engine.export_note import SUFFIXES, Format, Precision
from passerby.metrics.retrieval import retrieval_scores
from passerby.models.backbones import build_backbone
from passerby.models.embedding_net import EmbeddingNet
from passerby.models.pooling import average
from passerby.pipelines.export import rendered_crops
from passerby.ranking.plain import distances

NETWORKS = ("osnet_x0_25", "osnet_x1_0", "resnet50")
WAYS: tuple[tuple[Format, Precision], ...] = (
    ("torchscript", "f32"),
    ("onnx", "f32"),
    ("onnx", "int8"),
    ("openvino", "f32"),
    ("openvino", "bf16"),
    ("openvino", "int8"),
)
ROUNDS = 5
DRAWS = 10


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--models", nargs="*", default=NETWORKS)
    parser.add_argument("--crops", type=int, default=64)
    parser.add_argument("--no_accuracy", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as folder:
        for name in given.models:
            speed(name, Path(folder), given.crops)
        if not given.no_accuracy:
            accuracy(Path(folder))


def speed(name: str, folder: Path, count: int) -> None:
    net = EmbeddingNet(build_backbone(name), average).eval()
    torch_itself = Embedder(name, name, net, Preprocess(256, 128), "cosine")
    pictures = evenly(rendered_crops(1, 16, 160, 60) * 8, count)
    images = torch.randn(count, 3, 256, 128).contiguous(memory_format=torch.channels_last)
    ways = {"torch eager": torch_itself}
    for to, precision in WAYS:
        try:
            ways[f"{to} {precision}"] = exported(torch_itself, to, precision, folder, pictures)
        except Exception as error:  # a way that fails is a row that says so
            print(f"{name:12} {to} {precision}: {str(error)[:120]}")
    alone = in_turns({way: network(one, images) for way, one in ways.items()})
    whole = in_turns({way: crops(one, pictures) for way, one in ways.items()})
    print(f"{name} on {torch.get_num_threads()} threads, crops a second")
    print(f"  {'':18} {'network':>8} {'times':>6} {'crops(), flip':>14} {'times':>6}")
    for way in ways:
        one, two = count / alone[way], count / whole[way]
        print(
            f"  {way:18} {one:8.1f} {alone['torch eager'] / alone[way]:6.1f} "
            f"{two:14.1f} {whole['torch eager'] / whole[way]:6.1f}",
            flush=True,
        )


def network(embedder: Embedder, images: torch.Tensor) -> Callable[[], object]:
    def work() -> object:
        with torch.inference_mode():
            return embedder.model(images)

    return work


def crops(embedder: Embedder, pictures: Sequence[np.ndarray]) -> Callable[[], object]:
    return lambda: embedder.crops(pictures)


def in_turns(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of each way's best round."""
    for work in ways.values():
        work()
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for way, work in ways.items():
            start = time.perf_counter()
            work()
            best[way] = min(best[way], time.perf_counter() - start)
    return best


def exported(
    embedder: Embedder,
    to: Format,
    precision: Precision,
    folder: Path,
    pictures: Sequence[np.ndarray],
    calibration: Sequence[np.ndarray] | None = None,
) -> Embedder:
    path = folder / f"{embedder.name}-{to}-{precision}{SUFFIXES[to]}"
    export_embedder(
        embedder,
        to,
        path,
        pictures,
        precision=precision,
        calibration=calibration or pictures[:16],
    )
    return load_embedder(path)


def accuracy(folder: Path) -> None:
    root = Path(os.environ.get("PASSERBY_REAL_DATA", "../shared"))
    if not (root / "data" / "cuhk01").is_dir():
        print(f"skipped: no CUHK01 at {root / 'data' / 'cuhk01'}; set PASSERBY_REAL_DATA")
        return
    os.environ.setdefault("PASSERBY_MODELS", str(root / "models"))
    draws = [
        read_dataset("cuhk01", root / "data" / "cuhk01", {"repeat": draw}) for draw in range(DRAWS)
    ]
    samples = {s.key: s for draw in draws for s in (*draw.query, *draw.gallery)}
    learnt = [read_image(s.pixels) for s in evenly(draws[0].train, 128)]
    original = load_embedder("osnet_x0_25_msmt17", runtime="torch")
    rendered = rendered_crops(12, 128, 256, 128)
    rows: dict[str, Embedder] = {"torch eager": original}
    for to, precision in WAYS[1:]:
        fits = {"rendered": rendered, "real": learnt} if precision == "int8" else {"": learnt}
        for fit, pictures in fits.items():
            way = f"{to} {precision} {fit}".strip()
            named = replace(original, name=way.replace(" ", "-"))
            rows[way] = exported(named, to, precision, folder, learnt[:64], pictures)
    print("osnet_x0_25_msmt17 on CUHK01's 486 test people, rank-1 / mAP in %, ten draws, no flip")
    before = None
    for way, embedder in rows.items():
        found = embedder.samples(list(samples.values()), flip=False)
        places = {key: place for place, key in enumerate(found.keys)}
        scores = []
        for draw in draws:
            query, gallery = (
                found[torch.tensor([places[sample.key] for sample in side])]
                for side in (draw.query, draw.gallery)
            )
            one = retrieval_scores(distances(query, gallery, embedder.metric), query, gallery)
            scores.append((100 * one.rank(1), 100 * one.mean_ap))
        mean = np.mean(scores, axis=0)
        before = mean if before is None else before
        lost = before - mean
        print(
            f"  {way:24} {mean[0]:6.2f} / {mean[1]:6.2f}   lost {lost[0]:5.2f} / {lost[1]:5.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
