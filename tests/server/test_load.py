"""Many clients at once."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from tests.server.town import Town, encoded, person_pixels, search_picture


def storm(town: Town, clients: int, seconds: float) -> tuple[Counter[int], list[float]]:
    """Clients that search, page, look and refine as fast as they can; statuses and times."""
    end = time.monotonic() + seconds
    statuses: Counter[int] = Counter()
    times: list[float] = []
    wrong: list[str] = []
    lock = threading.Lock()

    def client(number: int) -> None:
        person = number % 5
        picture = encoded(person_pixels(person, seed=number))
        round = 0
        while time.monotonic() < end and not wrong:
            begun = time.monotonic()
            round += 1
            if round % 4 == 1:
                answer = search_picture(town, picture, '{"top": 4}')
                if answer.status_code == 200:
                    found = {hit["tracklet"]["number"] for hit in answer.json()["items"]}
                    if found != {person}:
                        wrong.append(f"asked for {person}, found {found}")
            elif round % 4 == 2:
                answer = town.ask("GET", "/tracklets?limit=20", "viewer")
            elif round % 4 == 3:
                answer = town.ask("GET", f"/tracklets/{0:016x}/{person}/crops/0", "viewer")
            else:
                sent = {"tracklet": f"{1:016x}/{person}"}
                answer = town.ask("POST", "/search/tracklet", "viewer", json=sent)
            with lock:
                statuses[answer.status_code] += 1
                times.append(time.monotonic() - begun)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    return statuses, sorted(times)


def test_16_clients_for_5_seconds(build: Callable[..., Town]) -> None:
    statuses, _ = storm(build(), clients=16, seconds=5)
    assert set(statuses) == {200}
    assert statuses.total() >= 16  # a busy machine may let each through once


@pytest.mark.slow
def test_64_clients_for_2_minutes(build: Callable[..., Town]) -> None:
    town = build()
    statuses, times = storm(town, clients=64, seconds=120)
    print(f"{statuses.total()} answers, p50 {times[len(times) // 2]:.3f} s, "
          f"p99 {times[len(times) * 99 // 100]:.3f} s")  # fmt: skip
    assert set(statuses) == {200}
    assert len(town.service.searches) <= town.service.limits.searches
