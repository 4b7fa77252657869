"""Each picture is embedded once: what a run has embedded of a data set, it keeps."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import torch

from passerby import __version__
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.engine.embedder import Embedder

_KEPT = 8192
"""Pictures after which what was embedded is written down: minutes of work, seconds to write."""


def embedded(
    embedder: Embedder,
    sets: Sequence[Sequence[Sample]],
    folder: Path,
    *,
    flip: bool = True,
    batch_size: int = 64,
    workers: int = 0,
    device: str = "cpu",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> list[Embeddings]:
    """Embeddings of sets of samples, in their order; what `folder` holds of them is read.

    A picture that was changed, another model or another way to embed is embedded anew. Samples of
    one picture share its features. Whoever interrupts it loses what was made of the last
    few thousand pictures.

    progress: called with distinct pictures done and distinct pictures in all

    Raises PasserbyError when a picture cannot be read, or `folder` holds a broken file.
    """
    stamps = [[_stamp(sample) for sample in samples] for samples in sets]
    distinct = dict(zip(chain(*stamps), chain(*sets), strict=True))
    file = folder / f"{_way(embedder, flip)}.safetensors"
    known = Embeddings.load(file) if file.is_file() else None
    held = set(known.keys) if known else set()
    missing = [stamp for stamp in distinct if stamp not in held]
    before = len(distinct) - len(missing)
    progress(before, len(distinct))
    at_once = max(1, _KEPT // batch_size) * batch_size
    for start in range(0, len(missing), at_once):
        part, done = missing[start : start + at_once], before + start
        made = embedder.samples(
            [distinct[stamp] for stamp in part],
            flip=flip,
            batch_size=batch_size,
            workers=workers,
            device=device,
            progress=lambda new, done=done: progress(done + new, len(distinct)),
        )
        made = replace(made, features=made.features.cpu(), keys=tuple(part))
        known = made if known is None else Embeddings.join([known, made])
        known.save(file)
    if known is None:
        raise PasserbyError("there is no picture to embed; check that the sets hold samples")
    places = {stamp: place for place, stamp in enumerate(known.keys)}
    return [
        Embeddings.of(
            known.features[torch.tensor([places[stamp] for stamp in of_these], dtype=torch.int64)],
            samples,
            embedder.name,
            embedder.hash,
        )
        for of_these, samples in zip(stamps, sets, strict=True)
    ]


def _way(embedder: Embedder, flip: bool) -> str:
    """What decides the features of a picture, in 16 letters."""
    deciding = (embedder.hash, embedder.preprocess, flip, __version__)
    return hashlib.sha256(repr(deciding).encode()).hexdigest()[:16]


def _stamp(sample: Sample) -> str:
    """The key of a picture, and for a file when it was written and how long it is."""
    if not isinstance(sample.pixels, Path) or not sample.pixels.is_file():
        return sample.key
    about = sample.pixels.stat()
    return f"{sample.key}|{about.st_mtime_ns}|{about.st_size}"
