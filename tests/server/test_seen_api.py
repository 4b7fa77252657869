"""What the gallery holds, over HTTP."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from sqlalchemy.exc import SQLAlchemyError
from tests.server.town import START, Town, audit_of, person_pixels

from passerby.core.errors import PasserbyError


@pytest.fixture(scope="module")
def town(build_once: Callable[..., Town]) -> Town:
    return build_once()


def test_stats(town: Town) -> None:
    assert town.get("/stats") == {
        "model": {"name": "colours", "hash": "c0" * 32, "metric": "cosine"},
        "recordings": 4,
        "tracklets": 20,
        "features": 20,
        "people": 0,
        "cameras": {"door": 10, "hall": 5, "yard": 5},
    }


def test_cameras_are_set_by_admins(town: Town) -> None:
    sent = {"zone": "inside", "retention_days": 30}
    assert town.ask("PUT", "/cameras/hall", json=sent).json() == {
        "name": "hall", "zone": "inside", "retention_days": 30, "tracklets": 5,
    }  # fmt: skip
    assert town.ask("PUT", "/cameras/floor 2/east", json={}).status_code == 200
    assert {one["name"]: one["zone"] for one in town.get("/cameras")["items"]} == {
        "door": "", "floor 2/east": "", "hall": "inside", "yard": "outside",
    }  # fmt: skip
    for bad in ({"retention_days": -1}, {"retention_days": 0}, {"retention_days": 1e300}):
        assert town.ask("PUT", "/cameras/hall", json=bad).status_code == 422


def test_recordings_page_by_page(town: Town) -> None:
    first = town.get("/recordings?limit=3")
    second = town.get(f"/recordings?limit=3&cursor={first['next']}")
    ids = [one["id"] for one in (*first["items"], *second["items"])]
    assert ids == [f"{n:016x}" for n in range(4)]
    assert second["next"] is None
    assert second["items"][0]["start"] is None
    assert first["items"][1]["start"] == "2026-05-28T20:27:40Z"


def test_how_much_is_held_of_a_recording(build: Callable[..., Town]) -> None:
    town = build()
    ids = [f"{n:016x}" for n in range(2)]
    before = town.get(f"/recordings/{ids[0]}")
    assert (before["tracklets"], before["people"], before["nowhere_else"]) == (5, 0, 0)
    assert before["id"] == ids[0]
    here = town.gallery.add_person("Ann").id
    town.gallery.assign([f"{ids[0]}/0", f"{ids[0]}/1"], here)
    town.gallery.assign([f"{ids[0]}/2", f"{ids[1]}/2"], town.gallery.add_person("Bob").id)
    held = town.get(f"/recordings/{ids[0]}")
    assert (held["tracklets"], held["people"], held["nowhere_else"]) == (5, 2, 1)
    assert town.get(f"/recordings/{ids[1]}")["nowhere_else"] == 0
    assert town.ask("GET", "/recordings/ffff").status_code == 404


@pytest.mark.parametrize("limit", [1, 3, 7, 20, 200])
def test_pages_of_tracklets_follow_each_other_without_gap_or_double(town: Town, limit: int) -> None:
    seen, cursor = [], ""
    while True:
        page = town.get(f"/tracklets?limit={limit}{cursor}")
        assert len(page["items"]) <= limit
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [f"{place:016x}/{number}" for place in range(4) for number in range(5)]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("cameras=yard", 5),
        ("cameras=yard&cameras=hall", 10),
        ("not_cameras=door", 10),
        ("zones=outside", 5),
        ("known=true", 0),
        ("known=false", 20),
        ("after=2026-05-28T20:28:00Z", 7),
        ("before=2026-05-28T20:28:00Z", 8),
        ("before=2026-05-28T22:28:00%2B02:00", 8),
    ],
)
def test_filters(town: Town, query: str, count: int) -> None:
    assert len(town.get(f"/tracklets?limit=200&{query}")["items"]) == count


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "cursor=%00", "cursor=!!!", "cursor=YQ",
     "cursor=" + "A" * 700,
     "cameras=nowhere", "people=%00", "after=yesterday", "after=1", "after=NaN", "colour=red",
     "before=99999-01-01T00:00:00Z", "known=perhaps", "cursor=Ly8v"],
)  # fmt: skip
def test_queries_that_make_no_sense(town: Town, query: str) -> None:
    answer = town.ask("GET", f"/tracklets?{query}", "viewer")
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_a_tracklet_its_crops_and_who_looked(town: Town) -> None:
    before = len(audit_of(town))
    one = town.get("/tracklets/0000000000000001/3")
    assert (one["camera"], one["number"], one["person"]) == ("hall", 3, None)
    assert (one["start"], one["end"]) == (START + 60 + 21, START + 60 + 26)
    crop = town.client.get(one["crops"][0]["url"], headers=town.headers("viewer"))
    assert crop.headers["content-type"] == "image/jpeg"
    pixels = np.asarray(Image.open(io.BytesIO(crop.content)), np.float64)
    expected = person_pixels(3, seed=10).astype(np.float64)
    assert np.abs(pixels - expected).mean() < 10
    seen, looked = audit_of(town)[before:]
    assert (seen.action, looked.action) == ("view tracklet", "view crop")
    assert seen.actor == looked.actor == "the viewer"
    assert seen.subjects[0].id == looked.subjects[0].id == "0000000000000001/3"


@pytest.mark.parametrize(
    "path",
    ["/tracklets/0000000000000001/99", "/tracklets/ffff/0", "/tracklets/0000000000000001/3/crops/3",
     "/tracklets/0000000000000001/99/crops/0"],
)  # fmt: skip
def test_what_is_not_there(town: Town, path: str) -> None:
    answer = town.ask("GET", path)
    assert answer.status_code == 404
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    ["/tracklets/..%2f..%2fetc/0", "/tracklets/a%00b/0", "/tracklets/0/-1", "/tracklets/0/1e9",
     "/tracklets/0/99999999999999999999", "/tracklets/0/0/crops/9999999", "/tracklets/'/0"],
)  # fmt: skip
def test_addresses_that_are_none(town: Town, path: str) -> None:
    assert town.ask("GET", path).status_code in (404, 422)


def test_nothing_is_shown_that_cannot_be_logged(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise PasserbyError("the disk is full") from SQLAlchemyError()

    monkeypatch.setattr(town.service.audit, "write", full)
    for path in ("/tracklets", "/tracklets/0000000000000001/3",
                 "/tracklets/0000000000000001/3/crops/0", "/people", "/camera-graph"):  # fmt: skip
        answer = town.ask("GET", path)
        assert answer.status_code == 503, path
        assert answer.json()["detail"] == "The disk is full."
