"""People over HTTP."""

import json

import pytest
from tests.server.town import START, Town, audit_of


def test_somebody_is_added_named_seen_and_changed(town: Town) -> None:
    person = town.know(1, "  Ann  ")
    one = town.get(f"/people/{person}")
    assert one == {
        "id": person, "name": "Ann", "consent": "unknown", "note": "", "tracklets": 4,
        "cameras": ["door", "hall", "yard"],
        "cover": "/api/v1/tracklets/0000000000000000/1/crops/0",
    }  # fmt: skip
    changed = town.ask(
        "PATCH", f"/people/{person}", "operator", json={"consent": "given", "note": "a\nb"}
    ).json()
    assert (changed["name"], changed["consent"], changed["note"]) == ("Ann", "given", "a\nb")
    tracklet = town.get("/tracklets/0000000000000002/1")
    assert (tracklet["person"], tracklet["person_name"]) == (person, "Ann")
    assert len(town.get(f"/tracklets?people={person}")["items"]) == 4


def test_people_page_by_page_and_by_name(town: Town) -> None:
    ids = sorted(town.post("/people", {"name": f"Person {n}"})["id"] for n in range(7))
    seen, cursor = [], ""
    while True:
        page = town.get(f"/people?limit=3{cursor}")
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ids
    assert [one["name"] for one in town.get("/people?name=PERSON 5")["items"]] == ["Person 5"]
    assert town.get("/people?name=nobody")["items"] == []


def test_a_timeline_goes_from_camera_to_camera(town: Town) -> None:
    person = town.know(0)
    line = town.get(f"/people/{person}/timeline")
    assert [visit["camera"] for visit in line["visits"]] == ["door", "hall", "yard", "door"]
    assert [visit["clocked"] for visit in line["visits"]] == [True, True, True, False]
    assert line["moves"] == [
        {"start": "door", "end": "hall", "left": START + 5, "reached": START + 60, "seconds": 55},
        {"start": "hall", "end": "yard", "left": START + 65, "reached": START + 120, "seconds": 55},
    ]
    last = audit_of(town)[-1]
    assert last.action == "view timeline"
    assert person in {one.id for one in last.subjects}


def test_the_camera_graph_counts_passages(town: Town) -> None:
    for number in range(3):
        town.know(number)
    graph = town.get("/camera-graph")
    assert [one["name"] for one in graph["cameras"]] == ["door", "hall", "yard"]
    first, second = graph["passages"]
    assert (first["start"], first["end"], first["count"]) == ("door", "hall", 3)
    assert (second["start"], second["end"], second["count"]) == ("hall", "yard", 3)
    assert first["seconds"] == dict.fromkeys(("p10", "p25", "p50", "p75", "p90"), 55)
    assert town.get("/camera-graph?confirmed=true")["passages"] == []


def test_merge_and_split(town: Town) -> None:
    ann = town.post("/people", {"name": "Ann", "tracklets": ["0" * 16 + "/0"]})["id"]
    other = town.post("/people", {"tracklets": ["0" * 15 + "1/0", "0" * 15 + "1/1"]})["id"]
    merged = town.post(f"/people/{ann}/merge", {"others": [other]})
    assert (merged["id"], merged["name"], merged["tracklets"]) == (ann, "Ann", 3)
    assert town.ask("GET", f"/people/{other}").status_code == 404
    apart = town.post("/people/split", {"tracklets": ["0" * 15 + "1/1"]})
    assert (apart["tracklets"], apart["name"]) == (1, "")
    assert town.get(f"/people/{ann}")["tracklets"] == 2
    for path, sent in (
        (f"/people/{ann}/merge", {"others": [ann]}),
        (f"/people/{ann}/merge", {"others": ["ffff"]}),
        (f"/people/{ann}/merge", {"others": []}),
        ("/people/split", {"tracklets": ["0" * 16 + "/4"]}),
    ):
        assert town.ask("POST", path, "operator", json=sent).status_code == 422


def test_assign_and_take_back(town: Town) -> None:
    ann = town.post("/people", {})["id"]
    one = "0" * 16 + "/0"
    assert town.post(f"/people/{ann}/assign", {"tracklets": [one]})["tracklets"] == 1
    assert town.post("/people/unassign", {"tracklets": [one, one]}) == {"kept": 1}
    assert town.get(f"/tracklets/{one}")["person"] is None
    assert town.ask("POST", "/people/ffff/assign", json={"tracklets": [one]}).status_code == 404


def test_verdicts_are_kept_with_who_said_so(town: Town) -> None:
    ann = town.post("/people", {})["id"]
    right, wrong = "0" * 16 + "/0", "0" * 16 + "/1"
    town.post(f"/people/{ann}/assign", {"tracklets": [wrong]})
    said = [
        {"tracklet": right, "person": ann, "same": True},
        {"tracklet": wrong, "person": ann, "same": False},
    ]
    assert town.post("/verdicts", {"verdicts": said}) == {"kept": 2}
    assert town.get(f"/tracklets/{right}")["person"] == ann
    assert town.get(f"/tracklets/{wrong}")["person"] is None
    first = town.get("/verdicts?limit=1")
    both = [*first["items"], *town.get(f"/verdicts?cursor={first['next']}")["items"]]
    assert {(one["tracklet"], one["same"], one["by"]) for one in both} == {
        (right, True, "the operator"),
        (wrong, False, "the operator"),
    }
    bad = {"verdicts": [{"tracklet": "0" * 16 + "/99", "person": ann, "same": True}]}
    assert town.ask("POST", "/verdicts", json=bad).status_code == 422


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_nobody_of_that_id(town: Town, method: str) -> None:
    sent = {"json": {"name": "x"}} if method == "PATCH" else {}
    answer = town.ask(method, "/people/ffffffffffffffff", **sent)
    assert answer.status_code == 404
    assert answer.json()["detail"]


def test_suggestions_need_a_calibration_and_then_name_who_may_be_one(town: Town) -> None:
    assert town.ask("GET", "/people/suggestions").status_code == 409
    ann = town.post("/people", {"name": "Ann", "tracklets": ["0" * 16 + "/0"]})["id"]
    other = town.post("/people", {"tracklets": ["0" * 15 + "2/0"]})["id"]
    town.service.calibration = calibration(town)
    found = town.get("/people/suggestions", "operator")["items"]
    merge = next(one for one in found if one["kind"] == "merge")
    assert {one["id"] for one in merge["people"]} == {ann, other}
    assert merge["probability"] > 0.5
    added = [one["tracklets"][0]["number"] for one in found if one["kind"] == "add"]
    assert added[0] == 0
    assert town.get("/people/suggestions?kind=split", "operator")["items"] == []
    sent = {"tracklet": "0" * 16 + "/0", "top": 2}
    hits = town.post("/search/tracklet", sent, "viewer")["items"]
    assert 0.5 < hits[0]["probability"] < 1


def calibration(town: Town):
    from passerby.metrics.calibration import Calibration
    from passerby.metrics.logistic import Logistic

    model = town.gallery.model
    return Calibration(
        model.name, model.hash, model.metric, 0.2, "far", Logistic(40.0, 4.0), 0.01, 0.99, None,
        5, 20, 30, 160, "made up", "2026-01-01",
    )  # fmt: skip


def test_names_are_in_no_log(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    ann = town.know(0, "Ann Unmistakable")
    town.get(f"/people/{ann}/timeline")
    town.ask("GET", "/people?name=Unmistakable")
    records = audit_of(town)
    assert "Unmistakable" not in json.dumps([[r.action, r.detail] for r in records])
    out, err = capfd.readouterr()
    assert "Unmistakable" not in out + err
