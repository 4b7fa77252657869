"""Weights that embed otherwise than they were trained to."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from passerby.cli.evaluate import main
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import load_checkpoint, save_checkpoint
from passerby.engine.embedder import load_embedder
from passerby.methods.aligned_mutual import AlignedMutual
from passerby.methods.aligned_reid import AlignedReID
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.methods.deep_person import DeepPerson
from passerby.methods.method import Method
from passerby.pipelines.variant import variant

TWO = ("osnet_x0_25", "osnet_x0_25")


def saved(method: Method, folder: Path) -> Path:
    save_checkpoint(method, Preprocess(64, 32), folder / "model.safetensors")
    return folder


@pytest.mark.parametrize(
    ("method", "arguments", "size"),
    [
        (AlignedReID, {"embed_local": "true"}, 128 + 4 * 8),
        (AlignedMutual, {"embed_local": True, "student": "2"}, 128 + 4 * 8),
        (DeepPerson, {"descriptor": "f_c"}, 64 + 32 + 128),
    ],
)
def test_the_same_weights_embed_otherwise(
    method: Any, arguments: dict[str, Any], size: int, tmp_path: Path
) -> None:
    made = method(
        4,
        TWO if method is AlignedMutual else TWO[0],
        pretrained=False,
        **(
            {"part_units": 8, "global_units": 32} if method is DeepPerson else {"local_channels": 8}
        ),
    ).eval()
    run = saved(made, tmp_path / "run")
    other = variant(run, arguments)
    words = (f"{name}-{value}".lower() for name, value in arguments.items())
    assert other.name == "-".join(["run", *words])
    (first, _, one), (second, _, two) = load_checkpoint(run), load_checkpoint(other)
    assert one != two, "galleries tell models apart by it"
    assert load_checkpoint(variant(run, arguments))[2] == two
    assert all(torch.equal(v, second.state_dict()[n]) for n, v in first.state_dict().items())
    images = torch.rand(2, 3, 64, 32)
    assert first(images).shape == (2, 128)
    assert second(images).shape == (2, size)
    embedder = load_embedder(other)
    assert torch.equal(embedder.model(images), second(images))
    assert (embedder.compare is not None) == (method is not DeepPerson)
    default = {name: made.arguments[name] for name in arguments}
    assert load_checkpoint(variant(other, default))[2] == one


def test_what_cannot_be_chosen_anew(tmp_path: Path) -> None:
    run = saved(AlignedReID(4, "osnet_x0_25", pretrained=False, local=False), tmp_path / "run")
    assert variant(run, {}) == run
    with pytest.raises(PasserbyError, match=r"no argument 'margin'.*it has embed_local"):
        variant(run, {"margin": 1})
    with pytest.raises(PasserbyError, match=r"argument embed_local is 'often'; it takes true or"):
        variant(run, {"embed_local": "often"})
    with pytest.raises(PasserbyError, match="no local features to embed"):
        variant(run, {"embed_local": True})
    plain = saved(BagOfTricks(4, "osnet_x0_25", pretrained=False), tmp_path / "plain")
    with pytest.raises(PasserbyError, match="it embeds in one way only"):
        variant(plain, {"embed_local": True})


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = AlignedReID(4, "osnet_x0_25", pretrained=False, local_channels=8)
    run = saved(model, tmp_path / "run")
    world = ["--options.people=2", "--options.test_people=2", "--options.cameras=2"]
    world += ["--options.shots=2", "--options.height=64", "--options.width=32", "--json"]
    metrics = []
    for chosen in ([], ["--arguments.embed_local=true"]):
        assert main([str(run), "rendered", *world, *chosen]) == 0
        metrics.append(json.loads(capsys.readouterr().out)["metric"])
    assert metrics == ["euclidean", "learned"]
    assert (tmp_path / "run-embed_local-true" / "evaluation").is_dir()
