"""A table of two rows on a tiny rendered world: run, interrupted, gone on with, extended."""

import json
from pathlib import Path
from typing import Any

import pytest

from passerby.core.errors import PasserbyError
from passerby.engine import training
from passerby.engine.checkpoint import CHECKPOINTS, MODEL, load_checkpoint
from passerby.methods.ccsc import CCSC
from passerby.pipelines import ablation as module
from passerby.pipelines.ablation import Ablation, ablation
from passerby.pipelines.ablation_plan import Plan
from passerby.pipelines.ablation_table import Row, Table
from passerby.pipelines.ablation_tables import TABLES, table_named

WORLD = "rendered?people=4&test_people=3&cameras=2&shots=2&height=64&width=32"
TINY: dict[str, Any] = {
    "sets": WORLD,
    "backbone": "osnet_x0_25",
    "weights": "random",
    "height": 64,
    "width": 32,
    "epochs": 1,
    "seeds": 1,
    "rows": ["identification", "ccsc"],
    "device": "cpu",
    "settings": {"data.persons_per_batch": 2},
}


def run(out: Path, **options: Any) -> Ablation:
    return ablation("ccsc", out=out, **(TINY | options))


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The run folders that were trained in."""
    seen: list[str] = []

    def train(arguments: list[str], deadline: float) -> Path:
        seen.append(Path(arguments[0].removeprefix("--run=")).parent.name)
        return training.train(arguments, deadline)

    monkeypatch.setattr(module, "train", train)
    return seen


def test_a_table_is_run_and_what_is_done_is_kept(tmp_path: Path, trainings: list[str]) -> None:
    first = run(tmp_path)
    assert (first.done, first.wanted) == (2, 2)
    assert trainings == ["identification", "ccsc"]
    numbers = json.loads((tmp_path / "table.json").read_text())
    base, ccsc = numbers["rows"]
    assert base["settings"] == {
        "backbone": "osnet_x0_25",
        "size": "64 x 32",
        "epochs": "1",
        "first weights": "random",
        "seeds": "0",
    }
    label = "rendered (people 4, test_people 3, cameras 2, shots 2, height 64, width 32)"
    assert 0 <= ccsc["measured"][label]["mean_ap"]["mean"] <= 1
    assert ccsc["published"]["Market-1501"] == [92.1, 81.8]
    assert ccsc["measured"][label]["rank_1"]["direction"].endswith(", by one seed")
    assert (tmp_path / "table.md").read_text() == first.text
    assert "<h1" in (tmp_path / "table.html").read_text()

    method, preprocess, _ = load_checkpoint(tmp_path / "identification" / "seed-0")
    assert isinstance(method, CCSC)
    assert (method.ccsc, method.warmup_epochs, method.rate.milestones) == (False, 0, [0, 1])
    assert (preprocess.height, preprocess.width) == (64, 32)
    assert not (tmp_path / "ccsc" / "seed-0" / CHECKPOINTS).exists()

    # Once more: nothing is learnt again. With another test set: only that is measured.
    assert run(tmp_path).text == first.text
    more = run(tmp_path, tests=f"{WORLD},{WORLD}&seed=5")
    assert trainings == ["identification", "ccsc"]
    assert "seed 5" in more.text
    assert "seed 5" not in run(tmp_path).text

    with pytest.raises(PasserbyError, match=r"other settings: data\.height was 64, is 32.*--out"):
        run(tmp_path, height=32)


def test_a_budget_stops_and_the_same_command_goes_on(tmp_path: Path, trainings: list[str]) -> None:
    # 4 people, 2 in a batch, of 4 pictures each: 2 steps an epoch.
    whole = run(tmp_path / "whole", rows=["ccsc"], epochs=2)
    pieces = [run(tmp_path / "pieces", rows=["ccsc"], epochs=2, budget_minutes=1e-6)]
    assert pieces[0].done == 0
    assert "rank-1" not in pieces[0].text
    assert (tmp_path / "pieces" / "table.html").is_file()

    real, calls = module.time.monotonic, iter(range(10))

    class Clock:
        """Has time for the beginning of a training, and none after its first step."""

        @staticmethod
        def monotonic() -> float:
            return real() if next(calls) < 2 else real() + 1e6

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "time", Clock)
        patch.setattr(
            module, "train", lambda arguments, deadline: training.train(arguments, real())
        )
        pieces.append(run(tmp_path / "pieces", rows=["ccsc"], epochs=2, budget_minutes=1))
    assert pieces[1].done == 0
    assert (tmp_path / "pieces/ccsc/seed-0" / CHECKPOINTS / "last.ckpt").is_file()
    pieces.append(run(tmp_path / "pieces", rows=["ccsc"], epochs=2))
    assert (pieces[2].done, pieces[2].text) == (1, whole.text)
    hashes = {
        load_checkpoint(tmp_path / name / "ccsc" / "seed-0")[2] for name in ("whole", "pieces")
    }
    assert len(hashes) == 1, "an interrupted row is the unbroken one"


def test_ctrl_c_is_not_taken_for_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(arguments: list[str], deadline: float) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "train", train)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)


def test_rows_that_only_embed_otherwise_share_their_training(
    tmp_path: Path, trainings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CCSC, "test_time", ("ccsc_weight",))
    table = table_named("ccsc")
    rows = (
        Row("whole", "whole", {"ccsc": False}),
        Row("again", "again", {"ccsc": False}, embeds={"ccsc_weight": 9.0}),
    )
    other = Table("t", "s", table.method, table.schedules, rows)
    monkeypatch.setitem(TABLES, "shared", other)
    found = ablation("shared", out=tmp_path, **(TINY | {"rows": []}))
    assert (found.done, trainings) == (2, ["whole"])
    method = load_checkpoint(tmp_path / "again" / "seed-0" / MODEL)[0]
    assert method.arguments["ccsc_weight"] == 9.0
    assert (tmp_path / "again" / "seed-0" / "result.json").is_file()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": ["nothing"]}, "no row 'nothing'; its rows are identification, ccsc"),
        ({"seeds": 0}, "seeds is 0"),
        ({"epochs": 0}, "epochs 0"),
        ({"budget_minutes": 0.0}, r"budget_minutes 0\.0"),
        ({"tests": f"{WORLD},{WORLD}"}, "named twice"),
        ({"sets": ""}, "which data sets"),
    ],
)
def test_what_makes_no_sense_is_told(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(PasserbyError, match=message):
        run(tmp_path, **options)


def test_an_unknown_table_lists_the_known_ones() -> None:
    with pytest.raises(PasserbyError, match="no table 'nothing'; choose one of ccsc"):
        ablation("nothing")


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_every_table_is_one_that_can_be_trained(name: str) -> None:
    table = table_named(name)
    assert len({row.key for row in table.rows}) == len(table.rows)
    for row in table.rows:
        plan = Plan(table, None, WORLD, weights="random", height=64, width=32, epochs=10)
        settings = plan.training(row, 0)
        arguments = {
            key.removeprefix("model."): value
            for key, value in settings.items()
            if key.startswith("model.")
        }
        method = training.METHODS[table.method_of(row)]
        made = method(num_persons=4, **arguments | dict(row.embeds))  # pyright: ignore
        assert made.arguments["pretrained"] is False


def test_the_papers_own_setting_is_the_default() -> None:
    plan = Plan(table_named("ccsc"), None, "market1501:m", cuda=True)
    settings = plan.training(plan.table.rows[1], 0)
    assert (settings["data.height"], settings["data.width"]) == (384, 128)
    assert settings["trainer.max_epochs"] == 100
    assert settings["trainer.precision"] == "bf16-mixed"
    assert (settings["model.backbone"], settings["model.pretrained"]) == ("resnet50", True)
    assert "model.milestones" not in settings, "the constructor's are the paper's"


def test_public_weights_and_two_backbones() -> None:
    table = table_named("aligned-reid")
    rows = {row.key: row for row in table.rows}
    plan = Plan(table, None, WORLD, backbone="osnet_x0_25", weights="osnet_x0_25_msmt17")
    both = plan.training(rows["resnet-50-local-both"], 0)
    assert both["model.backbones"] == ["osnet_x0_25", "resnet50_xception"]
    assert both["model.initial_weights"] == ["osnet_x0_25_msmt17", None]
    assert plan.described(rows["xception"])["first weights"] == "random"
    assert plan.training(rows["resnet-50"], 0)["model.initial_weights"] == "osnet_x0_25_msmt17"
    imagenet = Plan(table, None, WORLD)
    assert imagenet.described(rows["xception-both"])["first weights"] == "ImageNet + random"
    assert imagenet.training(rows["xception"], 0)["model.pretrained"] is False


def test_students_that_teach_each_other_are_one_training() -> None:
    table = table_named("aligned-reid")
    rows = {row.key: row for row in table.rows}
    assert len({table.learnt_as(row).key for row in table.rows}) == 8
    assert table.learnt_as(rows["xception-local-both"]).key == "resnet-50-local-both"


def test_epochs_shrink_the_schedule_and_replace_steps() -> None:
    table = table_named("aligned-reid")
    row = table.rows[0]
    few = Plan(table, None, WORLD, epochs=24).training(row, 0)
    assert (few["model.milestones"], few["model.batches_per_epoch"]) == ([8, 16], None)
    assert "trainer.max_steps" not in few
    full = Plan(table, None, WORLD).training(row, 0)
    assert full["trainer.max_steps"] == 480_000
    assert "model.milestones" not in full
