"""Every recipe is one that the command line takes."""

from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.data.readers import READERS
from passerby.engine.recipes import find_recipe, named_in, recipes, settings_in, with_recipes
from passerby.engine.training import TrainingCLI


@pytest.mark.parametrize("name", sorted(recipes()))
def test_a_recipe_is_valid(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its settings parse, and are named for its method, or the loss it adds, and its data set."""
    arguments = [f"--config={find_recipe(name)}", "--trainer.accelerator=cpu"]
    arguments += ["--trainer.precision=32-true", "--trainer.devices=1"]
    monkeypatch.setattr(TrainingCLI, "instantiate_classes", lambda self: None)
    method, run = named_in(arguments)
    cli = TrainingCLI(method, run, [*arguments, f"--run={tmp_path}"])
    assert run == Path("runs") / name
    assert cli.config["data"]["dataset"] in READERS
    word, dataset = name.split("-", 1)
    assert word.replace("_", "") == method.lower() or word == cli.config["model"].get("loss")
    assert cli.config["data"]["dataset"] == dataset.partition("-")[0]
    assert settings_in(find_recipe(name))["method"] == method


def test_recipes_are_found_by_name_or_path() -> None:
    wanted = recipes()["bag_of_tricks-market1501"]
    assert find_recipe("bag_of_tricks-market1501") == wanted
    assert find_recipe("recipes/bag_of_tricks-market1501.yaml").samefile(wanted)
    with pytest.raises(PasserbyError, match=r"recipes are .*bag_of_tricks-market1501"):
        find_recipe("bag_of_trick")


def test_names_of_recipes_become_paths() -> None:
    path = str(recipes()["trinet-market1501"])
    assert with_recipes(["--config", "trinet-market1501"]) == ["--config", path]
    assert with_recipes(["-c=trinet-market1501", "--restart"]) == [f"-c={path}", "--restart"]


def test_no_arguments_name_the_recipes() -> None:
    with pytest.raises(PasserbyError, match=r"which recipe\? passerby train --config.*trinet"):
        with_recipes([])
    assert named_in([])[0] == "BagOfTricks"


@pytest.mark.parametrize(
    "arguments",
    [["--config"], ["--config="], ["-c", ""], ["--config", "--restart"], ["--config", "--config"]],
)
def test_config_without_a_value(arguments: list[str]) -> None:
    with pytest.raises(PasserbyError, match="--config wants a file or the name of a recipe"):
        with_recipes(arguments)
