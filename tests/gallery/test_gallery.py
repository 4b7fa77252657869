import pytest

from passerby.core.errors import PasserbyError
from passerby.gallery.filter import EVERYTHING, Filter
from passerby.gallery.seen import Entry
from passerby.gallery.times import format_time, parse_time


def entry(camera: str, start: float, end: float, *, clocked: bool = True) -> Entry:
    return Entry("r", 3, camera, start, end, clocked, ())


def test_filters_by_camera() -> None:
    door, hall = entry("door", 0, 1), entry("hall", 0, 1)
    assert EVERYTHING.admits(door)
    assert [Filter(cameras=("door", "yard")).admits(e) for e in (door, hall)] == [True, False]
    assert [Filter(not_cameras=("door",)).admits(e) for e in (door, hall)] == [False, True]


@pytest.mark.parametrize(
    ("after", "before", "admitted"),
    [
        (None, None, True),
        (20, None, True),  # ends exactly then
        (20.1, None, False),
        (None, 10, True),  # begins exactly then
        (None, 9.9, False),
        (15, 16, True),  # was there all that time
    ],
)
def test_filters_by_time(after: float | None, before: float | None, admitted: bool) -> None:
    assert Filter(after=after, before=before).admits(entry("door", 10, 20)) is admitted


def test_a_time_filter_leaves_out_what_has_no_clock() -> None:
    assert not Filter(after=0).admits(entry("door", 10, 20, clocked=False))


def test_ids_and_times_to_read() -> None:
    assert entry("door", 0, 0).id == "r/3"
    assert entry("door", 65, 70, clocked=False).when == "+65.0 s"
    assert entry("door", 59.96, 70).when == "1970-01-01T00:01:00.0Z"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-05-31", "2026-05-31T25:00:00", "14:30"])
def test_a_wrong_time_says_how_to_write_one(text: str) -> None:
    with pytest.raises(PasserbyError, match="write it as 2026-05-31T14:30:00"):
        parse_time(text)


def test_times_come_back_as_they_were_written() -> None:
    assert format_time(parse_time("2026-05-31T14:30:00")) == "2026-05-31T14:30:00.0Z"
    assert format_time(parse_time("2026-05-31T14:30:00.5+02:00")) == "2026-05-31T12:30:00.5Z"
