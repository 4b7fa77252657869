"""Searching over HTTP."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.server.town import (
    GENEROUS,
    MODEL,
    Halves,
    Town,
    audit_of,
    embedder,
    encoded,
    person_pixels,
    search_picture,
    until,
)

from passerby.server.limits import Limits


@pytest.fixture(scope="module")
def shared(build_once: Callable[..., Town]) -> Town:
    return build_once()


def numbers(found: Any) -> list[int]:
    return [hit["tracklet"]["number"] for hit in found["items"]]


def test_a_picture_finds_the_same_person_in_every_recording(shared: Town) -> None:
    found = search_picture(shared, encoded(person_pixels(2, seed=99)), '{"top": 4}')
    assert found.status_code == 200, found.text
    hits = found.json()["items"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3, 4]
    assert set(numbers(found.json())) == {2}
    assert {hit["tracklet"]["recording"] for hit in hits} == {f"{n:016x}" for n in range(4)}
    distances = [hit["distance"] for hit in hits]
    assert distances == sorted(distances)
    yard = next(hit["tracklet"] for hit in hits if hit["tracklet"]["camera"] == "yard")
    assert yard["zone"] == "outside"
    assert yard["when"].startswith("2026-05-28T")
    assert yard["crops"][0]["box"] == [1, 2, 33, 66]
    assert found.json()["next"] is None


def test_distances_are_those_of_the_model(shared: Town) -> None:
    pixels = person_pixels(1, seed=5)
    found = search_picture(shared, encoded(pixels, "PNG"), '{"top": 1}').json()["items"][0]
    query = embedder().crops([pixels])[0]
    held = shared.gallery.features([found["tracklet"]["id"]]).features[0]
    expected = 1 - (query @ held / query.norm() / held.norm()).item()
    assert found["distance"] == pytest.approx(expected, abs=1e-5)


def test_a_box_is_cut_out_and_a_point_finds_its_box(shared: Town) -> None:
    frame = np.concatenate([person_pixels(0), person_pixels(3)], axis=1)
    picture = encoded(frame, "PNG")
    boxed = search_picture(shared, picture, '{"box": [32, 0, 64, 64], "top": 4}').json()
    assert set(numbers(boxed)) == {3}
    assert boxed["box"] == [32, 0, 64, 64]
    pointed = search_picture(shared, picture, '{"point": [50, 20], "top": 4}').json()
    assert (numbers(pointed), pointed["box"]) == (numbers(boxed), boxed["box"])
    other = search_picture(shared, picture, '{"point": [5, 20], "top": 4}').json()
    assert set(numbers(other)) == {0}
    over = search_picture(shared, picture, '{"box": [-10, -10, 32, 900], "top": 4}').json()
    assert over["box"] == [0, 0, 32, 64]


def test_detect_says_where_people_are(shared: Town) -> None:
    picture = encoded(np.zeros((40, 60, 3), np.uint8))
    found = shared.ask("POST", "/detect", "viewer", files={"picture": ("x", picture)}).json()
    assert (found["width"], found["height"]) == (60, 40)
    assert [one["box"] for one in found["boxes"]] == [[0, 0, 30, 40], [30, 0, 60, 40]]
    assert found["boxes"][0]["score"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ("{", 400), ("null", 422), ('{"top": 0}', 422), ('{"top": 501}', 422),
        ('{"top": 1e99}', 422),
        ('{"box": [1, 2, 3]}', 422), ('{"box": [5, 5, 5, 9]}', 422), ('{"box": [9, 0, 5, 9]}', 422),
        ('{"box": [NaN, 0, 5, 9]}', 422), ('{"box": [0, 0, Infinity, 9]}', 422),
        ('{"box": [0, 0, 1e300, 9]}', 422), ('{"box": [70, 0, 90, 9]}', 422),
        ('{"box": [0, 0, 5, 9], "point": [1, 1]}', 422), ('{"point": [900, 1]}', 422),
        ('{"picture": "x"}', 422), ('{"filter": {"cameras": ["\\u0000"]}}', 422),
        ('{"filter": {"cameras": ["nowhere"]}}', 422), ("[" * 5000, 400), ("\x00", 400),
        ('{"filter": {"people": ["' + "a" * 65 + '"]}}', 422), ("x" * 70_000, 413),
    ],
)  # fmt: skip
def test_options_that_make_no_sense(shared: Town, options: str, status: int) -> None:
    answer = search_picture(shared, encoded(person_pixels(0)), options)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_pages_of_a_search_are_one_ranking(shared: Town) -> None:
    picture = encoded(person_pixels(4))
    whole = search_picture(shared, picture, '{"top": 20, "limit": 200}').json()
    page = search_picture(shared, picture, '{"top": 20, "limit": 6}').json()
    seen, search = list(page["items"]), page["search"]
    while page["next"]:
        page = shared.get(f"/search/{search}?limit=6&cursor={page['next']}")
        seen += page["items"]
    assert seen == whole["items"]
    assert [hit["rank"] for hit in seen] == list(range(1, 21))


def test_what_is_forgotten_behind_the_service_is_left_out_of_the_next_page(town: Town) -> None:
    found = search_picture(town, encoded(person_pixels(4)), '{"top": 20, "limit": 2}').json()
    whole = town.get(f"/search/{found['search']}?limit=200")["items"]
    gone = whole[5]["tracklet"]["id"]
    town.gallery.forget(tracklets=[gone])
    page = town.get(f"/search/{found['search']}?limit=10&cursor={found['next']}")["items"]
    assert [hit["tracklet"]["id"] for hit in page] == [
        hit["tracklet"]["id"] for hit in whole[2:12] if hit["tracklet"]["id"] != gone
    ]
    assert [hit["rank"] for hit in page] == [3, 4, 5, 7, 8, 9, 10, 11, 12]


def test_a_search_belongs_to_who_asked(shared: Town) -> None:
    found = search_picture(shared, encoded(person_pixels(4))).json()["search"]
    assert shared.ask("GET", f"/search/{found}", "viewer").status_code == 200
    assert shared.ask("GET", f"/search/{found}", "admin").status_code == 404
    assert shared.ask("GET", f"/search/{'0' * 24}", "viewer").status_code == 404
    assert shared.ask("GET", "/search/..", "viewer").status_code == 404


def test_a_tracklet_is_no_answer_to_itself(shared: Town) -> None:
    sent = {"tracklet": "0000000000000002/1", "top": 3}
    found = shared.post("/search/tracklet", sent, "viewer")
    assert set(numbers(found)) == {1}
    assert "0000000000000002/1" not in {hit["tracklet"]["id"] for hit in found["items"]}
    unknown = shared.ask("POST", "/search/tracklet", json={"tracklet": "0000000000000002/77"})
    assert unknown.status_code == 422


def test_a_person_is_searched_with_all_tracklets_and_finds_others(town: Town) -> None:
    person = town.post("/people", {"name": "Ann", "tracklets": ["0" * 16 + "/2"]})["id"]
    found = town.post("/search/person", {"person": person, "top": 3}, "viewer")
    assert set(numbers(found)) == {2}
    assert "0" * 16 + "/2" not in {hit["tracklet"]["id"] for hit in found["items"]}
    nobody = town.post("/people", {})["id"]
    assert town.ask("POST", "/search/person", json={"person": nobody}).status_code == 409
    assert town.ask("POST", "/search/person", json={"person": "ffff"}).status_code == 422


def test_who_refuses_is_in_no_answer_any_more(town: Town) -> None:
    person = town.know(2)
    picture = encoded(person_pixels(2, seed=99))
    found = search_picture(town, picture, '{"top": 4, "limit": 1}').json()
    assert set(numbers(found)) == {2}
    town.ask("PATCH", f"/people/{person}", "operator", json={"consent": "refused"})
    assert 2 not in numbers(search_picture(town, picture, '{"top": 20}').json())
    old = town.ask("GET", f"/search/{found['search']}?cursor={found['next']}", "viewer")
    assert old.status_code == 404
    assert town.ask("POST", "/search/person", json={"person": person}).status_code == 409


def test_filters_hold(town: Town) -> None:
    known = town.know(1)
    picture = encoded(person_pixels(1))

    def cameras(filter: dict[str, Any]) -> set[str]:
        found = search_picture(town, picture, json.dumps({"filter": filter, "top": 20})).json()
        return {hit["tracklet"]["camera"] for hit in found["items"]}

    assert cameras({"cameras": ["yard"]}) == {"yard"}
    assert cameras({"not_cameras": ["yard"]}) == {"door", "hall"}
    assert cameras({"zones": ["outside"]}) == {"yard"}
    theirs = search_picture(town, picture, json.dumps({"filter": {"people": [known]}})).json()
    assert numbers(theirs) == [1, 1, 1, 1]
    strangers = search_picture(town, picture, '{"filter": {"known": false}}').json()
    assert 1 not in numbers(strangers)
    late = search_picture(town, picture, '{"filter": {"after": "2030-01-01T00:00:00Z"}}').json()
    assert late["items"] == []
    assert "without a start time" in late["note"]


def test_an_empty_gallery_says_so(build: Callable[..., Town]) -> None:
    town = build(filled=False)
    found = search_picture(town, encoded(person_pixels(0)))
    assert found.status_code == 200, found.text
    assert found.json()["note"] == "the gallery is empty"


def test_a_human_word_ranks_again_at_once(shared: Town) -> None:
    # Half one person, half another: both are as near, until somebody says who is meant.
    mixed = ((person_pixels(0).astype(int) + person_pixels(1)) // 2).astype(np.uint8)
    found = search_picture(shared, encoded(mixed, "PNG"), '{"top": 20}').json()
    wrong = next(h["tracklet"]["id"] for h in found["items"] if h["tracklet"]["number"] == 1)
    right = next(h["tracklet"]["id"] for h in found["items"] if h["tracklet"]["number"] == 0)
    said = {"search": found["search"], "confirmed": [right], "rejected": [wrong]}
    again = shared.post("/search/refine", said, "viewer")
    assert again["search"] == found["search"]
    assert again["items"][0]["tracklet"]["id"] == right
    assert again["items"][0]["verdict"] == "confirmed"
    assert numbers(again)[:4] == [0, 0, 0, 0]
    assert wrong not in {hit["tracklet"]["id"] for hit in again["items"]}
    assert [hit["rank"] for hit in again["items"]] == list(range(1, 20))
    page = shared.get(f"/search/{found['search']}?limit=200")
    assert page["items"] == again["items"]
    back = shared.post("/search/refine", {"search": found["search"]}, "viewer")
    assert back["items"] == found["items"]


def test_refining_what_makes_no_sense(shared: Town) -> None:
    found = search_picture(shared, encoded(person_pixels(0))).json()["search"]
    one = "0000000000000000/0"
    for sent, status in (
        ({"search": found, "confirmed": [one], "rejected": [one]}, 422),
        ({"search": found, "confirmed": ["0000000000000000/88"]}, 422),
        ({"search": "f" * 24, "confirmed": [one]}, 404),
        ({"search": "../x"}, 422),
    ):
        assert shared.ask("POST", "/search/refine", "viewer", json=sent).status_code == status


def test_every_search_and_page_is_in_the_audit_log(town: Town) -> None:
    person = town.know(0, "Ann Example")
    before = len(audit_of(town))
    found = search_picture(town, encoded(person_pixels(0)), '{"top": 6, "limit": 3}').json()
    town.get(f"/search/{found['search']}?limit=3&cursor={found['next']}")
    town.post("/search/refine", {"search": found["search"], "limit": 3}, "viewer")
    records = audit_of(town)[before:]
    assert [record.action for record in records] == ["search", "page of search", "refine search"]
    shown = [hit["tracklet"]["id"] for hit in found["items"]]
    assert [one.id for one in records[0].subjects if one.kind == "tracklet"] == shown
    assert [one.id for one in records[0].subjects if one.kind == "person"] == [person]
    assert "Ann" not in json.dumps([record.detail for record in records])


def test_a_model_that_is_not_there_is_said_and_the_rest_works(build: Callable[..., Town]) -> None:
    from passerby.core.errors import PasserbyError

    def missing() -> Any:
        raise PasserbyError("there is no embedder 'colours'")

    town = build(embedder=missing)
    answer = search_picture(town, encoded(person_pixels(0)))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "embedder" in answer.json()["detail"]
    assert town.post("/search/tracklet", {"tracklet": "0" * 16 + "/2"}, "viewer")["items"]
    assert town.ask("GET", "/health/ready").json()["checks"]["model"] == "failed"


def test_another_model_than_the_gallery_is_refused(build: Callable[..., Town]) -> None:
    town = build(embedder=lambda: replace(embedder(), hash="dd" * 32))
    assert search_picture(town, encoded(person_pixels(0))).status_code == 503
    assert MODEL.name in town.service.sight.why["embedder"]


def test_too_many_pictures_at_once_are_sent_away(build: Callable[..., Town]) -> None:
    import threading
    from concurrent.futures import ThreadPoolExecutor

    free = threading.Event()

    class Slow(Halves):
        def detect(self, frames: Any) -> Any:
            free.wait(20)
            return super().detect(frames)

    town = build(detector=Slow, limits=replace(GENEROUS, waiting=2))
    picture = encoded(person_pixels(0))

    def ask() -> Any:
        return town.ask("POST", "/detect", "viewer", files={"picture": ("x", picture)})

    with ThreadPoolExecutor(12) as threads:
        answers = [threads.submit(ask) for _ in range(12)]
        until(lambda: any(answer.done() for answer in answers))
        free.set()
        done = [answer.result() for answer in answers]
    statuses = [answer.status_code for answer in done]
    assert set(statuses) == {200, 503}
    assert all("retry-after" in answer.headers for answer in done if answer.status_code == 503)


def test_default_limits_hold_together() -> None:
    limits = Limits()
    assert limits.waiting >= limits.batch
    assert limits.upload_bytes > limits.json_bytes
