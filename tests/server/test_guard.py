from pathlib import Path

import pytest
from fastapi import WebSocketDisconnect
from fastapi.testclient import TestClient
from tests.pipelines.small_study import small_study

from passerby.pipelines.human_study_answers import answers
from passerby.server.human_study import human_study_app

KEY = "a-key-that-nobody-guesses"
HERE = "http://127.0.0.1:8765"
PLACES = ("/", "/question", "/pictures/0a.jpg", "/static/study.css", "/nowhere")


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    small_study(tmp_path)
    return TestClient(human_study_app(tmp_path, KEY), base_url=HERE)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("key", ["", "?key=", "?key=wrong", "?key=%ff", "?key=\u00e9", "?key"])
def test_without_the_key_there_is_nothing(place: str, key: str, client: TestClient) -> None:
    client.cookies.set("passerby_key_small", "wrong")
    got = client.get(place + key)
    assert got.status_code == 403
    assert "needs its key" in got.text
    assert "set-cookie" not in got.headers


def test_the_key_becomes_a_cookie_that_only_this_site_gets(client: TestClient) -> None:
    got = client.get(f"/?key={KEY}")
    cookie = got.headers["set-cookie"]
    assert cookie.startswith(f"passerby_key_small={KEY};")
    for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert client.get("/static/study.css").status_code == 200
    assert client.get("/?key=wrong").status_code == 200  # an old address, and a good cookie
    assert KEY not in got.text


def test_nothing_is_stored_and_nothing_is_loaded_from_elsewhere(client: TestClient) -> None:
    client.get(f"/?key={KEY}")
    for place in PLACES:
        headers = client.get(place).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert not {"etag", "last-modified"} & set(headers)
        assert "http://" not in client.get(place).text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "127.0.0.2", "", "localhost:x",
     "user@localhost", "[::1", "localhost."],
)  # fmt: skip
def test_a_foreign_name_that_points_here_is_refused(host: str, client: TestClient) -> None:
    got = client.get(f"/?key={KEY}", headers={"host": host})
    assert (got.status_code, "under another address" in got.text) == (403, True)


@pytest.mark.parametrize("host", ["localhost:1", "LOCALHOST", "127.0.0.1", "[::1]:8765", "[::1]"])
def test_this_machine_has_several_names(host: str, client: TestClient) -> None:
    assert client.get(f"/?key={KEY}", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", ""])
def test_other_sites_cannot_answer(origin: str, client: TestClient, tmp_path: Path) -> None:
    client.get(f"/?key={KEY}")
    client.post("/start", data={"name": "Ada"})
    sent = {"question": "q0", "chosen": "0a.jpg"}
    got = client.post("/answer", data=sent, headers={"origin": origin})
    assert (got.status_code, "Another site" in got.text) == (403, True)
    assert answers(tmp_path, "Ada") == {}


def test_our_own_pages_can(client: TestClient) -> None:
    client.get(f"/?key={KEY}")
    got = client.post("/start", data={"name": "Ada"}, headers={"origin": HERE})
    assert got.status_code == 200


def test_web_sockets_are_closed(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/"):
        pass
    assert closed.value.code == 1008


def test_a_strangers_odd_cookie_does_not_hide_ours(client: TestClient) -> None:
    cookies = f'other={{"a": [1, 2]}}; passerby_key_small={KEY}; x'
    assert client.get("/", headers={"cookie": cookies}).status_code == 200
