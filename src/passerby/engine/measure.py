"""Measuring while learning, on people who are not learnt from."""

import passerby.core  # noqa: F401, I001  mends torchvision, which Lightning imports

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from lightning import Callback, LightningModule, Trainer

from passerby.core.embeddings import Embeddings
from passerby.core.preprocess import Preprocess
from passerby.core.sample import Sample
from passerby.core.scores import Scores
from passerby.data.loader import loader
from passerby.methods.method import Method
from passerby.metrics.protocols import CAMERA_FREE, MARKET1501
from passerby.metrics.retrieval import retrieval_scores
from passerby.models.embed import embed
from passerby.ranking.matching import matching
from passerby.ranking.plain import distances


def measure(method: Method, samples: Sequence[Sample], preprocess: Preprocess) -> Scores:
    """Scores of `method` when each of `samples` is searched among all of them.

    Under the rules of Market-1501 where anybody is seen by two cameras, else under those
    without cameras. Pictures are not mirrored: this is for comparing epochs.
    """
    seen_by: defaultdict[int, set[int]] = defaultdict(set)
    for sample in samples:
        seen_by[sample.person].add(sample.camera)
    across = any(len(cameras) > 1 for cameras in seen_by.values())
    features = embed(method, loader(samples, preprocess), flip=False, device=method.device)
    embeddings = Embeddings.of(features, samples, type(method).__name__, "")
    if method.learned_distances:
        there = replace(embeddings, features=features.to(method.device))
        ranked = matching(there, there, method.distances)
    else:
        ranked = distances(embeddings, embeddings, method.metric)
    return retrieval_scores(
        ranked,
        embeddings,
        embeddings,
        MARKET1501 if across else CAMERA_FREE,
    )


class MeasureHeldOut(Callback):
    """Log val/rank1 and val/mAP of the people held out, every `every` epochs and after the last."""

    def __init__(self, samples: Sequence[Sample], preprocess: Preprocess, every: int) -> None:
        self.samples = samples
        self.preprocess = preprocess
        self.every = every

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Measure, in the first process alone."""
        epochs = trainer.current_epoch + 1
        due = epochs % self.every == 0 or epochs == trainer.max_epochs
        if not due or not self.samples or not trainer.is_global_zero:
            return
        assert isinstance(pl_module, Method)
        scores = measure(pl_module, self.samples, self.preprocess)
        for name, value in (("val/rank1", scores.rank(1)), ("val/mAP", scores.mean_ap)):
            pl_module.log(name, value, prog_bar=True, rank_zero_only=True)
