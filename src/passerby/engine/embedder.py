"""`Embedder`: a model with all that is needed to make comparable features of pictures."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from passerby.core.batch import Batch
from passerby.core.distances import Metric
from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.core.sample import Sample
from passerby.data.loader import loader
from passerby.data.preprocess import prepare
from passerby.engine.checkpoint import load_checkpoint
from passerby.engine.export_note import SUFFIXES, ExportNote
from passerby.engine.export_runtime import Runtime, asked_runtime, fastest, open_network
from passerby.engine.run_folder import run_folder
from passerby.methods.method import Method
from passerby.models.catalogue import CATALOGUE, names
from passerby.models.embed import embed
from passerby.models.embedding_net import EmbeddingNet
from passerby.models.named import build_named
from passerby.models.notes import TORCHSCRIPT
from passerby.models.onnx_model import ONNXModel
from passerby.models.openvino_model import OpenVINOModel
from passerby.models.shipped import shipped, shipped_names
from passerby.models.weights import fetch, sha256_of

_TORCH = (Method, EmbeddingNet)
"""The models that may have exports."""


@dataclass(frozen=True, eq=False)
class Embedder:
    """A model, how its input is made, and how its features compare.

    name:       what the model is called in embeddings and reports
    hash:       SHA-256 of its weight file; of several, of their contents in order
    model:      images (B, 3, H, W) -> features (B, D)
    preprocess: how pictures become images
    metric:     the distance that the model's features are meant for
    compare:    the learned distance that ranks them better, features (N, D) and (M, D) on the
                model's device -> (N, M); None where there is none, as in most models
    """

    name: str
    hash: str
    model: nn.Module
    preprocess: Preprocess
    metric: Metric
    compare: Callable[[Tensor, Tensor], Tensor] | None = None

    def samples(
        self,
        samples: Sequence[Sample],
        *,
        flip: bool = True,
        batch_size: int = 64,
        workers: int = 0,
        device: torch.device | str = "cpu",
        progress: Callable[[int], object] | None = None,
    ) -> Embeddings:
        """Embeddings of `samples`, in their order.

        flip:     average with the mirror image's feature, see `passerby.models.embed.embed`
        workers:  processes that read and prepare pictures
        progress: called after each batch with the number of pictures done so far

        Raises PasserbyError when there is no sample, or a picture cannot be read.
        """
        batches = loader(samples, self.preprocess, batch_size=batch_size, workers=workers)
        features = embed(self.model, batches, flip=flip, device=device, progress=progress)
        return Embeddings.of(features, samples, self.name, self.hash)

    def crops(
        self,
        images: Sequence[np.ndarray],
        *,
        flip: bool = True,
        batch_size: int = 64,
        device: torch.device | str = "cpu",
    ) -> Tensor:
        """Features (N, D) float32 on the CPU of pictures, each (H, W, 3) uint8 RGB of any size.

        Raises PasserbyError when there is no picture, or one is no such array.
        """
        batches = (
            _unlabelled(prepare(images[start : start + batch_size], self.preprocess))
            for start in range(0, len(images), batch_size)
        )
        return embed(self.model, batches, flip=flip, device=device)


def load_embedder(
    which: str | Path,
    device: torch.device | str = "cpu",
    *,
    preprocess: Preprocess | None = None,
    runtime: Runtime | None = None,
) -> Embedder:
    """The embedder that `which` stands for, its model on `device`.

    which: the name of a model that comes with Passerby, see `passerby.models.shipped`; that of a
           public one, see `passerby.models.catalogue`; or a path: a Passerby checkpoint, a run
           folder, a file of `passerby export`, another OpenVINO .xml or .onnx
    preprocess: how pictures become the model's input, for .xml and .onnx files that `passerby
           export` did not write and that do not say so themselves. Without it a file's own height
           and width are taken, and the habit of its kind: an .xml takes raw BGR from 0 to 255, an
           .onnx RGB normalised as for ImageNet
    runtime: "torch" makes features by the checkpoint itself; "auto", on the CPU, by the fastest
           export of that checkpoint in the folder exports of its run, see
           `passerby.engine.export_runtime.fastest`. Without it PASSERBY_RUNTIME decides, or "auto"

    A Passerby model is called after its run's folder. Its features compare as its method says,
    those of public models by cosine. An exported file is called, and compares, as its note says.

    Raises PasserbyError when nothing goes by that name, when it cannot be loaded, when an exported
    file was changed, or when there is no such device.
    """
    name, runtime = str(which), asked_runtime(runtime)
    if name in shipped_names():
        which = shipped(name)
    if name in CATALOGUE:
        embedder = _public(name)
    elif not Path(which).exists():
        known = [*shipped_names(), *names("embedder")]
        near = difflib.get_close_matches(name, known, n=2, cutoff=0.4)
        raise PasserbyError(
            f"there is no embedder {name!r}: no file or folder has that name, and no public model; "
            f"did you mean {', '.join(near or known)}?"
        )
    elif Path(which).suffix in SUFFIXES.values() and not Path(which).is_dir():
        embedder = _file(Path(which), preprocess, device)
    else:
        method, own, checksum = load_checkpoint(Path(which))
        run = run_folder(which).resolve()
        compare = method.distances if method.learned_distances else None
        embedder = Embedder(run.name, checksum, method, own, method.metric, compare)
    if runtime == "auto" and str(device) == "cpu" and isinstance(embedder.model, _TORCH):
        network = fastest(run_folder(which), embedder.hash, embedder.preprocess)
        embedder = replace(embedder, model=network or embedder.model)
    try:
        embedder.model.to(device).eval()
    # Without CUDA torch fails an assertion; without a driver, or for a made-up device, otherwise.
    except (AssertionError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise PasserbyError(
            f"the device '{device}' cannot be used here: {reason}; pass --device cpu"
        ) from error
    return embedder


def _public(name: str) -> Embedder:
    """A model of the catalogue."""
    model = CATALOGUE[name]
    if model.task != "embedder":
        raise PasserbyError(
            f"{name!r} is a {model.task}, no embedder; choose {', '.join(names('embedder'))}, or "
            "give a checkpoint"
        )
    paths = fetch(name)
    return Embedder(name, sha256_of(paths), build_named(model, paths), model.preprocess, "cosine")


def _file(path: Path, preprocess: Preprocess | None, device: torch.device | str) -> Embedder:
    """A network in a file of `passerby export`, or in an .xml or .onnx of other origin."""
    note = ExportNote.read(path)
    if note is not None:
        if preprocess not in (None, note.preprocess):
            raise PasserbyError(
                f"'{path}' was exported for {note.preprocess}, and is asked for another way to "
                "make its input; leave that out"
            )
        network = open_network(path, note, device)
        return Embedder(note.name, note.hash, network, note.preprocess, note.metric)
    if path.suffix == TORCHSCRIPT:
        raise PasserbyError(
            f"'{path}' does not say how its input is made: `passerby export` did not write it; "
            "export the checkpoint again"
        )
    if path.suffix == ".xml":
        model: OpenVINOModel | ONNXModel = OpenVINOModel(path)
        checksum = sha256_of([path, path.with_suffix(".bin")])
    else:
        model = ONNXModel(path)
        checksum = sha256_of([path])
    if preprocess is None:
        height, width = model.height or 256, model.width or 128
        raw = Preprocess(height, width, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 1.0, "bgr")
        preprocess = raw if path.suffix == ".xml" else Preprocess(height, width)
    return Embedder(path.stem, checksum, model, preprocess, "cosine")


def _unlabelled(images: Tensor) -> Batch:
    """A batch of pictures of whom nothing is known."""
    unknown = torch.full((len(images),), -1)
    return Batch(images, unknown, unknown, unknown, torch.arange(len(images)))
