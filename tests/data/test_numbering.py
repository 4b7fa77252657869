"""Numbers for names."""

from hypothesis import given
from hypothesis import strategies as st

from passerby.data.numbering import number_cameras, number_persons


def test_numbers_stand_only_if_all_are_numbers_and_differ():
    assert number_persons(["12", "007"]) == {"007": 7, "12": 12}
    assert number_persons(["12", "eve"]) == {"12": 1, "eve": 2}
    assert number_persons(["1", "01"]) == {"01": 1, "1": 2}
    assert number_cameras(["cam2", "Camera-10"]) == {"cam2": 2, "Camera-10": 10}


def test_special_names_never_take_a_number_from_a_person():
    assert number_persons(["junk", "0000", "distractor", "-1", "ann"]) == {
        "junk": -1,
        "-1": -1,
        "0000": 0,
        "distractor": 0,
        "ann": 1,
    }


@given(st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=30))
def test_different_names_get_different_numbers_whatever_their_order(names: set[str]):
    special = {name for name in names if number_persons([name])[name] <= 0}
    persons = number_persons(names)
    assert len({persons[n] for n in names - special}) == len(names - special)
    assert all(persons[n] >= 1 for n in names - special)
    assert persons == number_persons(sorted(names, reverse=True))
    assert len(set(number_cameras(names).values())) == len(names)
