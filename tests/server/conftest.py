"""Fixtures of the service's tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.gallery.around import fresh_url
from tests.server.town import MODEL, Town, fill

from passerby.gallery.opening import create_gallery


@contextmanager
def _builder() -> Iterator[Callable[..., Town]]:
    made: list[Town] = []

    def build(filled: bool = True, **settings: Any) -> Town:
        gallery = create_gallery(fresh_url(), MODEL)
        if filled:
            fill(gallery)
        made.append(Town(gallery.database, **settings))
        return made[-1]

    yield build
    for town in made:
        town.close()
        town.database.close()


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of the forgotten of a test's gallery is that test's."""
    monkeypatch.setenv("PASSERBY_STATE", str(tmp_path / "state"))


@pytest.fixture
def build() -> Iterator[Callable[..., Town]]:
    """Builds towns, each with a database of its own; they are closed at the end."""
    with _builder() as build:
        yield build


@pytest.fixture(scope="module")
def build_once() -> Iterator[Callable[..., Town]]:
    """The same for towns that all tests of a file share."""
    with _builder() as build:
        yield build


@pytest.fixture
def town(build: Callable[..., Town]) -> Town:
    """A town of its own for a test."""
    return build()
