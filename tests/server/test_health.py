"""Health, metrics and logs."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tests.server.town import Town, encoded, person_pixels, search_picture

from passerby.server.logs import log_as_json
from passerby.server.watch import Watch


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """What is logged, line by line."""
    to = io.StringIO()
    loggers = [logging.getLogger(name) for name in ("passerby", "uvicorn")]
    before = [(one.handlers, one.propagate, one.level) for one in loggers]
    log_as_json(to)
    yield lambda: [json.loads(line) for line in to.getvalue().splitlines()]
    for one, (handlers, propagate, level) in zip(loggers, before, strict=True):
        one.handlers, one.propagate = handlers, propagate
        one.setLevel(level)


def test_it_lives_and_is_ready(town: Town) -> None:
    assert town.client.get("/health/live").json() == {"status": "ok"}
    ready = town.client.get("/health/ready")
    assert ready.json() == {"ready": True, "checks": {"database": "ok", "model": "ok"}}


def test_without_its_database_it_is_not_ready_and_says_no_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("select secrets", {}, Exception("no route to 10.0.0.7"))

    monkeypatch.setattr(town.gallery.database, "read", away)
    answer = town.client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "unreachable"
    assert "10.0.0.7" not in answer.text


@pytest.mark.parametrize("error", [OperationalError("select", {}, Exception()), PoolTimeout()])
def test_without_its_database_nothing_is_a_defect(
    town: Town, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def away(*_: object) -> None:
        raise error

    monkeypatch.setattr(type(town.gallery), "stats", away)
    answer = town.ask("GET", "/stats", "viewer")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "database" in answer.json()["detail"]


def test_about_to_end_it_is_not_ready(town: Town) -> None:
    town.service.stopping = lambda: True
    assert town.client.get("/health/ready").status_code == 503
    assert town.client.get("/health/live").status_code == 200


def test_metrics_count_and_name_nobody(town: Town) -> None:
    person = town.know(1, "Ann Unmistakable")
    search_picture(town, encoded(person_pixels(1)))
    search_picture(town, b"no picture")
    town.get(f"/people/{person}")
    town.client.get("/api/v1/people")
    town.client.get("/nothing/Unmistakable")
    text = town.ask("GET", "/metrics", "viewer").text
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["passerby_searches_total", ("kind", "picture")] == 1
    assert samples["passerby_uploads_refused_total", ("reason", "kind")] == 1
    assert samples["passerby_requests_refused_total", ("reason", "no-key")] == 1
    people = ("method", "GET"), ("route", "/api/v1/people/{person}"), ("status", "200")
    assert samples[("passerby_requests_total", *people)] == 1
    lost = ("method", "GET"), ("route", "none"), ("status", "404")
    assert samples[("passerby_requests_total", *lost)] == 1
    for word in (person, "Unmistakable", "0000000000000000", "the viewer", "passerby_v"):
        assert word not in text


def test_the_log_is_json_without_names_and_secrets(
    town: Town, lines: Callable[[], list[dict[str, object]]]
) -> None:
    person = town.know(1, "Ann Unmistakable")
    town.get(f"/people/{person}/timeline")
    town.get("/people?name=Unmistakable")
    logged = lines()
    last = logged[-2]
    assert last["route"] == "/api/v1/people/{person}/timeline"
    assert (last["method"], last["status"], last["role"]) == ("GET", 200, "viewer")
    assert last["request"]
    text = json.dumps(logged)
    for word in (person, "Unmistakable", *town.secrets.values()):
        assert word not in text


def test_a_defect_is_said_in_words_and_logged_without_what_was_sent(
    town: Town, monkeypatch: pytest.MonkeyPatch, lines: Callable[[], list[dict[str, object]]]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Ann Unmistakable")

    monkeypatch.setattr(type(town.gallery), "stats", broken)
    answer = town.ask("GET", "/stats", "viewer")
    assert answer.status_code == 500
    assert answer.json()["request_id"] in answer.json()["detail"]
    assert "Unmistakable" not in answer.text
    defect = next(line for line in lines() if line["message"] == "a defect")
    assert defect["error"] == "RuntimeError"
    assert any("test_health.py" in place for place in defect["where"])  # pyright: ignore
    assert "Unmistakable" not in json.dumps(lines())
    assert Watch  # the one who caught it
