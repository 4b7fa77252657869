"""Options of re-ranking steps, checked against the steps' signatures."""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.core.option_types import typed

_ALREADY = ("query", "gallery", "ranked", "block")  # not for the user to set


def step_options(
    steps: Mapping[str, Callable[..., Any]], options: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The options of each step, of the types that its signature asks for.

    steps:   name -> function
    options: "k" is for every step that has such an option, "dba.k" for that step alone, and wins;
             {"dba": {"k": 5}} is the same as {"dba.k": 5}

    Raises PasserbyError when no step takes an option, a value is of another type, or a step lacks
    an option that it cannot do without.

    >>> def nearest(query, gallery, k: int = 5): ...
    >>> step_options({"nearest": nearest}, {"k": "3"})
    {'nearest': {'k': 3}}
    """
    known = {
        step: {
            name: parameter
            for name, parameter in inspect.signature(function).parameters.items()
            if name not in _ALREADY
        }
        for step, function in steps.items()
    }
    chosen: dict[str, dict[str, Any]] = {step: {} for step in steps}
    # What is set for one step alone comes last, and wins.
    for name, value in sorted(_flat(options).items(), key=lambda option: "." in option[0]):
        step, _, option = name.rpartition(".")
        takers = [one for one in steps if option in known[one] and step in ("", one)]
        if not takers:
            all_known = ", ".join(f"{one}.{each}" for one in known for each in known[one])
            raise PasserbyError(
                f"there is no re-ranking option {name!r} here; "
                + (f"{'+'.join(steps)} takes {all_known}" if steps else "no step was named")
            )
        for one in takers:
            chosen[one][option] = typed(f"{one}.{option}", value, known[one][option].annotation)
    for step in steps:
        for name, parameter in known[step].items():
            if parameter.default is inspect.Parameter.empty and name not in chosen[step]:
                raise PasserbyError(f"the re-ranking step {step} needs the option {step}.{name}")
    return chosen


def plain_options(
    steps: Mapping[str, Callable[..., Any]], options: Mapping[str, Any]
) -> dict[str, Any]:
    """The options as they were given, but {"dba": {"k": 5}} as {"dba.k": 5} and paths absolute.

    So JSON can hold them, and they mean the same in any folder. Raises PasserbyError as
    `step_options` does.

    >>> def timed(query, gallery, file: Path, gamma: float = 5.0): ...
    >>> plain_options({"timed": timed}, {"timed": {"file": "/a/../b", "gamma": "2"}})
    {'timed.file': '/b', 'timed.gamma': '2'}
    """
    paths = {
        f"{step}.{name}"
        for step, taken in step_options(steps, options).items()
        for name, value in taken.items()
        if isinstance(value, Path)
    }
    return {
        name: str(Path(value).resolve())
        if paths & {name, *(f"{step}.{name}" for step in steps)}
        else value
        for name, value in _flat(options).items()
    }


def _flat(options: Mapping[str, Any]) -> dict[str, Any]:
    """{"dba": {"k": 5}}, as a command line reads --dba.k 5, as {"dba.k": 5}."""
    flat = {}
    for name, value in options.items():
        inner = value.items() if isinstance(value, Mapping) else [("", value)]
        flat |= {f"{name}.{part}".rstrip("."): one for part, one in inner}
    return flat
