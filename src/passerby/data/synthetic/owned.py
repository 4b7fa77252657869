"""`Owned`: what belongs to each figure or picture of a batch, at the points that show it."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import torch
from torch import Tensor

from passerby.data.synthetic.colours import Colour
from passerby.data.synthetic.pigment import linear
from passerby.data.synthetic.upload import upload

T = TypeVar("T")
S = TypeVar("S")


class Owned(Generic[T]):
    """Things, such as people or cameras, of which each of P points shows one.

    things: N of them; owner: (P,) int64, which one a point shows
    chosen: which of them are meant; the others are passed over by `share`

    The same formula paints one person or a thousand at once: `number` gives it a plain number when
    all are alike, and else a number for each point.

    >>> two = Owned(("a", "bcd"), torch.tensor([1, 0, 1]))
    >>> two.number(len)
    tensor([3., 1., 3.])
    >>> Owned(("bcd",), torch.tensor([0, 0])).number(len)
    3.0
    """

    def __init__(
        self, things: Sequence[T], owner: Tensor, chosen: tuple[bool, ...] | None = None
    ) -> None:
        self.things, self.owner = tuple(things), owner
        self.chosen = chosen or (True,) * len(self.things)

    def map(self, part: Callable[[T], S]) -> "Owned[S]":
        """A part of each thing."""
        meant = self.things[self.chosen.index(True)]  # who is not meant may have no such part
        of = [part(one if mine else meant) for one, mine in self._both()]
        return Owned(of, self.owner, self.chosen)

    def only(self, test: Callable[[T], bool]) -> "Owned[T] | None":
        """Those that pass a test; None when nobody does.

        >>> none = Owned(("a", "bcd"), torch.tensor([1, 0, 1])).only(str.isdigit)
        >>> none is None
        True
        """
        chosen = tuple(mine and test(one) for one, mine in self._both())
        return Owned(self.things, self.owner, chosen) if any(chosen) else None

    def at(self, which: Tensor) -> "Owned[T]":
        """The same at some of the points."""
        owner = self.owner if len(self.things) == 1 else self.owner.index_select(0, which)
        return Owned(self.things, owner, self.chosen)

    def number(self, value: Callable[[T], float]) -> float | Tensor:
        """A number of each point's thing: (P,) float32, or one number when all are alike."""
        values = self._values(value)
        return float(values[0]) if len(set(values)) == 1 else self._points(values)

    def vector(self, value: Callable[[T], Sequence[float]]) -> Tensor:
        """Numbers of each point's thing: (P, K) float32, or (1, K) when all are alike."""
        values = self._values(value)
        if len(set(map(tuple, values))) == 1:
            return upload([tuple(values[0])], self.owner.device, torch.float32)
        return self._points(values)

    def colour(self, value: Callable[[T], Colour]) -> Tensor:
        """A colour of each point's thing as linear light: (P, 3) or (1, 3)."""
        return self.vector(lambda one: linear(value(one)))

    def share(self, share: Tensor) -> Tensor:
        """`share` (P,) at the points of those that are meant, 0 elsewhere.

        >>> both = Owned(("a", "bcd"), torch.tensor([1, 0, 1]))
        >>> long = both.only(lambda word: len(word) > 1)
        >>> long.share(torch.ones(3)).tolist()
        [1.0, 0.0, 1.0]
        """
        if all(self.chosen):
            return share
        mine = upload(list(self.chosen), self.owner.device).index_select(0, self.owner)
        return torch.where(mine, share, 0)

    def _values(self, value: Callable[[T], S]) -> list[S]:
        """The value of each thing; the others have that of somebody who is meant."""
        meant = value(self.things[self.chosen.index(True)])
        return [value(one) if mine else meant for one, mine in self._both()]

    def _both(self) -> "zip[tuple[T, bool]]":
        return zip(self.things, self.chosen, strict=True)

    def _points(self, values: Sequence) -> Tensor:
        return upload(values, self.owner.device, torch.float32).index_select(0, self.owner)
