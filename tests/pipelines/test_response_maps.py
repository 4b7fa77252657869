"""Where two small models look, on a rendered world."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.pipelines.coloured_people import colour_embedder

from passerby.cli.main import main
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import MODEL, save_checkpoint
from passerby.engine.embedder import load_embedder
from passerby.methods.ccsc import CCSC
from passerby.pipelines.evaluate import evaluate
from passerby.pipelines.response_maps import feature_maps, response_map_page

WORLD = {"people": 0, "test_people": 5, "cameras": 2, "shots": 2, "height": 64, "width": 32}


def model(folder: Path, seed: int) -> str:
    torch.manual_seed(seed)
    method = CCSC(4, "osnet_x0_25", pretrained=False, dimensions=16)
    save_checkpoint(method, Preprocess(64, 32), folder / MODEL)
    return str(folder)


@pytest.fixture
def runs(tmp_path: Path) -> list[str]:
    """Two runs in folders of one name, as an ablation leaves them."""
    return [model(tmp_path / name / "seed-0", at) for at, name in enumerate(("base", "ccsc"))]


def test_a_page_of_one_model(runs: list[str], tmp_path: Path) -> None:
    page = response_map_page(runs[0], "rendered", options=WORLD, queries=3, device="cpu")
    assert page == Path(runs[0]) / "response-maps.html"
    text = page.read_text()
    # Three queries with a right answer each, and a map behind each picture.
    assert text.count('<article class="strip large">') == 3
    assert text.count("<img") == 12
    assert "where seed-0 looks, camera 2" in text


def test_two_models_that_were_measured_show_their_first_answers(
    runs: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "page.html"
    common: dict[str, Any] = {"options": WORLD, "device": "cpu"}
    unmeasured = response_map_page(
        runs[1], "rendered", compare=runs[0], queries=2, out=out, **common
    ).read_text()
    assert "where base/seed-0 looks" in unmeasured
    assert "Beside" not in unmeasured
    for run in runs:
        evaluate(run, "rendered", **common)
    text = response_map_page(
        runs[1], "rendered", compare=runs[0], queries=2, out=out, **common
    ).read_text()
    assert "Beside base/seed-0" in text
    assert "where ccsc/seed-0 looks" in text
    lists, maps = text.split(">Where models look</h2>")
    assert "Beside base/seed-0" in lists
    # The maps are of the queries whose answers stand before them, in that order.
    titles = [re.findall(r"<h4>(Person [^<]*)</h4>", half) for half in (lists, maps)]
    assert titles[0] == titles[1]
    assert titles[0]


def test_the_maps_are_those_that_are_pooled(runs: list[str]) -> None:
    embedder = load_embedder(runs[0])
    pictures = [np.full((20, 10, 3), 90, np.uint8)]
    maps = feature_maps(embedder, pictures, "cpu")
    assert isinstance(embedder.model, CCSC)
    torch.testing.assert_close(
        embedder.model.embedding(maps.mean((2, 3))), embedder.crops(pictures, flip=False)
    )


def test_what_cannot_be_shown_is_told(runs: list[str]) -> None:
    with pytest.raises(PasserbyError, match="'colours' gives no feature map"):
        feature_maps(colour_embedder(), [np.zeros((4, 2, 3), np.uint8)], "cpu")
    with pytest.raises(PasserbyError, match="queries is 0"):
        response_map_page(runs[0], "rendered", options=WORLD, queries=0)
    with pytest.raises(PasserbyError, match="no query to look at"):
        response_map_page(runs[0], "rendered", options=WORLD | {"test_people": 0, "people": 1})


def test_through_the_command_line(
    runs: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    options = [f"--options.{name}={value}" for name, value in WORLD.items()]
    command = ["response-maps", runs[0], "rendered", *options, f"--out={out}", "--queries=1"]
    assert main([*command, f"--compare={runs[1]}", "--device=cpu"]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert out.read_text().count("<img") == 6
