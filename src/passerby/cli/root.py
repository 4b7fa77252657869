"""ROOT, the folder of a data set: the last positional, which not every data set needs."""

from argparse import ArgumentError
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser, Namespace


def parse_with_root(
    build: Callable[["ArgumentParser"], object], arguments: list[str], *, prog: str, about: str
) -> "Namespace":
    """The arguments, with `root` a Path, or None where it was left out.

    build: adds all other arguments to the parser
    """
    from pathlib import Path

    from jsonargparse import ArgumentParser

    def parser(nargs: str | None, *, exit_on_error: bool) -> ArgumentParser:
        made = ArgumentParser(prog=prog, description=about, exit_on_error=exit_on_error)
        build(made)
        told = "the data set's folder; the rendered world needs none"
        made.add_argument("root", nargs=nargs, type=Path, help=told)
        return made

    # An optional one would be taken for missing in `DATASET --option value ROOT`, so that is tried
    # last; it also says whatever else is wrong, and how to call the command.
    if not {"-h", "--help"} & set(arguments):
        try:
            return parser(None, exit_on_error=False).parse_args(arguments)
        except ArgumentError:
            pass
    return parser("?", exit_on_error=True).parse_args(arguments)
