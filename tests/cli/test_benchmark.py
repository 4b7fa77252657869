import json
from pathlib import Path

import pytest

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


def test_what_is_wrong_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "ablation", "nothing"]) == 2
    assert "choose one of ccsc" in capsys.readouterr().err
    assert main(["benchmark", "nothing"]) == 2
    assert "no action 'nothing'" in capsys.readouterr().err
    assert main(["benchmark"]) == 2
