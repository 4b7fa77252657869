"""The comparison that a model has learnt, found again after it was measured."""

from passerby.core.errors import PasserbyError
from passerby.engine.embedder import load_embedder
from passerby.ranking.matching import Compare


def learned_comparison(checkpoint: str, model_hash: str) -> Compare:
    """How the model in `checkpoint` compares embeddings, on the CPU.

    Raises PasserbyError when there is no such model any more, it is another one than `model_hash`
    says, or it has learnt no comparison.
    """
    embedder = load_embedder(checkpoint, runtime="torch")
    if embedder.hash != model_hash or embedder.compare is None:
        raise PasserbyError(
            f"the model in '{checkpoint}' is not the one that was measured, and its own comparison "
            "is needed to rank again; run `passerby evaluate` again"
        )
    return embedder.compare
