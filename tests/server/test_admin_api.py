"""What admins may: forget, retention, keys, and the audit log."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.server.town import START, Town, audit_of, encoded, person_pixels, search_picture

from passerby.server.chores import obey_retention


def test_a_person_is_forgotten_and_nothing_is_left(town: Town) -> None:
    person = town.know(2, "Ann")
    search = search_picture(town, encoded(person_pixels(2)), '{"limit": 1}').json()
    crop = town.get("/tracklets/0000000000000000/2")["crops"][0]["url"]
    proof = town.ask("DELETE", f"/people/{person}?rewrite=false").json()
    assert proof["forgotten"] == {"people": 1, "recordings": 0, "tracklets": 4, "searches": 1}
    assert proof["clean"] is True
    assert set(proof["left"].values()) == {0}
    assert {"searches"} < set(proof["left"])
    assert town.ask("GET", f"/people/{person}").status_code == 404
    assert town.ask("DELETE", f"/people/{person}").status_code == 404
    assert town.client.get(crop, headers=town.headers()).status_code == 404
    assert town.get("/stats")["tracklets"] == 16
    old = town.ask("GET", f"/search/{search['search']}?cursor={search['next']}", "viewer")
    assert old.status_code == 404
    again = search_picture(town, encoded(person_pixels(2)), '{"top": 20}').json()
    assert 2 not in {hit["tracklet"]["number"] for hit in again["items"]}
    for record in audit_of(town):
        assert all(one.id != person for one in record.subjects)


def test_with_rewriting_the_bytes_are_looked_for(town: Town) -> None:
    proof = town.ask("DELETE", "/tracklets/0000000000000001/3").json()
    assert proof["forgotten"]["tracklets"] == 1
    assert proof["looked_for"] > 0
    assert proof["left"]["bytes of vectors"] == 0
    assert proof["left"]["bytes of pictures"] == 0
    assert proof["clean"] is True


@pytest.mark.parametrize("path", ["tracklets/0000000000000002/3", "recordings/0000000000000002"])
def test_forgetting_is_logged_and_whom_it_was_about_no_longer_is(town: Town, path: str) -> None:
    kind = path.split("/")[0].removesuffix("s")
    town.get("/tracklets/0000000000000002/3")
    assert town.ask("DELETE", f"/{path}?rewrite=false").json()["clean"] is True
    looked, forget, forgotten = audit_of(town)[-3:]
    assert (looked.action, forget.action, forgotten.action) == (
        "view tracklet", "forget", "forgotten",
    )  # fmt: skip
    assert (looked.actor, forget.actor, forgotten.actor) == ("the viewer", *["the admin"] * 2)
    assert [(one.kind, one.id) for one in forget.subjects] == [(kind, None)]
    assert looked.subjects[0].id is None  # it no longer says whom
    assert forgotten.detail == {"tracklets": 1 if kind == "tracklet" else 5, "left": 0}
    assert town.ask("GET", "/tracklets/0000000000000002/3").status_code == 404


def test_a_recording_is_forgotten(town: Town) -> None:
    proof = town.ask("DELETE", "/recordings/0000000000000001?rewrite=false").json()
    assert proof["forgotten"]["tracklets"] == 5
    assert [one["id"] for one in town.get("/recordings")["items"]] == [
        f"{n:016x}" for n in (0, 2, 3)
    ]
    assert town.ask("DELETE", "/recordings/0000000000000001").status_code == 404
    assert town.ask("DELETE", "/tracklets/0000000000000000/99").status_code == 404


def test_retention_removes_what_is_older(town: Town) -> None:
    search = search_picture(town, encoded(person_pixels(2))).json()["search"]
    town.ask("PUT", "/cameras/yard", json={"retention_days": 1})
    removed = town.ask("POST", "/retention").json()["removed"]
    # The service does so by itself when it starts, and may have been faster.
    logged = [one for one in audit_of(town) if one.action == "expire"]
    assert sum(one.detail["tracklets"] for one in logged) == 5
    assert removed in (0, 5)
    assert town.get("/stats")["cameras"].get("yard", 0) == 0
    assert town.get("/stats")["tracklets"] == 15
    assert town.ask("GET", f"/search/{search}", "viewer").status_code == 404
    assert obey_retention(town.service, now=START + 2 * 86400) == 0


def test_the_audit_log_page_by_page(town: Town) -> None:
    for _ in range(5):
        town.get("/tracklets/0000000000000001/3")
    first = town.ask("GET", "/audit?limit=3").json()
    second = town.ask("GET", f"/audit?limit=3&cursor={first['next']}").json()
    numbers = [one["number"] for one in (*first["items"], *second["items"])]
    assert numbers == list(range(numbers[0], numbers[0] - 6, -1))
    assert [one["action"] for one in first["items"]] == ["read audit log", *["view tracklet"] * 2]
    assert first["items"][1]["actor"] == "the viewer"
    assert first["items"][1]["subjects"][0]["kind"] == "tracklet"
    assert first["items"][1]["subjects"][0]["id"] == "0000000000000001/3"


def test_keys_are_made_used_and_revoked(town: Town) -> None:
    made = town.ask("POST", "/keys", json={"name": "reception", "role": "viewer", "days": 7})
    assert made.status_code == 201
    secret, key = made.json()["secret"], made.json()["key"]
    assert key["expires"] - key["made"] == pytest.approx(7 * 86400)
    asked = {"Authorization": f"Bearer {secret}"}
    assert town.client.get("/api/v1/stats", headers=asked).status_code == 200
    listed = town.ask("GET", "/keys")
    assert secret not in listed.text
    assert "reception" in {one["name"] for one in listed.json()["items"]}
    again = town.ask("POST", "/keys", json={"name": "reception", "role": "admin"})
    assert again.status_code == 409
    assert town.ask("DELETE", "/keys/reception").status_code == 204
    assert town.client.get("/api/v1/stats", headers=asked).status_code == 401
    assert town.ask("DELETE", "/keys/reception").status_code == 404
    assert town.ask("DELETE", "/keys/the admin").status_code == 409


@pytest.mark.parametrize(
    "sent",
    [{}, {"name": "", "role": "viewer"}, {"name": "x", "role": "god"},
     {"name": "x\u0007", "role": "viewer"},
     {"name": "x", "role": "viewer", "days": 0}, {"name": "x", "role": "viewer", "days": -1},
     {"name": "x", "role": "viewer", "days": 1e300}, {"name": "x" * 101, "role": "viewer"}],
)  # fmt: skip
def test_keys_that_make_no_sense(town: Town, sent: dict[str, Any]) -> None:
    assert town.ask("POST", "/keys", json=sent).status_code == 422


def test_secrets_are_in_no_log(build: Callable[..., Town]) -> None:
    town = build()
    town.ask("POST", "/keys", json={"name": "reception", "role": "viewer"})
    record = audit_of(town)[-1]
    assert (record.action, record.detail) == ("make key", {"role": "viewer"})
