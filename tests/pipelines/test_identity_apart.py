import pytest

from passerby.gallery.seen import Entry
from passerby.pipelines.identity_apart import apart

LONG = Entry("r", 0, "door", 0.0, 10.0, True, ())


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Entry("r", 1, "door", 9.9, 12, True, ()), True),  # one recording: whatever the overlap
        (Entry("r", 1, "door", 10.0, 12, True, ()), True),  # both in one frame
        (Entry("r", 1, "door", 10.1, 12, True, ()), False),
        (Entry("s", 1, "door", 9.9, 12, True, ()), True),  # one camera
        (Entry("s", 1, "hall", 9.4, 12, True, ()), True),
        (Entry("s", 1, "hall", 9.6, 12, True, ()), False),  # within what clocks may differ
        (Entry("s", 1, "hall", 3, 5, False, ()), False),  # no clock
        (Entry("s", 1, "yard", 3, 5, True, ()), False),  # views overlap
        (LONG, False),  # itself
    ],
)
def test_two_places_at_once(other: Entry, expected: bool) -> None:
    assert apart([LONG], [other], [("yard", "door")], slack=0.5).tolist() == [[expected]]
    assert apart([other], [LONG], [("yard", "door")], slack=0.5).tolist() == [[expected]]


def test_without_clocks_within_one_recording() -> None:
    one, two = Entry("r", 0, "d", 0, 5, False, ()), Entry("r", 1, "d", 4, 9, False, ())
    assert apart([one], [two]).tolist() == [[True]]
    assert apart([], [two]).shape == (0, 1)
