"""Variant: a learnt model with test-time arguments of another choice."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.core.option_types import typed
from passerby.engine.checkpoint import MODEL, load_checkpoint, save_checkpoint
from passerby.engine.run_folder import run_folder
from passerby.methods.method import Method


def variant(checkpoint: str | Path, arguments: Mapping[str, Any]) -> Path:
    """The run folder of a model whose weights are those of `checkpoint`, and embed otherwise.

    It stands beside the first run, is named for it and the arguments, and holds the model alone:
    whatever takes a run folder takes it. Its hash is another one, so no gallery mixes the two.

    arguments: see `embedding_as`; `checkpoint` itself is the answer where there are none

    Raises PasserbyError as `load_checkpoint` and `embedding_as` do, and when the folder cannot be
    written.
    """
    if not arguments:
        return Path(checkpoint)
    method, preprocess, _ = load_checkpoint(Path(checkpoint))
    made = embedding_as(method, arguments)
    run = run_folder(checkpoint)
    words = [f"{name}-{made.arguments[name]}".lower() for name in arguments]
    folder = run.with_name("-".join([run.resolve().name, *words]))
    save_checkpoint(made, preprocess, folder / MODEL)
    return folder


def embedding_as(method: Method, arguments: Mapping[str, Any]) -> Method:
    """A method with the same weights that embeds as `arguments` say; in evaluation mode.

    arguments: some of its `test_time` arguments, such as {"embed_local": True}

    Raises PasserbyError when it has no such argument, or a value is of another kind.
    """
    kind, own = type(method), method.test_time
    if unknown := [name for name in arguments if name not in own]:
        raise PasserbyError(
            f"{kind.__name__} has no argument {unknown[0]!r} that could change after training; "
            + (f"it has {', '.join(own)}" if own else "it embeds in one way only")
        )
    named = inspect.signature(kind).parameters
    chosen = {
        name: typed(f"{kind.__name__}'s argument {name}", value, named[name].annotation)
        for name, value in arguments.items()
    }
    begun = {"pretrained": False, "initial_weights": None}
    made = kind(**method.arguments | {n: v for n, v in begun.items() if n in named} | chosen)
    made.load_state_dict(method.state_dict())
    return made.eval()
