import contextlib
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.models.catalogue import CATALOGUE, ModelFile, NamedModel
from passerby.models.weights import fetch, sha256_of

CONTENT = bytes(range(256)) * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Answer(http.server.BaseHTTPRequestHandler):
    """Sends the file, half of it, another file, or an error, as the path asks."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        part = {"/half": CONTENT[: len(CONTENT) // 2], "/wrong": b"x" * len(CONTENT)}
        self.wfile.write(part.get(self.path, CONTENT))

    def log_message(self, *_) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def serving() -> Iterator[tuple[str, list[str]]]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", server.asked
        server.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    with serving() as address:
        yield address


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PASSERBY_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("PASSERBY_OFFLINE", raising=False)
    return tmp_path / "models"


def catalogue(*urls: str, sha256: str = DIGEST) -> dict[str, NamedModel]:
    file = ModelFile("toy.bin", urls, sha256)
    return {"toy": NamedModel("embedder", "onnx", (file,), Preprocess(1, 1), "CC0-1.0")}


def test_fetches_once_and_then_needs_no_network(folder, server):
    address, asked = server
    assert fetch("toy", catalogue(f"{address}/toy")) == (folder / "toy.bin",)
    assert (folder / "toy.bin").read_bytes() == CONTENT
    fetch("toy", catalogue(f"{address}/toy"))
    assert asked == ["/toy"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("half", r"128,000 bytes\) is not the file|broke off"),
        ("wrong", r"256,000 bytes\) is not the file.*checksum"),
        ("missing", "answers 404"),
    ],
)
def test_a_bad_download_leaves_nothing_and_says_why(folder, server, path, reason):
    with pytest.raises(PasserbyError, match=reason):
        fetch("toy", catalogue(f"{server[0]}/{path}"))
    assert list(folder.iterdir()) == []


def test_the_next_address_is_tried(folder, server):
    address, asked = server
    fetch("toy", catalogue(f"{address}/missing", f"{address}/wrong", f"{address}/toy"))
    assert (folder / "toy.bin").read_bytes() == CONTENT
    assert asked == ["/missing", "/wrong", "/toy"]


def test_no_server_at_all_is_told(folder):
    with serving() as (address, _):
        pass
    with pytest.raises(PasserbyError, match=r"could not be fetched.*refused.*PASSERBY_MODELS"):
        fetch("toy", catalogue(f"{address}/toy"))


def test_a_damaged_file_in_the_folder_is_replaced(folder, server):
    folder.mkdir()
    (folder / "toy.bin").write_bytes(CONTENT[:-1])
    fetch("toy", catalogue(f"{server[0]}/toy"))
    assert (folder / "toy.bin").read_bytes() == CONTENT


def test_a_file_address_works_too(folder, tmp_path):
    (tmp_path / "source").write_bytes(CONTENT)
    fetch("toy", catalogue((tmp_path / "source").as_uri()))
    assert (folder / "toy.bin").read_bytes() == CONTENT


def test_offline_uses_what_is_there(folder, monkeypatch):
    monkeypatch.setenv("PASSERBY_OFFLINE", "1")
    folder.mkdir()
    (folder / "toy.bin").write_bytes(CONTENT)
    assert fetch("toy", catalogue("http://127.0.0.1:9/toy")) == (folder / "toy.bin",)


@pytest.mark.parametrize(("content", "problem"), [(None, "is not there"), (b"?", "is damaged")])
def test_offline_asks_no_server_and_says_what_to_do(folder, server, monkeypatch, content, problem):
    address, asked = server
    monkeypatch.setenv("PASSERBY_OFFLINE", "1")
    if content is not None:
        folder.mkdir()
        (folder / "toy.bin").write_bytes(content)
    with pytest.raises(
        PasserbyError, match=rf"toy\.bin {problem}.*PASSERBY_OFFLINE.*/toy elsewhere"
    ):
        fetch("toy", catalogue(f"{address}/toy"))
    assert asked == []


def test_an_unknown_model_is_told_what_is_near(folder):
    with pytest.raises(PasserbyError, match="did you mean person-reidentification-retail-0288"):
        fetch("person-reidentification-0288")
    with pytest.raises(PasserbyError, match=f"did you mean {', '.join(CATALOGUE)}"):
        fetch("?")


def test_checksums_run_over_all_files_in_order(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "b").write_bytes(b"def")
    expected = hashlib.sha256(b"abcdef").hexdigest()
    assert sha256_of([tmp_path / "a", tmp_path / "b"]) == expected
    with pytest.raises(PasserbyError, match="cannot be read"):
        sha256_of([tmp_path / "c"])
