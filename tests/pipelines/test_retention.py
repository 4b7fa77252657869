from pathlib import Path

import pytest
from tests.gallery.filled import MODEL, fill
from tests.gallery.servers import fresh_gallery, url_of

from passerby.core.errors import PasserbyError
from passerby.gallery.audit import Audit
from passerby.gallery.seen import Camera
from passerby.pipelines.retention import expire, expire_in, set_retention, set_retention_in

DAY = 86_400.0
SEEN = 1e9  # what `door` and `yard` of `fill` saw was there then


def test_what_is_older_than_its_camera_keeps_goes_and_is_logged() -> None:
    with fresh_gallery(MODEL) as store:
        fill(store)
        place = url_of(store)
        assert set_retention(place, "door", 30, by="ada") == Camera("door", "ground floor", 30.0)
        assert expire_in(store, now=SEEN + 30 * DAY) == 0
        assert expire_in(store, now=SEEN + 30 * DAY + 60) == 4
        assert {entry.camera for entry in store.entries()} == {"yard"}
        set_retention_in(store, "door", None, by="ada")
        assert store.cameras()[0].retention_days is None
        assert expire(place) == 0
        set_retention_in(store, "yard", 0.5, by="bo")
        # What has no clock counts from when it was added: just now.
        assert expire_in(store, "night watch") == 3
        assert [entry.id for entry in store.entries()] == ["cafe03/0", "cafe03/1"]
        log = [
            (record.actor, record.action, record.detail) for record in Audit(store.database).read()
        ]
        assert log == [
            ("ada", "set retention", {"days": 30.0}),
            ("retention", "expire", {"tracklets": 0}),
            ("retention", "expire", {"tracklets": 4}),
            ("ada", "set retention", {"days": None}),
            ("command line", "expire", {"tracklets": 0}),
            ("bo", "set retention", {"days": 0.5}),
            ("night watch", "expire", {"tracklets": 3}),
        ]
        assert [m.id for m in Audit(store.database).read()[0].subjects] == ["door"]


@pytest.mark.parametrize("days", [0, -1, float("nan"), float("inf")])
def test_wrong_days_have_words(days: float) -> None:
    with fresh_gallery(MODEL) as store:
        fill(store)
        with pytest.raises(PasserbyError, match="give more than 0, or null"):
            set_retention_in(store, "door", days, "ada")
        with pytest.raises(PasserbyError, match="no camera 'attic'; its cameras: door, yard"):
            set_retention_in(store, "attic", 3, "ada")
        assert Audit(store.database).read() == ()


def test_no_gallery(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="there is no gallery"):
        expire(tmp_path / "none")
