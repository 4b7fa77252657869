"""Each picture is embedded once: what a run has embedded of a data set, it keeps."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from passerby import __version__
from passerby.core.embeddings import Embeddings
from passerby.core.sample import Sample
from passerby.engine.embedder import Embedder


def embedded(
    embedder: Embedder,
    samples: Sequence[Sample],
    folder: Path,
    *,
    flip: bool = True,
    batch_size: int = 64,
    workers: int = 0,
    device: str = "cpu",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Embeddings:
    """Embeddings of one or more samples, in their order; what `folder` holds of them is read.

    A picture that was changed, another model or another way to embed is embedded anew. Samples of
    one picture share its features.

    progress: called with distinct pictures done and distinct pictures in all

    Raises PasserbyError when a picture cannot be read, or `folder` holds a broken file.
    """
    stamps = [_stamp(sample) for sample in samples]
    distinct = dict(zip(stamps, samples, strict=True))
    file = folder / f"{_way(embedder, flip)}.safetensors"
    known = Embeddings.load(file) if file.is_file() else None
    held = set(known.keys) if known else set()
    missing = {stamp: sample for stamp, sample in distinct.items() if stamp not in held}
    done = len(distinct) - len(missing)
    progress(done, len(distinct))
    if known is None or missing:
        made = embedder.samples(
            list(missing.values()),
            flip=flip,
            batch_size=batch_size,
            workers=workers,
            device=device,
            progress=lambda new: progress(done + new, len(distinct)),
        )
        made = replace(made, features=made.features.cpu(), keys=tuple(missing))
        known = made if known is None else Embeddings.join([known, made])
        known.save(file)
    places = {stamp: place for place, stamp in enumerate(known.keys)}
    rows = torch.tensor([places[stamp] for stamp in stamps])
    return Embeddings.of(known.features[rows], samples, embedder.name, embedder.hash)


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
