import json
import re
from pathlib import Path

import pytest
from tests.pipelines.coloured_people import colour_embedder, drawn, market_tree, write

from passerby.cli.main import main
from passerby.data.readers import READERS
from passerby.metrics.protocols import PROTOCOLS
from passerby.pipelines import evaluate as module


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_embedder", lambda which, device, **rest: colour_embedder())
    monkeypatch.setitem(READERS, "drawn", drawn)


def test_prints_a_table_the_rules_and_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, run = str(market_tree(tmp_path / "market")), str(tmp_path / "run")
    assert main(["evaluate", "colours", "market1501", root, "--out", run]) == 0
    printed = capsys.readouterr().out
    for words in ("Rank-1", "Rank-5", "Rank-10", "mAP", "mINP", "100.0", "4 queries scored"):
        assert words in printed
    assert "Protocol market1501: A right answer" in printed
    assert f"passerby report {run}" in printed


def test_json_is_all_that_stands_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, run = market_tree(tmp_path / "market"), tmp_path / "run"
    write(root / "query", 77, 2, 0)
    settings = ["--metric", "cosine", "--flip", "false", "--out", str(run), "--json"]
    assert main(["evaluate", "colours", "market1501", str(root), *settings]) == 0
    streams = capsys.readouterr()
    found = json.loads(streams.out)
    assert (found["rank_1"], found["scored"], found["skipped"]) == (1.0, 4, 1)
    assert (found["metric"], found["flip"], found["protocol"]) == ("cosine", False, "market1501")
    assert found["folder"] == str(run / "evaluation" / "market1501")
    assert "person 77 (camera 2)" in found["unmatched"]
    assert "person 77 (camera 2)" in streams.err


def test_options_of_the_reader_and_repeats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--options.people=2", "--repeats", "4", "--out", str(tmp_path / "run")]
    assert main(["evaluate", "colours", "drawn", str(tmp_path), *options, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["queries"], found["draws"], found["std"]["mean_ap"]) == (2, 4, 0.0)
    assert main(["evaluate", "colours", "drawn", str(tmp_path), *options]) == 0
    assert "of 4 draws" in " ".join(capsys.readouterr().out.split())


def test_a_wrong_option_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn_twice = ["evaluate", "colours", "drawn", str(tmp_path), "--repeats", "2"]
    assert main([*drawn_twice, "--options.repeat", "x"]) == 2
    assert "drawn's option repeat is 'x'; it takes a whole number" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main([*drawn_twice, "--metric", "hamming"])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert "'own', 'euclidean', 'cosine'" in error
    assert "Union" not in error


def test_the_rendered_world_needs_no_folder_and_others_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--options.people=1", "--options.test_people=2", "--options.cameras=2", "--json"]
    small += ["--options.height=32", "--options.width=16", "--out", str(tmp_path / "run")]
    assert main(["evaluate", "colours", "rendered", *small]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["queries"], found["root"]) == (4, "")
    name = "rendered-people-1-test_people-2-cameras-2-height-32-width-16"
    assert found["folder"] == str(tmp_path / "run" / "evaluation" / name)
    assert main(["report", str(tmp_path / "run")]) == 0
    assert "could not be read" not in (tmp_path / "run" / "report.html").read_text()
    # A folder after options is still the data set's folder.
    assert main(["evaluate", "colours", "rendered", *small, str(tmp_path / "empty")]) == 0
    assert json.loads(capsys.readouterr().out.split("\n", 1)[1])["root"] == str(tmp_path / "empty")
    assert main(["evaluate", "colours", "market1501"]) == 2
    words = "market1501 needs its folder: passerby evaluate CHECKPOINT market1501 ROOT"
    assert words in capsys.readouterr().err


def test_no_match_at_all_is_two_with_plain_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = market_tree(tmp_path / "market", cameras=1)
    assert main(["evaluate", "colours", "market1501", str(root)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("passerby: 4 of 4 queries have no right answer")
    assert "Traceback" not in error


def test_help_describes_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["evaluate", "--help"])
    assert done.value.code == 0
    printed = capsys.readouterr().out
    for option in ("checkpoint", "dataset", "root", "--protocol", "--repeats", "--json"):
        assert option in printed
    assert "--progress" not in printed
    assert "checkpoint dataset [root]" in printed
    assert "random draws of query and gallery" in " ".join(printed.split())


def test_beside_another_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, run = str(market_tree(tmp_path / "market")), str(tmp_path / "run")
    assert main(["evaluate", "colours", "market1501", root, "--out", run]) == 0
    capsys.readouterr()
    steps = ["--rerank", "aqe+k-reciprocal", "--rerank_options.aqe.k", "2", "--out", run]
    assert main(["evaluate", "colours", "market1501", root, *steps, "--compare", run]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    for words in ("by aqe+k-reciprocal", "this run", "difference", "+0.0", "95 % interval"):
        assert words in printed
    assert "0 queries gained a right first answer and 0 lost it" in printed
    compared = [*steps, "--compare", run, "--json"]
    assert main(["evaluate", "colours", "market1501", root, *compared]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rerank"], found["rerank_options"]) == ("aqe+k-reciprocal", {"aqe.k": 2})
    assert found["compared"]["name"] == "run"
    assert found["compared"]["gained"] == []
    assert found["differences"]["mean_ap"]["estimate"] == 0
    assert found["intervals"]["mean_ap"] == {"low": 1.0, "high": 1.0}
    assert found["folder"].endswith("market1501-aqe+k-reciprocal-aqe.k-2")


def test_the_protocols_are_listed_with_their_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--protocols"]) == 0
    printed = capsys.readouterr().out
    for protocol in PROTOCOLS.values():
        assert f"\n{protocol.name}" in f"\n{printed}"
        assert protocol.rule in printed


def test_the_rules_are_wrapped_in_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["evaluate", "--protocols"]) == 0
    lines = re.sub("\x1b\\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= 60
    words = " ".join(" ".join(lines).split())
    assert all(protocol.rule in words for protocol in PROTOCOLS.values())


@pytest.mark.parametrize("columns", [80, 120])
def test_a_long_name_beside_it_leaves_the_figures_whole(
    columns: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    root, other = str(market_tree(tmp_path / "market")), tmp_path / "person-reidentification-0277"
    asked = ["evaluate", "colours", "market1501", root, "--out"]
    assert main([*asked, str(other)]) == 0
    capsys.readouterr()
    assert main([*asked, str(tmp_path / "run"), "--compare", str(other)]) == 0
    lines = capsys.readouterr().out.splitlines()
    row = next(line for line in lines if "mAP, trapezoid" in line)
    assert row.endswith("100.0 │       +0.0 │  +0.0 to +0.0 │")
    assert ("100.0 to 100.0" in row) == (columns == 120)
    assert not any("…" in line for line in lines)


def test_a_run_to_compare_with_is_looked_for_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, run = str(market_tree(tmp_path / "market")), tmp_path / "run"
    asked = ["evaluate", "colours", "market1501", root, "--out", str(run)]
    assert main([*asked, "--compare", str(tmp_path / "nowhere")]) == 2
    assert "there is no run folder" in capsys.readouterr().err
    assert not run.exists()
    # Beside itself a run need not have been measured before.
    assert main([*asked, "--compare", str(run)]) == 0
