"""Names, sizes and times of requests; headers of answers."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.server.town import GENEROUS, Town

from passerby.server.limits import Limits
from passerby.server.metrics import Metrics
from passerby.server.roles import API
from passerby.server.shield import Shield


@pytest.fixture(scope="module")
def town(build_once: Callable[..., Town]) -> Town:
    return build_once()


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "testserver:x"])
def test_foreign_names_are_refused(town: Town, host: str) -> None:
    answer = town.client.get("/health/live", headers={"Host": host})
    assert answer.status_code == 403
    assert "--allowed-host" in answer.json()["detail"]


def test_a_port_is_no_other_name(town: Town) -> None:
    assert town.client.get("/health/live", headers={"Host": "TestServer:81"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/health/live", f"{API}/stats", "/nothing", f"{API}/nothing/at/all", "/static/no.js"]
)
def test_every_answer_carries_the_headers(town: Town, path: str) -> None:
    headers = town.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert headers["x-request-id"]


def test_a_request_keeps_its_own_id_if_it_is_plain(town: Town) -> None:
    asked = {"X-Request-ID": "abcdefgh-12345678"}
    assert (
        town.client.get("/nothing", headers=asked).headers["x-request-id"] == asked["X-Request-ID"]
    )
    odd = town.client.get("/nothing", headers={"X-Request-ID": "a b\x7f{"})
    assert odd.headers["x-request-id"] != "a b\x7f{"
    assert odd.json()["request_id"] == odd.headers["x-request-id"]


def test_a_body_that_says_it_is_too_large_is_not_read(town: Town) -> None:
    answer = town.ask("POST", "/people", content=b" " * (GENEROUS.json_bytes + 1))
    assert answer.status_code == 413
    assert "1,024 KiB" in answer.json()["detail"]


def test_a_body_that_does_not_say_so_is_cut_off(town: Town) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        for _ in range(64):
            sent.append(1)
            yield b" " * (1 << 16)

    answer = town.ask(
        "POST", "/people", content=endless(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("said", ["-1", "1e9", "99999999999999999999999999", "abc", "1, 2"])
def test_odd_lengths_are_no_defect(town: Town, said: str) -> None:
    answer = town.ask("POST", "/people", content=b"{}", headers={"Content-Length": said})
    assert answer.status_code in (201, 413, 422)


def test_a_body_that_does_not_come_is_not_waited_for_for_ever() -> None:
    limits = replace(Limits(), body_seconds=0.05)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()

    async def receive() -> Any:
        await asyncio.sleep(60)

    async def send(message: Any) -> None: ...

    scope = {
        "type": "http", "method": "POST", "path": "/", "client": ("1.2.3.4", 5), "state": {},
        "headers": [(b"host", b"here")],
    }  # fmt: skip
    with pytest.raises(Exception) as caught:  # noqa: PT011 - fastapi's own
        asyncio.run(Shield(app, ["here"], limits, Metrics())(scope, receive, send))
    assert caught.value.status_code == 408  # pyright: ignore[reportAttributeAccessIssue]


def test_websockets_are_closed() -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("nobody may get here")

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Shield(app, [], Limits(), Metrics())({"type": "websocket"}, None, send))  # pyright: ignore[reportArgumentType]
    assert sent == [{"type": "websocket.close", "code": 1008}]


BAD_BODIES: list[tuple[bytes, str, int]] = [
    (b"", "application/json", 422),
    (b"{", "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'{"name": ' + b"1" * 5000 + b"}", "application/json", 400),
    (b"null", "application/json", 422),
    (b"[]", "application/json", 422),
    (b'{"name": 1}', "application/json", 422),
    (b'{"name": "a\\u0000b"}', "application/json", 422),
    (b'{"name": "\\ud800"}', "application/json", 422),
    (b'{"surname": "x"}', "application/json", 422),
    (b'{"name": "' + b"x" * 201 + b'"}', "application/json", 422),
    (b'{"consent": "maybe"}', "application/json", 422),
    (b'{"tracklets": ["../../etc/passwd"]}', "application/json", 422),
    (b'{"tracklets": ["0000000000000000/77"]}', "application/json", 422),
    (b"name=x", "application/x-www-form-urlencoded", 422),
    (b"<name/>", "application/xml", 422),
    (b"{}", "text/plain", 422),
]


@pytest.mark.parametrize(("body", "kind", "status"), BAD_BODIES)
def test_bad_bodies_are_refused_in_words(town: Town, body: bytes, kind: str, status: int) -> None:
    answer = town.ask("POST", "/people", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["status"] == status
    assert len(problem["detail"]) > 10
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "filter",
    ["NaN", '{"after": NaN}', '{"after": 1e999}', '{"after": "9999999999-01-01T00:00:00Z"}',
     '{"after": "0001-01-01T00:00:00Z"}', '{"after": 5}', '{"cameras": "yard"}',
     '{"cameras": ["nowhere"]}', '{"people": ["nobody"]}', '{"known": 7}'],
)  # fmt: skip
def test_filters_that_make_no_sense(town: Town, filter: str) -> None:
    body = f'{{"tracklet": "{0:016x}/0", "filter": {filter}}}'
    answer = town.ask(
        "POST", "/search/tracklet", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422), answer.text


def test_what_was_sent_is_never_repeated(town: Town) -> None:
    secret = "somebody<script>alert(1)</script>"
    answer = town.ask("POST", "/people", json={secret: secret, "consent": secret})
    assert answer.status_code == 422
    assert "script" not in json.dumps(answer.json())
