"""The page's files."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from passerby.server.api.web import add_web


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    folder = tmp_path / "web"
    (folder / "parts").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "page.js").write_text("let page = 1;")
    (folder / "parts" / "list.css").write_text("a {}")
    (folder / "notes.py").write_text("secret = 1")
    (tmp_path / "outside.js").write_text("outside")
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    add_web(app, folder=folder)
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/", "text/html; charset=utf-8", "<!doctype html>"),
        ("/static/page.js", "text/javascript; charset=utf-8", "let page = 1;"),
        ("/static/parts/list.css", "text/css; charset=utf-8", "a {}"),
    ],
)
def test_files_have_their_kind(client: TestClient, path: str, kind: str, text: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, kind, text)


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/static/page.js").headers["etag"]
    again = client.get("/static/page.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["nothing.js", "notes.py", "parts", "../outside.js", "%2e%2e/outside.js", "..%2foutside.js",
     "/etc/passwd", "parts/../../outside.js", "page.js%00.css", "", "\\..\\outside.js"],
)  # fmt: skip
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    answer = client.get(f"/static/{path}")
    assert answer.status_code == 404
    assert "outside" not in answer.text
