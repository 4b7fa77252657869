"""`Table`: the rows of a paper's ablation table, and how they are learnt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from passerby.core.errors import PasserbyError

Published = Mapping[str, tuple[float, float]]
"""Data set -> rank-1 and mAP in per cent."""


@dataclass(frozen=True)
class Row:
    """One row of a table: a method with its switches set.

    key:       what its folder is called, and what it is chosen by
    name:      what the table calls it
    arguments: of the method, as far as the row differs from the paper's own settings
    embeds:    arguments that decide what is embedded, not what is learnt: rows that differ in
               these alone share their training
    method:    name of the method, where it is not the table's
    published: what the paper prints
    """

    key: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    embeds: Mapping[str, Any] = field(default_factory=dict)
    method: str = ""
    published: Published = field(default_factory=dict)


@dataclass(frozen=True)
class Schedule:
    """How a method is learnt as published.

    recipe: its `data` and `trainer` settings hold for every row of the method
    epochs: of the paper, or those that its recipe counts by steps
    counts: arguments of the method that count epochs, with the paper's values, for as many epochs;
            they shrink with the number of epochs. None values are set as they are
    """

    recipe: str
    epochs: int
    counts: Mapping[str, int | tuple[int, ...] | None]


@dataclass(frozen=True)
class Table:
    """A table, or several that share their rows. Its first row is what others are compared with.

    title:     what it is about
    source:    the paper
    method:    name of the method
    schedules: method -> how it is learnt, for each method that a row has
    rows:      in the order of the paper
    remark:    what a reader must know
    """

    title: str
    source: str
    method: str
    schedules: Mapping[str, Schedule]
    rows: tuple[Row, ...]
    remark: str = ""

    def method_of(self, row: Row) -> str:
        """The name of a row's method."""
        return row.method or self.method

    def learnt_as(self, row: Row) -> Row:
        """The first row that is trained in the same way, which may be the row itself."""
        return next(
            one
            for one in self.rows
            if (self.method_of(one), one.arguments) == (self.method_of(row), row.arguments)
        )

    def chosen(self, keys: Sequence[str] = ()) -> tuple[Row, ...]:
        """The rows called `keys`, in the table's order; all when none are named.

        Raises PasserbyError when there is no such row.
        """
        known = [row.key for row in self.rows]
        if unknown := [key for key in keys if key not in known]:
            raise PasserbyError(
                f"the table has no row {unknown[0]!r}; its rows are {', '.join(known)}"
            )
        return tuple(row for row in self.rows if not keys or row.key in keys)
