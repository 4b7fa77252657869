import json
from pathlib import Path

import pytest
import yaml

from passerby.cli.main import main

TINY = [
    "benchmark",
    "ablation",
    "ccsc",
    "--sets=rendered?people=4&test_people=3&cameras=2&shots=2&height=64&width=32",
    "--rows",
    "identification",
    "ccsc",
    "--backbone=osnet_x0_25",
    "--weights=random",
    "--height=64",
    "--width=32",
    "--epochs=1",
    "--seeds=1",
    "--device=cpu",
    '--settings={"data.persons_per_batch": 2}',
]


def test_stops_at_the_budget_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*TINY, f"--out={tmp_path}"]
    assert main([*command, "--budget_minutes=0.000001"]) == 130
    assert "0 of 2 are done; run the same command again" in capsys.readouterr().err
    assert main(command) == 0
    out, err = capsys.readouterr()
    assert "| + CCSC | osnet_x0_25 | 64 x 32 | 1 | random | 0 |" in out
    assert str(tmp_path) in out
    assert "+ CCSC, seed 0: 2 of 2" in err
    assert len(json.loads((tmp_path / "table.json").read_text())["rows"]) == 2


def test_settings_of_one_part_may_be_given_one_by_one(tmp_path: Path) -> None:
    """The parser nests the second setting of a part in a mapping; it must not undo the first."""
    settings = ["--settings.model.milestones=[1]", "--settings.model.learning_rate=1e-4"]
    settings += ["--settings.model.dimensions=32", "--settings.data.persons_per_batch=2"]
    command = [*TINY[:-1], *settings, f"--out={tmp_path}"]
    assert main(command) == 0
    result = json.loads((tmp_path / "identification" / "seed-0" / "result.json").read_text())
    learnt = result["learnt"]
    assert learnt["model.milestones"] == [1]
    assert float(learnt["model.learning_rate"]) == 1e-4
    written = yaml.safe_load((tmp_path / "identification" / "seed-0" / "config.yaml").read_text())
    assert (written["model"]["milestones"], written["model"]["learning_rate"]) == ([1], 1e-4)
    assert (written["model"]["dimensions"], written["model"]["backbone"]) == (32, "osnet_x0_25")


def test_what_is_wrong_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "ablation", "nothing"]) == 2
    assert "choose one of ccsc" in capsys.readouterr().err
    assert main(["benchmark", "nothing"]) == 2
    assert "no action 'nothing'" in capsys.readouterr().err
    assert main(["benchmark"]) == 2


def test_a_setting_without_a_value_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TINY, "--settings.model.decay"]) == 2
    assert "--settings.model.decay has no value" in capsys.readouterr().err
