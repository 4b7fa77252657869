"""Loops that are compiled by Numba where it is installed, and spread over threads.

Numba is optional: whoever calls `available` first takes another way where it says no.
"""

import importlib.util
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import torch

Loop = Callable[..., Any]


def available() -> bool:
    """Whether loops can be compiled: Numba is there, and PASSERBY_COMPILED is not 0."""
    return os.environ.get("PASSERBY_COMPILED") != "0" and _installed()


@cache
def compiled(loop: Loop) -> Loop:
    """`loop` in machine code, which other threads can run beside; compiled at its first call.

    The machine code is kept beside the source, or in the user's cache folder, for the next
    process.

    >>> def total(values):
    ...     out = 0.0
    ...     for value in values:
    ...         out += value
    ...     return out
    >>> import numpy as np
    >>> float(compiled(total)(np.ones(3))) if available() else 3.0
    3.0
    """
    import numba

    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(loop)
    except RuntimeError:  # no folder can be written to, or there is no source file
        return numba.njit(**options)(loop)


def spread(work: Callable[[int, int], object], count: int, least: int = 1) -> None:
    """Call `work(start, stop)` for parts of `range(count)`, one on each of torch's threads.

    least: so few are not divided further

    >>> parts = []
    >>> spread(lambda start, stop: parts.append((start, stop)), 10, least=10)
    >>> parts
    [(0, 10)]
    """
    threads = min(torch.get_num_threads(), max(1, count // max(1, least)))
    if threads == 1:
        work(0, count)
        return
    # More parts than threads: rows differ in work, and a thread that is done takes the next.
    parts = min(count, 4 * threads)
    edges = [count * part // parts for part in range(parts + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


@cache
def _installed() -> bool:
    return importlib.util.find_spec("numba") is not None
