"""Does a learned matching score rank strangers better than the embedding's own distance?

    PASSERBY_REAL_DATA=DIR python benchmarks/matching_head.py

Of CUHK01 in DIR/data, with DIR/models. Features are those of OSNet x0.25 with public MSMT17 weights
at 128 x 64, held still; heads learn from the pictures of 250 people, 600 batches of 12 people with
4 pictures, and rank those of 200 others. Half a minute on one core.
"""

import os
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.sample import Sample, people
from passerby.data.readers import read_dataset
from passerby.engine.embedder import load_embedder
from passerby.losses.monotone import MonotoneHead
from passerby.losses.verification import MatchingHead, batch_verification_loss
from passerby.metrics.retrieval import retrieval_scores
from passerby.metrics.verification import verification_scores

STEPS, PERSONS = 600, 12


def main() -> None:
    named = Path(os.environ.get("PASSERBY_REAL_DATA", "../shared"))
    root = named / "data" / "cuhk01"
    if not root.is_dir():
        print(f"skipped: no CUHK01 at {root}; set PASSERBY_REAL_DATA")
        return
    os.environ.setdefault("PASSERBY_MODELS", str(named / "models"))
    splits = read_dataset("cuhk01", root, {"shots": 2})
    embedder = load_embedder("osnet_x0_25_msmt17")
    small = replace(embedder.preprocess, height=128, width=64)
    embedder = replace(embedder, preprocess=small)
    train, query, gallery = (
        embedder.samples(first(samples, count), flip=False)
        for samples, count in ((splits.train, 250), (splits.query, 200), (splits.gallery, 200))
    )
    a, b = query.features, gallery.features
    print(f"{'':34}{'rank-1':>8}{'mAP':>8}{'AUC':>8}")
    show("Euclidean distance", torch.cdist(a, b), query, gallery)
    show("cosine", torch.cdist(normalize(a), normalize(b)), query, gallery)
    channels = a.shape[1]
    for name, head, rate, sgd in (
        ("linear, Adam 3e-4", MatchingHead(channels, dropout=0.0), 3e-4, False),
        ("linear, Adam 3e-4, dropout 0.9", MatchingHead(channels), 3e-4, False),
        ("linear, SGD 1e-3", MatchingHead(channels, dropout=0.0), 1e-3, True),
        ("linear, SGD 1e-3, dropout 0.9", MatchingHead(channels), 1e-3, True),
        ("monotone, Adam 3e-4", MonotoneHead(channels), 3e-4, False),
        ("monotone, Adam 3e-3", MonotoneHead(channels), 3e-3, False),
        ("monotone, Adam 3e-3, dropout 0.9", MonotoneHead(channels, 0.9), 3e-3, False),
        ("monotone, SGD 1e-3", MonotoneHead(channels), 1e-3, True),
    ):
        learn(head, train, rate, sgd)
        show(name, head.eval().distances(a, b), query, gallery)
        if isinstance(head, MatchingHead):
            negative = (head.logits.weight[0] < head.logits.weight[1]).float().mean()
            print(f"    negative weights: {negative.item():.0%}")


def first(samples: tuple[Sample, ...], count: int) -> list[Sample]:
    """The pictures of the first so many people."""
    kept = set(people(samples)[:count])
    return [sample for sample in samples if sample.person in kept]


def learn(head: MatchingHead | MonotoneHead, train: Embeddings, rate: float, sgd: bool) -> None:
    torch.manual_seed(0)
    weights = head.parameters()
    optimizer: torch.optim.Optimizer = torch.optim.Adam(weights, rate, weight_decay=5e-4)
    if sgd:
        optimizer = torch.optim.SGD(head.parameters(), rate, momentum=0.9, weight_decay=5e-4)
    everybody = train.persons.unique()
    for _ in range(STEPS):
        chosen = everybody[torch.randperm(len(everybody))[:PERSONS]]
        rows = torch.isin(train.persons, chosen)
        loss = batch_verification_loss(head, train.features[rows], train.persons[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def show(name: str, far: Tensor, query: Embeddings, gallery: Embeddings) -> None:
    """Print rank-1, mAP, and how often a right pair is nearer than a wrong one, per cent."""
    blocks = DistanceBlocks.of_matrix(far.detach())
    ranked = retrieval_scores(blocks, query, gallery)
    area = verification_scores(blocks, query, gallery).area
    figures = ranked.cmc[0].item(), ranked.mean_ap, area
    print(f"{name:34}" + "".join(f"{100 * one:8.1f}" for one in figures), flush=True)


if __name__ == "__main__":
    main()
