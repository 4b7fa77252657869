from pathlib import Path

import pytest
from tests.gallery.filled import MODEL
from tests.gallery.servers import fresh_gallery, url_of

from passerby.cli.main import COMMANDS, main
from passerby.gallery.audit import Audit
from passerby.gallery.keys import PREFIX, Keys


@pytest.fixture(autouse=True)
def _keys_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "keys", ("passerby.cli.keys", "who may use a gallery"))


def test_the_first_key_is_made_on_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    with fresh_gallery(MODEL) as store:
        place = url_of(store)
        assert main(["keys", "list", place]) == 0
        assert "there are no keys" in capsys.readouterr().out
        assert main(["keys", "make", place, "ada", "--role", "admin", "--days", "null"]) == 0
        printed = capsys.readouterr()
        secret = printed.out.strip()  # alone on standard output: it can be piped elsewhere
        assert secret.startswith(PREFIX)
        assert "does not expire" in printed.err
        key = Keys(store.database).check(secret)
        assert key is not None
        assert (key.name, key.role) == ("ada", "admin")
        assert main(["keys", "make", place, "guest", "--days", "1"]) == 0
        capsys.readouterr()
        assert main(["keys", "list", place]) == 0
        printed = capsys.readouterr().out
        assert secret not in printed
        assert secret[: len(PREFIX) + 4] in printed
        assert "holds until" in printed
        assert main(["keys", "revoke", place, "ada"]) == 0
        assert Keys(store.database).check(secret) is None
        capsys.readouterr()
        assert main(["keys", "list", place]) == 0
        assert "revoked 2" in capsys.readouterr().out
        log = [(record.action, record.detail) for record in Audit(store.database).read()]
        assert log == [
            ("make key", {"key": "ada", "role": "admin"}),
            ("make key", {"key": "guest", "role": "viewer"}),
            ("revoke key", {"key": "ada"}),
        ]


def test_what_is_wrong_has_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with fresh_gallery(MODEL) as store:
        place = url_of(store)
        assert main(["keys", "make", place, "ada"]) == 0
        assert main(["keys", "make", place, "ada"]) == 2
        assert main(["keys", "revoke", place, "bo"]) == 2
        assert main(["keys", "make", place, "bo", "--days", "0"]) == 2
        said = capsys.readouterr().err
        for words in ("there is, or was, a key", "no key named 'bo'", "more than 0 days"):
            assert words in said
        with pytest.raises(SystemExit):
            main(["keys", "make", place, "bo", "--role", "owner"])
    assert main(["keys", "list", str(tmp_path / "none")]) == 2
    assert main(["keys"]) == 2
    assert main(["keys", "-h"]) == 0
