"""Who may do what: every endpoint, with no key, a small one, an old one and a revoked one."""

import re
import time
from collections.abc import Callable

import pytest
from fastapi.routing import APIRoute
from tests.server.town import Town

from passerby.server.roles import API, ROLES

SMALLER = {"operator": "viewer", "admin": "operator"}
CLOSED = sorted(at for at, role in ROLES.items() if role)


@pytest.fixture(scope="module")
def town(build_once: Callable[..., Town]) -> Town:
    return build_once()


def address(path: str) -> str:
    """A path with something in place of what varies."""
    values = {"recording": "0" * 16, "number": "0", "place": "0", "job": "1", "search": "a" * 24}
    return re.sub(r"{(\w+)(:path)?}", lambda m: values.get(m[1], "somebody"), path)


def test_every_endpoint_stands_in_the_table_and_nothing_else_does(town: Town) -> None:
    routes = {
        (method, route.path)
        for route in town.app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert routes == set(ROLES)
    assert len(town.app.routes) == len(routes)


def test_only_what_is_about_nobody_needs_no_key() -> None:
    assert {at for at, role in ROLES.items() if role is None} == {
        ("GET", "/"),
        ("GET", "/static/{name:path}"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
        ("POST", f"{API}/session"),
        ("DELETE", f"{API}/session"),
    }


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_without_a_key_nothing_is_open(town: Town, method: str, path: str) -> None:
    answer = town.client.request(method, address(path), content=b"\xff not even read")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "key" in answer.json()["detail"]


@pytest.mark.parametrize(("method", "path"), [at for at in CLOSED if ROLES[at] != "viewer"])
def test_a_smaller_role_is_not_enough(town: Town, method: str, path: str) -> None:
    role = SMALLER[str(ROLES[method, path])]
    answer = town.client.request(method, address(path), headers=town.headers(role))
    assert answer.status_code == 403
    assert str(ROLES[method, path]) in answer.json()["detail"]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_the_role_of_the_table_is_enough(town: Town, method: str, path: str) -> None:
    role = str(ROLES[method, path])
    answer = town.client.request(method, address(path), headers=town.headers(role))
    assert answer.status_code not in (401, 403, 405, 500)


@pytest.mark.parametrize("ended", ["expired", "revoked", "made up", "empty", "not a bearer"])
def test_a_key_that_does_not_hold_opens_nothing(town: Town, ended: str) -> None:
    keys = town.service.keys
    name = f"a key that is {ended}"
    if ended == "expired":
        headers = bearer(keys.make(name, "admin", days=1, now=time.time() - 2 * 86400)[1])
    elif ended == "revoked":
        headers = bearer(keys.make(name, "admin")[1])
        assert town.client.get(f"{API}/stats", headers=headers).status_code == 200
        keys.revoke(name)
    elif ended == "made up":
        headers = bearer("passerby_" + "A" * 43)
    elif ended == "empty":
        headers = bearer("")
    else:
        headers = {"Authorization": f"Basic {town.secrets['admin']}"}
    for method, path in CLOSED:
        answer = town.client.request(method, address(path), headers=headers)
        assert answer.status_code == 401, (method, path)


def test_two_authorisations_at_once_are_none(town: Town) -> None:
    good = f"Bearer {town.secrets['admin']}"
    answer = town.client.get(
        f"{API}/stats", headers=[("authorization", good), ("authorization", good)]
    )
    assert answer.status_code == 401


def test_the_key_in_the_address_is_no_key(town: Town) -> None:
    answer = town.client.get(f"{API}/stats", params={"key": town.secrets["admin"]})
    assert answer.status_code == 401


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}
