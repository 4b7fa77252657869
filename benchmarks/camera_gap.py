"""Why CCSC's condition matters: how alike are pictures of a person by one camera, and by two?

    PASSERBY_REAL_DATA=DIR python benchmarks/camera_gap.py RUN [RUN ...]

RUN is a run folder or a model's name. Of DIR/data, the pictures that the ablation of CCSC learns
from: 485 people of CUHK01 and 600 of CUHK03's first camera pair. For each pair of pictures the
cosine of their features; shares are of the pairs of one person, two different pictures each. The
CCSC loss draws a pair by a gradient of sin / (1 + cos)^2 on the angle between its features.
"""

import argparse
import os
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.embeddings import Embeddings
from passerby.data.readers import read_dataset
from passerby.engine.embedder import load_embedder

SETS = (("cuhk01", "cuhk01", {"shots": 2}), ("cuhk03_pair1", "cuhk03-pair1", {"gallery": "all"}))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="*", default=["osnet_x0_25_msmt17"])
    given = parser.parse_args()
    named = Path(os.environ.get("PASSERBY_REAL_DATA", "../shared"))
    if not (named / "data" / "cuhk01").is_dir():
        print(f"skipped: no CUHK01 in {named / 'data'}; set PASSERBY_REAL_DATA")
        return
    os.environ.setdefault("PASSERBY_MODELS", str(named / "models"))
    head = ["model", "learnt from", "pairs", "share", "cosine", "pull"]
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for run in given.runs:
        embedder = load_embedder(run)
        for name, folder, options in SETS:
            learnt = read_dataset(name, named / "data" / folder, options).trainval
            for line in lines(embedder.samples(learnt, flip=False)):
                print(f"| {run} | {name} | {' | '.join(line)} |", flush=True)


def lines(found: Embeddings) -> list[list[str]]:
    """Pairs by one camera, by two cameras, and of two people: share, mean cosine, mean pull."""
    same = {kind: torch.zeros(3, dtype=torch.float64) for kind in ("one camera", "two cameras")}
    others = torch.zeros(2, dtype=torch.float64)
    features = normalize(found.features.double())
    for person in found.persons.unique():
        mine = found.persons == person
        cosines = features[mine] @ features[mine].T
        cameras = found.cameras[mine]
        alike = cameras[:, None] == cameras
        apart = ~torch.eye(len(cameras), dtype=torch.bool)
        for kind, pairs in (("one camera", alike & apart), ("two cameras", ~alike)):
            same[kind] += of_pairs(cosines[pairs])
        strangers = features[mine] @ features[~mine].T
        others += torch.stack([torch.tensor(float(strangers.numel())), strangers.sum()])
    total = sum(float(sums[0]) for sums in same.values())
    table = [
        [kind, f"{n / total:.0%}", f"{cosine / n:.3f}", f"{pull / n:.3f}"]
        for kind, (n, cosine, pull) in ((kind, sums.tolist()) for kind, sums in same.items())
        if n
    ]
    return [*table, ["two people", "", f"{others[1] / others[0]:.3f}", ""]]


def of_pairs(cosines: Tensor) -> Tensor:
    """How many, the sum of their cosines, and of what CCSC pulls at their angles with."""
    sines = (1 - cosines**2).clamp(min=0).sqrt()
    pulls = sines / (1 + cosines) ** 2
    return torch.stack([torch.tensor(float(len(cosines))), cosines.sum(), pulls.sum()])


if __name__ == "__main__":
    main()
