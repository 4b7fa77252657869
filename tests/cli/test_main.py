import subprocess
import sys

import pytest

from passerby import __version__
from passerby.cli import main as front
from passerby.core.errors import PasserbyError


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert front.main(["--help"]) == 0
    printed = capsys.readouterr().out
    for command, (_, summary) in front.COMMANDS.items():
        assert command in printed
        assert summary in printed


def test_help_answers_without_loading_what_is_heavy() -> None:
    script = (
        "import sys; from passerby.cli.main import main; main(['--help']);"
        "heavy = {'torch', 'numpy', 'cv2', 'lightning', 'av'} & set(sys.modules);"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", sorted(front.COMMANDS))
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = front.main([command, "--help"])
    except SystemExit as end:  # argparse's way of ending after its help
        status = end.code
    assert status == 0
    assert "usage" in capsys.readouterr().out.lower()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert front.main(["--version"]) == 0
    assert capsys.readouterr().out == f"passerby {__version__}\n"


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert front.main(["serach"]) == 2
    assert "no command 'serach'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "status", "words"),
    [(PasserbyError("do this"), 2, "passerby: do this"), (KeyboardInterrupt(), 130, "interrupted")],
)
def test_what_a_command_raises_becomes_words(
    raised: BaseException,
    status: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from passerby.cli import report

    def fail(arguments: list[str]) -> int:
        raise raised

    monkeypatch.setattr(report, "main", fail)
    assert front.main(["report"]) == status
    assert words in capsys.readouterr().err
