import pytest

from passerby.cli.progress import progress_bar


def test_nothing_is_written_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("embedding") as advance:
        advance(3, 12)
    assert capsys.readouterr() == ("", "")
