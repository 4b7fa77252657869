"""Pictures a second through each stage of embedding: preparing, then each network.

    python benchmarks/embedding.py [BACKBONE or MODEL...]

Networks begin with random weights, which cost the same; public models need their files, see
`passerby.models.weights`. The peer of preparing is the same work written with Pillow and
torchvision, one picture at a time. Compare runs of one machine, idle.
"""

import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from PIL import Image

from passerby.core.preprocess import IMAGENET_MEAN, IMAGENET_STD, Preprocess
from passerby.data.preprocess import prepare
from passerby.engine.embedder import Embedder, load_embedder
from passerby.models.backbones import build_backbone
from passerby.models.catalogue import CATALOGUE
from passerby.models.embedding_net import EmbeddingNet
from passerby.models.pooling import average

PICTURES = 64
SECONDS = 3.0


def main(models: list[str]) -> None:
    generator = np.random.default_rng(0)
    crops = [generator.integers(0, 256, (400, 200, 3), np.uint8) for _ in range(PICTURES)]
    preprocess = Preprocess(256, 128)
    print(f"{torch.get_num_threads()} threads; pictures of 400 x 200 to 256 x 128")
    show("prepare", lambda: prepare(crops, preprocess))
    show("prepare by Pillow and torchvision", lambda: peer(crops))
    for name in models:
        show(f"embed by {name}, no flip", partial(embedder(name).crops, crops, flip=False))


def embedder(name: str) -> Embedder:
    if name in CATALOGUE:
        return load_embedder(name)
    net = EmbeddingNet(build_backbone(name), average).eval()
    return Embedder(name, "", net, Preprocess(256, 128), "cosine")


def peer(crops: list[np.ndarray]) -> torch.Tensor:
    from torchvision.transforms import v2

    transform = v2.Compose(
        [
            v2.Resize((256, 128)),
            v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(IMAGENET_MEAN, IMAGENET_STD),
        ]
    )
    return torch.stack([transform(Image.fromarray(crop)) for crop in crops])


def show(what: str, work: Callable[[], object]) -> None:
    work()
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        work()
        done += PICTURES
    print(f"{what:50} {done / (time.perf_counter() - start):8.0f} / s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["osnet_x0_25", "osnet_x1_0", "resnet50", "resnet50_ibn_a"])
