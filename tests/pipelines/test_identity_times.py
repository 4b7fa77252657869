from pathlib import Path

import numpy as np
import pytest
from tests.pipelines.memory_gallery import MemoryGallery, confirm, record
from tests.pipelines.town import ANN, BOB, town

from passerby.core.errors import PasserbyError
from passerby.pipelines.identity_times import CameraTimes, gallery_graph, known_stays


def known() -> tuple[MemoryGallery, dict[str, str]]:
    gallery = MemoryGallery()
    ids = town(gallery)
    for name in ("ann", "bob", "cid"):
        person = gallery.add_person(name).id
        gallery.assign([i for key, i in ids.items() if key.startswith(name)], person)
    return gallery, ids


def test_the_camera_graph_of_a_gallery() -> None:
    gallery, ids = known()
    graph = {(p.start, p.end): (p.count, p.median) for p in gallery_graph(gallery)}
    # Ann leaves the door at 5 and is in the hall at 15, Bob at 9 and 18; then 21 and 18; Cid 27.
    assert graph == {("door", "hall"): (2, 9.5), ("hall", "yard"): (3, 21.0)}
    assert gallery_graph(gallery, confirmed=True) == ()
    ann = gallery.entry(ids["ann door"]).person
    confirm(gallery, ann, ids["ann door"], ids["ann hall"])
    assert [(p.start, p.end, p.median) for p in gallery_graph(gallery, confirmed=True)] == [
        ("door", "hall", 10.0)
    ]


def test_what_has_no_clock_is_in_no_graph() -> None:
    gallery = MemoryGallery()
    ids = record(gallery, "door", [(0, 5, ANN)]) + record(
        gallery, "hall", [(9, 10, ANN)], clocked=False
    )
    gallery.assign(ids, gallery.add_person().id)
    assert gallery_graph(gallery) == ()


def test_only_what_was_confirmed_counts_as_known() -> None:
    gallery, ids = known()
    ann = gallery.entry(ids["ann door"]).person
    confirm(gallery, ann, ids["ann door"])
    assert [entry.id for _, entry in known_stays(gallery)] == [ids["ann door"]]
    assert len(known_stays(gallery, confirmed=False)) == 8
    gallery.split_person([ids["ann door"]])  # somebody else now: the old word no longer holds
    assert known_stays(gallery) == ()


def test_times_are_learnt_and_said_by_name(tmp_path: Path) -> None:
    gallery, ids = known()
    learnt = CameraTimes.learn(known_stays(gallery, confirmed=False), 5.0, 0.0)
    assert learnt.names == ("door", "hall", "yard")
    # Middles of the stays: from door to hall Ann takes 15 s and Bob 14, of waits up to 45 s (Ann
    # to the yard, 41.5): bins 3 and 2 of 9.
    door, hall = gallery.entry(ids["ann door"]), gallery.entry(ids["ann hall"])
    assert learnt.odds([door], [hall], 20.0)[0, 0] == pytest.approx(np.log(9 / 2))
    assert learnt.odds([hall], [hall], 20.0)[0, 0] == pytest.approx(0, abs=1e-6)
    again = CameraTimes.load(learnt.save(tmp_path / "times.json"))
    assert again.odds([door], [hall], 20.0) == learnt.odds([door], [hall], 20.0)
    other = record(gallery, "cellar", [(9, 10, BOB)])
    assert again.odds([door], [gallery.entry(other[0])], 20.0)[0, 0] == pytest.approx(0, abs=1e-6)


def test_nobody_to_learn_from() -> None:
    gallery = MemoryGallery()
    with pytest.raises(PasserbyError, match="nobody is seen by two cameras"):
        CameraTimes.learn(known_stays(gallery))


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"format": "passerby-camera-times-1"}',
     '{"format": "passerby-camera-times-1", "cameras": [], "bin_seconds": 1, "smoothing": 0, '
     '"pairs": [], "histograms": []}'],
)  # fmt: skip
def test_what_holds_no_times(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.json"
    path.write_text(text)
    with pytest.raises(PasserbyError, match="learn them with"):
        CameraTimes.load(path)
