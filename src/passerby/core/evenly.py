"""Some of many things, evenly from first to last."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def evenly(things: Sequence[T], count: int) -> list[T]:
    """`count` of the things, evenly spread from the first on; all where there are no more.

    >>> evenly("abcdef", 3), evenly("ab", 3)
    (['a', 'c', 'e'], ['a', 'b'])
    """
    if len(things) <= count:
        return list(things)
    return [things[place * len(things) // count] for place in range(count)]
