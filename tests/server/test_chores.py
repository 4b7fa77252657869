"""What the service does by itself."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.server.town import START, Halves, Town, audit_of, embedder, until

from passerby.core.errors import PasserbyError
from passerby.gallery.seen import Camera
from passerby.server import chores
from passerby.server.chores import keep_in_order


def test_what_is_too_old_goes_every_day_and_errors_are_survived(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[str] = []

    def obey(service: Any) -> int:
        calls.append("retention")
        if calls.count("retention") == 2:
            raise PasserbyError("the database is away")
        return 0

    monkeypatch.setattr(chores, "obey_retention", obey)
    monkeypatch.setattr(chores, "keep_quick", lambda service: calls.append("quick"))

    async def some_days() -> None:
        nobody: Any = None
        task = asyncio.create_task(keep_in_order(nobody, every=0.01, again=0.01))
        while len(calls) < 5:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(some_days())
    assert calls[:5] == ["retention", "quick", "retention", "retention", "quick"]


def test_ended_jobs_go_and_what_was_added_is_indexed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = town.service.jobs.add("ingest", {}, "operator")
    town.service.jobs.cancel(job.id)
    waiting = town.service.jobs.add("ingest", {}, "operator")
    indexed: list[int] = []
    monkeypatch.setattr(town.service.gallery, "maintain", lambda: indexed.append(1))
    monkeypatch.setattr(chores, "JOBS_KEPT", -1.0)
    chores.keep_quick(town.service)
    assert indexed
    assert [one.id for one in town.service.jobs.all(10)] == [waiting.id]


def test_a_service_that_starts_obeys_at_once(build: Callable[..., Town]) -> None:

    town = build()
    town.gallery.set_camera(Camera("hall", retention_days=1))
    assert chores.obey_retention(town.service, now=START + 30 * 86400) == 5
    assert audit_of(town)[-1].actor == "passerby"
    assert audit_of(town)[-1].detail == {"tracklets": 5}
    town.close()
    town.gallery.set_camera(Camera("yard", retention_days=1e-6))
    town.service.sight = type(town.service.sight)(
        town.gallery.model, embedder, Halves, town.service.limits, town.service.metrics
    )  # fmt: skip
    town.client.__enter__()
    until(lambda: town.gallery.stats().cameras.get("yard", 0) == 0, 30)
