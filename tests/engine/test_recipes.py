"""Every recipe is one that the command line takes."""

from pathlib import Path
from typing import Any

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


# What the papers print: height, width, P, K; how long; what chance does to pictures.
CCSC = {"height": 384, "width": 128, "persons_per_batch": 16, "shots_per_person": 4, "flip": 0.5}
DEEP_PERSON = {
    "epoch_of": "people",
    "crop_area": [0.64, 1.0],
    "crop_aspect": [2.0, 3.0],
    "erase": 0,
}
ALIGNED = {"height": 224, "width": 224, "persons_per_batch": 32, "shots_per_person": 4, "erase": 0}
PUBLISHED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    **dict.fromkeys(
        [f"ccsc-{one}" for one in ("cuhk03-labeled", "cuhk03-detected", "dukemtmc")]
        + ["ccsc-market1501", "ccsc-msmt17"],
        (CCSC | {"erase": 0.5}, {"max_epochs": 100}),
    ),
    **dict.fromkeys(
        ("deep_person-market1501", "deep_person-dukemtmc"),
        (DEEP_PERSON | {"persons_per_batch": 16, "shots_per_person": 8}, {"max_epochs": 150}),
    ),
    **dict.fromkeys(
        ("deep_person-cuhk03-labeled", "deep_person-cuhk03-detected"),
        (DEEP_PERSON | {"persons_per_batch": 32, "shots_per_person": 4}, {"max_epochs": 150}),
    ),
    "aligned_reid-market1501": (ALIGNED, {"max_steps": 240 * 2000}),
    **dict.fromkeys(
        [f"aligned_mutual-{one}" for one in ("market1501", "cuhk03", "mars", "cuhk_sysu", "union")],
        (ALIGNED, {"max_steps": 180 * 2000}),
    ),
    "siamese_verification-market1501": (
        {"height": 224, "width": 224, "persons_per_batch": 12, "shots_per_person": 4, "erase": 0},
        {"max_epochs": 75},
    ),
}
"""Recipe of one of the systems -> its settings of `data` and of `trainer`."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_recipe_has_the_papers_numbers(name: str) -> None:
    data, trainer = PUBLISHED[name]
    settings = settings_in(find_recipe(name))
    assert settings["data"] | data == settings["data"]
    assert settings["trainer"] | trainer == settings["trainer"]
    if name.startswith("deep_person"):
        assert settings["trainer"]["gradient_clip_val"] > 0
    # Of the losses, rates and decays the methods' own defaults are the papers'.
    assert settings["model"].keys() <= {"backbone", "backbones", "student"}


def test_every_recipe_of_the_systems_is_held_against_its_paper() -> None:
    systems = ("ccsc", "deep_person", "aligned_reid", "aligned_mutual", "siamese_verification")
    assert {name for name in recipes() if name.split("-")[0] in systems} == set(PUBLISHED)


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
