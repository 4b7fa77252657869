import socket
from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.server.serve import access_key, listen


def test_every_start_has_a_new_key_unless_it_is_kept(tmp_path: Path) -> None:
    assert access_key() != access_key()
    assert len(access_key()) >= 32
    kept = tmp_path / "a" / "key"
    key = access_key(kept)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert access_key(kept) == key


@pytest.mark.parametrize("text", ["", "short", "with a space in it, long", "é" * 20])
def test_a_file_that_holds_no_key(text: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(PasserbyError, match="holds no key"):
        access_key(tmp_path / "key")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_all_addresses_at_once_are_refused(host: str) -> None:
    with pytest.raises(PasserbyError, match="name the one that people will open"):
        listen(host, 0)


def test_a_port_in_use_and_a_foreign_address() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(PasserbyError, match="another --port"):
        listen("127.0.0.1", taken.getsockname()[1])
    for host, port in (("192.0.2.1", 0), ("no such host", 0), ("127.0.0.1", 70_000)):
        with pytest.raises(PasserbyError, match="nothing can be served"):
            listen(host, port)


def test_loopback_cannot_be_reached_from_elsewhere() -> None:
    with listen("127.0.0.1", 0) as sock:
        assert sock.family == socket.AF_INET
        assert sock.getsockname()[0] == "127.0.0.1"
