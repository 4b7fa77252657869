"""Finding the published settings: recipes, one YAML file each."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from passerby.core.errors import PasserbyError
from passerby.engine.checkpoint import METHODS

# Beside the package when it is installed, beside src/ in a checkout.
_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = (_PACKAGE / "recipes", _PACKAGE.parents[1] / "recipes")


def recipes() -> dict[str, Path]:
    """The recipes that come with Passerby: name -> file.

    >>> "bag_of_tricks-market1501" in recipes()
    True
    """
    return {path.stem: path for folder in _FOLDERS for path in sorted(folder.glob("*.yaml"))}


def find_recipe(name: str) -> Path:
    """The file `name`, or the recipe called so; `recipes/NAME.yaml` is found from anywhere.

    Raises PasserbyError listing the recipes when there is neither.
    """
    path = Path(name)
    if path.is_file():
        return path
    known = recipes()
    if path.stem in known and path.suffix in ("", ".yaml"):
        return known[path.stem]
    raise PasserbyError(
        f"there is no settings file '{name}' and no recipe of that name; recipes are "
        f"{', '.join(known)}"
    )


def with_recipes(arguments: Sequence[str]) -> list[str]:
    """`arguments` with the names of recipes made paths.

    Raises PasserbyError when there are no arguments, when --config names nothing, and as
    `find_recipe` does.
    """
    if not arguments:
        raise PasserbyError(
            "which recipe? passerby train --config NAME --data.root DIR; recipes are "
            f"{', '.join(recipes())}"
        )
    found, named = [], False
    for argument in arguments:
        if named:
            argument = _path_of(argument)
        elif match := re.fullmatch(r"(--config=|-c=)(.*)", argument):
            argument = match[1] + _path_of(match[2])
        named = not named and argument in ("--config", "-c")
        found.append(argument)
    return [*found, _path_of("")] if named else found


def _path_of(value: str) -> str:
    """The path of the settings that the value of --config names."""
    if not value or value.startswith("-"):
        raise PasserbyError(
            "--config wants a file or the name of a recipe; recipes are " + ", ".join(recipes())
        )
    return str(find_recipe(value))


def named_in(arguments: Sequence[str]) -> tuple[str, Path]:
    """The method that `arguments` and their settings files name, and the run folder by default.

    The parser needs both before it can read anything else: its options are the method's.
    """
    method, dataset, recipe = "BagOfTricks", "", ""
    pairs = [*zip(arguments, [*arguments[1:], ""], strict=False)]
    pairs += [tuple(a.split("=", 1)) for a in arguments if a.startswith("-") and "=" in a]
    for option, value in pairs:
        if option in ("--config", "-c"):
            settings = settings_in(Path(value))
            recipe = Path(value).stem
            method = settings.get("method", method)
            dataset = (settings.get("data") or {}).get("dataset", dataset)
    for option, value in pairs:
        if option == "--method":
            method = value
        elif option == "--data.dataset":
            recipe, dataset = "", value
    if method not in METHODS:
        raise PasserbyError(f"there is no method {method!r}; choose one of {', '.join(METHODS)}")
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", method).lower()
    return method, Path("runs") / (recipe or f"{snake}-{dataset or 'data'}")


def settings_in(path: Path) -> dict[str, Any]:
    """The settings of a YAML file. Raises PasserbyError when it holds none."""
    try:
        settings = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PasserbyError(f"the settings in '{path}' cannot be read: {error}") from error
    if not isinstance(settings, dict):
        raise PasserbyError(f"'{path}' holds no settings; see the recipes for how it should look")
    return settings
