"""`passerby serve`, as people start it."""

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.gallery.around import fresh_url
from tests.server.town import MODEL, fill, until

from passerby.cli.serve import main
from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.keys import Keys
from passerby.gallery.opening import create_gallery
from passerby.server.gallery_serve import hosts_of, serve_gallery


@pytest.fixture
def place() -> str:
    url = fresh_url()
    with create_gallery(url, MODEL) as gallery:
        fill(gallery)
    return url


class Served:
    """A service in a process of its own."""

    def __init__(self, folder: Path, place: str, *more: str, trusts: Path | None = None) -> None:
        self.tls = ssl.create_default_context(cafile=trusts) if trusts else None
        run = "import sys; from passerby.cli.serve import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", run, place, "--port", "0", *more]
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        with open(self.out, "w") as out, open(self.err, "w") as err:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=err, env={**os.environ, "OMP_NUM_THREADS": "1"}
            )
        until(lambda: "Ctrl+C" in self.out.read_text() or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.err.read_text()
        self.address, _, self.key = self.out.read_text().splitlines()[0].partition("#key=")

    def get(self, path: str, key: str = "") -> Any:
        request = urllib.request.Request(self.address + path)
        if key:
            request.add_header("Authorization", f"Bearer {key}")
        end = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30, context=self.tls) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError:
                raise
            except urllib.error.URLError:
                assert time.monotonic() < end, "it does not answer"
                time.sleep(0.1)

    def stop(self, by: int = signal.SIGTERM) -> tuple[str, str]:
        """End it; what it said, and what it logged."""
        self.process.send_signal(by)
        self.process.wait(timeout=60)
        return self.out.read_text(), self.err.read_text()


def test_the_first_start_makes_a_key_and_the_next_does_not(place: str, tmp_path: Path) -> None:
    served = Served(tmp_path, place, "--no-ingest")
    try:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", served.address)
        assert served.key.startswith("passerby_")
        assert served.get("health/live") == {"status": "ok"}
        assert served.get("api/v1/stats", served.key)["tracklets"] == 20
        session = served.get("api/v1/session", served.key)
        assert (session["name"], session["role"]) == ("first admin", "admin")
        with pytest.raises(urllib.error.HTTPError) as refused:
            served.get("api/v1/stats")
        assert refused.value.code == 401
    finally:
        out, err = served.stop()
    assert "shown this once" in out
    assert "not encrypted" not in out
    for line in err.splitlines():
        assert served.key not in line
        assert json.loads(line)["level"] in ("info", "warning"), line
    again = Served(tmp_path, place, "--no-ingest")
    try:
        assert again.key == ""
        assert again.get("api/v1/stats", served.key)["tracklets"] == 20
    finally:
        again.stop(signal.SIGINT)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate that signs itself for this machine, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here to make a certificate: apt-get install openssl")
    made, key = tmp_path / "town.pem", tmp_path / "town.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-noenc", "-days", "1", "-subj", "/CN=town", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(made)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


def test_over_tls_whoever_trusts_the_certificate_is_served(
    place: str, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    made, key = certificate
    options = ("--certificate", str(made), "--key_file", str(key), "--no-ingest")
    served = Served(tmp_path, place, *options, trusts=made)
    try:
        assert re.fullmatch(r"https://127\.0\.0\.1:\d+/", served.address)
        assert served.get("api/v1/stats", served.key)["tracklets"] == 20
        port = int(served.address.rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
            context = ssl.create_default_context(cafile=made)
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as shaken:
                assert shaken.version() in ("TLSv1.2", "TLSv1.3")
                assert dict(one for part in shaken.getpeercert()["subject"] for one in part) == {
                    "commonName": "town"
                }
        stranger = ssl.create_default_context()  # trusts only what the machine trusts
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            stranger.wrap_socket(plain, server_hostname="127.0.0.1")
        with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
            plain.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"HTTP/1.1" not in plain.recv(4096)  # nothing is answered in plain text
        asked = json.dumps({"key": served.key}).encode()
        session = urllib.request.Request(
            served.address + "api/v1/session", asked,
            {"Content-Type": "application/json", "Origin": served.address.rstrip("/")},
        )  # fmt: skip
        with urllib.request.urlopen(session, timeout=30, context=served.tls) as answer:
            cookie = answer.headers["Set-Cookie"]
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
    finally:
        served.stop()


def test_with_its_worker_it_ends_whole(place: str, tmp_path: Path) -> None:
    served = Served(tmp_path, place)
    served.get("health/live")
    children = psutil.Process(served.process.pid).children(recursive=True)
    served.stop()
    assert served.process.returncode == 0
    gone, alive = psutil.wait_procs(children, timeout=20)
    assert gone
    assert not alive


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"host": "0.0.0.0"}, "--allowed-host"),
        ({"host": "198.51.100.7"}, "--host"),
        ({"certificate": Path("c.pem")}, "both"),
        ({"certificate": Path("c.pem"), "key_file": Path("k.pem")}, "PEM"),
        ({"videos": Path("nowhere")}, "folder of videos"),
        ({"streams": ["rtsp://user:secret@host"]}, "NAME=ADDRESS"),
        ({"calibration": Path("nowhere.json")}, "calibration"),
        ({"times": Path("nowhere.json")}, "times"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything_is(
    place: str, more: dict[str, Any], words: str
) -> None:
    told: list[str] = []
    with pytest.raises(PasserbyError, match=re.escape(words)) as error:
        serve_gallery(place, port=0, tell=told.append, **more)
    assert told == []
    assert "secret" not in str(error.value)
    with Database.open(place) as database:
        assert Keys(database).all() == ()


def test_a_folder_without_a_gallery(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="no gallery"):
        serve_gallery(str(tmp_path / "town"), port=0, tell=print)


def test_names() -> None:
    assert hosts_of("0.0.0.0", ["Find.Example.org"]) == (
        "127.0.0.1", "localhost", "[::1]", "find.example.org",
    )  # fmt: skip
    assert "[fd00::7]" in hosts_of("fd00::7", [])


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for option in (
        "--host", "--port", "--allowed-host", "--certificate", "--key_file", "--proxy",
        "--embedder", "--detector", "--videos", "--stream", "--no-ingest", "--calibration",
    ):  # fmt: skip
        assert option in said
