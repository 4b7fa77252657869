"""Every data set by name."""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.core.option_types import typed
from passerby.data.csv_file import csv_file
from passerby.data.cuhk01 import cuhk01
from passerby.data.cuhk03 import cuhk03
from passerby.data.cuhk03_pair1 import cuhk03_pair1
from passerby.data.cuhk_sysu import cuhk_sysu
from passerby.data.dukemtmc import dukemtmc
from passerby.data.folder import folder
from passerby.data.market1501 import market1501
from passerby.data.mars import mars
from passerby.data.msmt17 import msmt17
from passerby.data.prid2011 import prid2011
from passerby.data.regdb import regdb
from passerby.data.splits import Splits
from passerby.data.synthetic.crops import rendered
from passerby.data.sysu_mm01 import sysu_mm01
from passerby.data.union import joined, named_sets
from passerby.data.viper import viper


def union(root: Path | None = None, *, sets: str = "", test: str = "") -> Splits:
    """Several data sets as one, with people and cameras numbered so that none is in two of them.

    `root`, where it is named, is the folder that the sets' own folders are in. What is learnt from
    is joined, and so is what is tested on.

    Raises PasserbyError when no set is named or `test` is none of them, and as their readers do.

    Args:
        root: the folder that relative folders in `sets` start at
        sets: NAME:FOLDER of each, parted by commas; options of its reader follow a question mark,
            as in cuhk01:one?people=871/100&split=1,market1501:two
        test: the name of the one set to test on; all of them when left out
    """
    named = named_sets(sets)
    if test and test not in (one.name for one in named):
        raise PasserbyError(
            f"the union has no set {test!r} to test on; it has "
            f"{', '.join(one.name for one in named)}"
        )
    for one in named:
        if one.name == "union":
            raise PasserbyError("a union of unions is one union: name all sets in one list")
    parts = [read_dataset(one.name, one.root(root), one.options) for one in named]
    return joined(parts, [test in ("", one.name) for one in named])


READERS: dict[str, Callable[..., Splits]] = {
    "market1501": market1501,
    "msmt17": msmt17,
    "cuhk03": cuhk03,
    "cuhk03_pair1": cuhk03_pair1,
    "cuhk01": cuhk01,
    "dukemtmc": dukemtmc,
    "viper": viper,
    "prid2011": prid2011,
    "mars": mars,
    "cuhk_sysu": cuhk_sysu,
    "sysu_mm01": sysu_mm01,
    "regdb": regdb,
    "folder": folder,
    "csv": csv_file,
    "rendered": rendered,
    "union": union,
}
"""Name of a data set -> what reads it; each takes the root folder, then its own options."""


def reader(name: str) -> Callable[..., Splits]:
    """What reads the data set `name`.

    Raises PasserbyError listing the names when there is no such data set.

    >>> reader("viper").__name__
    'viper'
    """
    if name not in READERS:
        raise PasserbyError(
            f"there is no data set {name!r}; choose one of {', '.join(READERS)}. "
            "Your own crops are read by 'folder' and 'csv'"
        )
    return READERS[name]


def options_of(name: str) -> dict[str, inspect.Parameter]:
    """The options of a data set's reader, besides the root folder.

    >>> list(options_of("cuhk01"))
    ['people', 'split', 'repeat', 'shots']
    """
    return {
        option: parameter
        for option, parameter in inspect.signature(reader(name)).parameters.items()
        if option != "root"
    }


def needs_root(name: str) -> bool:
    """Whether the data set `name` is read from a folder that must be named.

    >>> needs_root("market1501"), needs_root("rendered")
    (True, False)
    """
    root = inspect.signature(reader(name)).parameters["root"]
    return root.default is inspect.Parameter.empty


def checked_options(name: str, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The options of a data set's reader, each of the type that its signature asks for.

    Text that is a number becomes one.

    Raises PasserbyError when there is no such data set or option, or a value is of another type.

    >>> checked_options("cuhk01", {"repeat": "3"})
    {'repeat': 3}
    """
    known, options = options_of(name), options or {}
    if unknown := [option for option in options if option not in known]:
        described = ", ".join(str(parameter) for parameter in known.values()) or "no options"
        raise PasserbyError(f"{name} has no option {unknown[0]!r}; it takes {described}")
    return {
        option: typed(f"{name}'s option {option}", value, known[option].annotation)
        for option, value in options.items()
    }


def read_dataset(
    name: str, root: Path | None = None, options: Mapping[str, Any] | None = None
) -> Splits:
    """The splits of the data set `name` in the folder `root`; a rendered world needs none.

    Raises PasserbyError when the name or an option is unknown, an option's value is of another
    type, or the folder is not named, and as the reader does.
    """
    read, chosen = reader(name), checked_options(name, options)
    if root is not None:
        return read(Path(root), **chosen)
    if needs_root(name):
        raise PasserbyError(
            f"{name} needs its folder: passerby evaluate CHECKPOINT {name} ROOT, "
            f"passerby data stats {name} ROOT, or for training --data.root ROOT"
        )
    return read(**chosen)
