"""Signing in on the page."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.server.town import GENEROUS, Town

from passerby.server.roles import API
from passerby.server.sessions import Sessions

OWN = {"Origin": "http://testserver"}


@pytest.fixture(scope="module")
def town(build_once: Callable[..., Town]) -> Town:
    return build_once()


@pytest.fixture(autouse=True)
def _nobody_signed_in(town: Town) -> None:
    town.client.cookies.clear()


def sign_in(town: Town, role: str = "operator") -> str:
    answer = town.client.post(f"{API}/session", json={"key": town.secrets[role]}, headers=OWN)
    assert answer.status_code == 200, answer.text
    return answer.headers["set-cookie"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(town: Town) -> None:
    cookie = sign_in(town)
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert town.secrets["operator"] not in cookie
    assert town.client.get(f"{API}/session").json()["role"] == "operator"


def test_over_tls_the_cookie_is_sent_over_tls_alone(town: Town) -> None:
    answer = town.client.post(
        f"https://testserver{API}/session", json={"key": town.secrets["viewer"]}
    )
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]


def test_a_wrong_key_opens_no_session(town: Town) -> None:
    answer = town.client.post(f"{API}/session", json={"key": "passerby_" + "A" * 43})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert town.client.get(f"{API}/session").status_code == 401


def test_another_site_cannot_change_anything_with_the_cookie(town: Town) -> None:
    sign_in(town)
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {}):
        answer = town.client.post(f"{API}/people", json={"name": "x"}, headers=headers)
        assert answer.status_code == 403
        assert "site" in answer.json()["detail"]
    assert town.client.get(f"{API}/people").json()["items"] == []
    assert town.client.post(f"{API}/people", json={}, headers=OWN).status_code == 201


def test_another_site_cannot_sign_somebody_in(town: Town) -> None:
    answer = town.client.post(
        f"{API}/session", json={"key": town.secrets["viewer"]},
        headers={"Origin": "http://evil.example"},
    )  # fmt: skip
    assert answer.status_code == 403


def test_a_key_by_header_needs_no_origin(town: Town) -> None:
    sign_in(town, "viewer")  # the header counts, not the cookie
    answer = town.ask("POST", "/people", "operator", json={"name": "by header"})
    assert answer.status_code == 201


def test_signed_out_is_signed_out(town: Town) -> None:
    sign_in(town)
    token = town.client.cookies[town.service.access.cookie]
    assert town.client.delete(f"{API}/session", headers=OWN).status_code == 204
    town.client.cookies.set(town.service.access.cookie, token)
    assert town.client.get(f"{API}/session").status_code == 401


def test_a_revoked_key_ends_its_session_at_once(town: Town) -> None:
    _, secret = town.service.keys.make("short of breath", "viewer")
    town.client.post(f"{API}/session", json={"key": secret}, headers=OWN)
    assert town.client.get(f"{API}/stats").status_code == 200
    town.service.keys.revoke("short of breath")
    assert town.client.get(f"{API}/stats").status_code == 401


def test_wrong_keys_become_slow_and_known_keys_do_not(build: Callable[..., Town]) -> None:
    from passerby.server.limits import Rate

    town = build(limits=replace(GENEROUS, failures=Rate(3, 0.01)))
    assert town.ask("GET", "/stats", "viewer").status_code == 200
    statuses = [
        town.client.post(f"{API}/session", json={"key": f"wrong{n}"}).status_code for n in range(5)
    ]
    assert statuses == [401, 401, 401, 429, 429]
    blocked = town.client.get(f"{API}/stats", headers={"Authorization": "Bearer wrong"})
    assert blocked.status_code == 429
    assert 1 <= int(blocked.headers["retry-after"]) <= 100
    assert town.ask("GET", "/stats", "viewer").status_code == 200  # was right before
    assert town.ask("GET", "/stats", "admin").status_code == 429  # nobody knows it yet


def test_sessions_end_with_time_and_only_theirs() -> None:
    clock = [0.0]
    sessions = Sessions(10, now=lambda: clock[0])
    first, second = sessions.open("a"), sessions.open("b")
    assert first != second
    assert (sessions.secret(first), sessions.secret(second)) == ("a", "b")
    assert sessions.secret("\udcff") is None
    sessions.close(second)
    assert sessions.secret(second) is None
    clock[0] = 9.9
    assert sessions.secret(first) == "a"
    clock[0] = 10.0
    assert sessions.secret(first) is None
