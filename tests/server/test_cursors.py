"""Cursors."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.server.cursors import after, cursor, place, require_tracklet


@given(st.text(st.characters(categories=("L", "N")), max_size=64))
def test_what_goes_in_comes_out(text: str) -> None:
    assert after(cursor(text)) == text


@given(st.text(max_size=600))
def test_no_text_is_a_defect(text: str) -> None:
    for read in (after, place):
        with contextlib.suppress(PasserbyError):
            assert isinstance(read(text), str | int)


@pytest.mark.parametrize("behind", ["3f2a", "3f2a/", "/4", "3f2a/4/5", "3f2a/-1", "a b/4"])
def test_the_cursor_of_another_list(behind: str) -> None:
    with pytest.raises(PasserbyError):
        require_tracklet(behind)
    require_tracklet("3f2a/4")


@pytest.mark.parametrize("said", ["-1", "1.5", "٣", "9" * 20, "x"])
def test_the_cursor_says_no_place(said: str) -> None:
    with pytest.raises(PasserbyError):
        place(cursor(said))
