"""A pretended accelerator: tensors that say they are elsewhere, and never mix with the host's.

Their numbers lie in the host's memory and its kernels work on them, but as on a real accelerator
an operation on tensors of both kinds fails, and so does handing one to numpy. What runs under
`pretended()` makes no tensor on the host by accident.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

ELSEWHERE = torch.device("meta")
"""The device by its name; torch knows no other that needs no hardware."""


class Elsewhere(Tensor):
    """A tensor of the pretended device around one of the host's."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> "Elsewhere":
        made = Tensor._make_wrapper_subclass(
            cls, held.shape, strides=held.stride(), storage_offset=held.storage_offset(),
            dtype=held.dtype, device=ELSEWHERE,
        )  # fmt: skip
        made.held = held
        return made

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return _work(func, args, kwargs or {})


class _Mode(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return _work(func, args, kwargs or {})


def _work(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    tensors = [one for one in tree_flatten((args, kwargs))[0] if isinstance(one, Tensor)]
    away = [one for one in tensors if isinstance(one, Elsewhere)]
    target = kwargs.get("device")
    moves = func in (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default)
    if away and not moves:
        strangers = [one for one in tensors if not isinstance(one, Elsewhere) and one.ndim]
        assert not strangers, f"{func} mixes tensors of the host and of the device"
    there = bool(away) if target is None else torch.device(target) == ELSEWHERE
    if target is not None:
        kwargs = {**kwargs, "device": torch.device("cpu")}
    bare_args, bare = tree_map(lambda one: one.held if isinstance(one, Elsewhere) else one,
                               (args, kwargs))  # fmt: skip
    result = func(*bare_args, **bare)
    if not there:
        return result
    # An operation in place gives the tensor it was handed, not another one around the same.
    same = {id(one.held): one for one in away}
    return tree_map(
        lambda one: same.get(id(one), Elsewhere(one)) if isinstance(one, Tensor) else one, result
    )


@contextmanager
def pretended() -> Iterator[torch.device]:
    """The pretended device."""
    with _Mode():
        yield ELSEWHERE


def here(tensor: Tensor) -> Tensor:
    """The host's copy of a tensor that must be elsewhere."""
    assert isinstance(tensor, Elsewhere), "the tensor never left the host"
    return tensor.held.clone()
