"""The interface's description is complete, and true."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.server.town import Town

from passerby.server.roles import ROLES

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip
NOT_TRIED = {
    ("GET", "/api/v1/jobs/{job}/events"),  # the stream of a waiting job never ends by itself
}


@pytest.fixture(scope="module")
def town(build_once: Callable[..., Town]) -> Town:
    town = build_once()
    for number in range(3):
        town.know(number, f"Person {number}")
    return town


@pytest.fixture(scope="module")
def described(town: Town) -> dict[str, Any]:
    return town.get("/openapi.json")


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_endpoint_is_described(described: dict[str, Any]) -> None:
    pages = {("GET", "/"), ("GET", "/static/{name:path}")}
    known = {(method, path.replace(":path}", "}")) for method, path in set(ROLES) - pages}
    assert {(method, path) for method, path, _ in operations(described)} == known


def test_every_status_and_role_is_said(described: dict[str, Any]) -> None:
    for method, path, operation in operations(described):
        at = f"{method} {path}"
        statuses = set(operation["responses"])
        assert operation["summary"], at
        assert operation["description"], at
        assert {"403", "429", "500", "503"} <= statuses, at
        role = operation.get("x-role")
        assert bool(role) == bool(operation["security"]), at
        if role:
            assert "401" in statuses, at
        if "requestBody" in operation:
            assert {"400", "408", "413", "422"} <= statuses, at
        if "{" in path:
            assert "404" in statuses, at
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and path != "/health/ready":
                assert list(answer["content"]) == ["application/problem+json"], (at, status)


def test_every_value_has_an_example_or_speaks_for_itself(described: dict[str, Any]) -> None:
    bare = []
    for name, schema in described["components"]["schemas"].items():
        for field, about in schema.get("properties", {}).items():
            refers = any(
                key in about for key in ("$ref", "anyOf", "allOf", "items", "enum", "const")
            )
            if not refers and "examples" not in about and about.get("type") != "boolean":
                bare.append(f"{name}.{field}")
    assert len(bare) <= 12, bare


def attack(town: Town, described: dict[str, Any], examples: int) -> int:
    """Try every operation with what fits its description, and with what does not."""
    described = json.loads(json.dumps(described))
    for _, _, operation in operations(described):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            content.pop("encoding", None)  # any bytes, not only pictures
    schema = schemathesis.openapi.from_dict(described)
    tried = 0

    def ask(case: schemathesis.Case) -> None:
        nonlocal tried
        tried += 1
        asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver"))
        ready = asked.prepare()
        headers = {**ready.headers, **town.headers("admin")}
        body = ready.body.encode() if isinstance(ready.body, str) else ready.body
        answer = town.client.request(
            str(ready.method), str(ready.url), content=body, headers=headers
        )
        case.validate_response(answer, checks=CHECKS)

    for found in schema.get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) in NOT_TRIED:
            continue
        for mode in schemathesis.GenerationMode:
            cases = operation.as_strategy(generation_mode=mode)
            trying = settings(
                max_examples=examples,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(given(cases)(ask))
            with contextlib.suppress(Unsatisfiable):  # there is nothing to get wrong
                trying()
    return tried


def test_a_few_requests_of_every_kind(town: Town, described: dict[str, Any]) -> None:
    assert attack(town, described, examples=5) > 300


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_many_requests_of_every_kind(town: Town, described: dict[str, Any]) -> None:
    assert attack(town, described, examples=100) > 4000
