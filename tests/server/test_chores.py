"""What the service does by itself."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.server.town import START, Halves, Town, audit_of, embedder, until

from passerby.core.errors import PasserbyError
from passerby.gallery.seen import Camera
from passerby.server import chores
from passerby.server.chores import obey_retention_daily


def test_what_is_too_old_goes_every_day_and_errors_are_survived(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def obey(service: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise PasserbyError("the database is away")
        return 0

    monkeypatch.setattr(chores, "obey_retention", obey)

    async def some_days() -> None:
        task = asyncio.create_task(obey_retention_daily(town.service, every=0.01, again=0.01))
        while len(calls) < 4:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(some_days())


def test_a_service_that_starts_obeys_at_once(build: Callable[..., Town]) -> None:

    town = build()
    town.gallery.set_camera(Camera("hall", retention_days=1))
    assert chores.obey_retention(town.service, START + 30 * 86400) == 5
    assert audit_of(town)[-1].actor == "passerby"
    assert audit_of(town)[-1].detail == {"removed": 5}
    town.close()
    town.gallery.set_camera(Camera("yard", retention_days=1e-6))
    town.service.sight = type(town.service.sight)(
        town.gallery.model, embedder, Halves, town.service.limits, town.service.metrics
    )  # fmt: skip
    town.client.__enter__()
    until(lambda: town.gallery.stats().cameras.get("yard", 0) == 0, 30)
