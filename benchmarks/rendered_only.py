"""What rendered people teach about real ones: rank-1 and mAP on CUHK01 and CUHK03's first pair.

    PASSERBY_REAL_DATA=DIR python benchmarks/rendered_only.py [CHECKPOINT ...]

CUHK01: the 486 test people, one query and one gallery picture each, the mean of ten draws. Pair 1:
the 143 test people, camera A searches camera B. DIR holds data/cuhk01, data/cuhk03-pair1, models/.
The shipped model stands beside an untrained network, colour histograms and public models, which
have learnt from real people; further checkpoints can be named. Two minutes on one core.
"""

import argparse
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import torch

from passerby.core.embeddings import Embeddings
from passerby.core.sample import Sample
from passerby.data.images import read_image
from passerby.engine.embedder import Embedder, load_embedder
from passerby.models.backbones import build_backbone
from passerby.models.embedding_net import EmbeddingNet
from passerby.models.pooling import average
from passerby.models.shipped import RENDERED
from real_people import real_data, scores, tests

STRIPS = 8
PUBLIC = (
    "osnet_x0_25_msmt17",
    "person-reidentification-retail-0288",
    "person-reidentification-retail-0277",
)


def histograms(samples: Sequence[Sample]) -> Embeddings:
    """Hue and saturation in eight horizontal strips, square roots, as one feature a picture."""
    rows = []
    for sample in samples:
        picture = cv2.cvtColor(read_image(sample.pixels), cv2.COLOR_RGB2HSV)
        strips = np.array_split(picture, STRIPS)
        drawn = [
            cv2.calcHist([s], [0, 1, 2], None, [8, 4, 4], [0, 180, 0, 256, 0, 256]) for s in strips
        ]
        rows.append(np.concatenate([np.sqrt(one.ravel() / one.sum()) for one in drawn]))
    return Embeddings.of(torch.from_numpy(np.stack(rows)).float(), samples, "histograms", "")


def untrained() -> Embedder:
    torch.manual_seed(0)
    like = load_embedder("osnet_x0_25_msmt17", runtime="torch")
    net = EmbeddingNet(build_backbone("osnet_x0_25", pretrained=False), average)
    return Embedder("untrained", "", net.eval(), like.preprocess, "cosine")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("checkpoints", nargs="*", help="further models")
    given = parser.parse_args()
    root = real_data()
    if root is None:
        return
    asked = tests(root)
    ways: dict[str, Callable[[list[Sample]], Embeddings]] = {
        "untrained OSNet x0.25": lambda samples: untrained().samples(samples),
        "colour histograms": histograms,
    }
    for name in (RENDERED, *given.checkpoints, *PUBLIC):
        ways[name] = lambda samples, name=name: load_embedder(name).samples(samples)
    print("| model | " + " | ".join(f"{test.name} rank-1 / mAP" for test in asked) + " |")
    print("|---|" + "---|" * len(asked))
    for name, embed in ways.items():
        shown = [scores(test, embed(test.samples)) for test in asked]
        print(
            f"| {name} | " + " | ".join(f"{r:.1f} / {m:.1f}" for r, m in shown) + " |", flush=True
        )


if __name__ == "__main__":
    main()
