from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.ranking.step_options import step_options


def widen(query, gallery, k: int = 5, alpha: float = 3.0, hard: bool = False): ...


def narrow(ranked, query, gallery, file: Path, k: int = 2, *, block: int | None = None): ...


STEPS = {"widen": widen, "narrow": narrow}


def test_a_name_is_for_all_and_a_full_name_for_one() -> None:
    found = step_options(STEPS, {"narrow.k": 9, "k": 7, "file": "a b.txt"})
    assert found == {"widen": {"k": 7}, "narrow": {"k": 9, "file": Path("a b.txt")}}


def test_nested_as_the_command_line_reads_it() -> None:
    found = step_options(STEPS, {"widen": {"k": 4, "alpha": 1}, "narrow": {"file": "x"}})
    assert found == {"widen": {"k": 4, "alpha": 1.0}, "narrow": {"file": Path("x")}}


@pytest.mark.parametrize(
    ("option", "value", "wanted"),
    [("k", "12", 12), ("alpha", "1e-1", 0.1), ("alpha", 2, 2.0), ("hard", "True", True),
     ("hard", False, False)],
)  # fmt: skip
def test_text_becomes_what_the_signature_asks_for(option, value, wanted) -> None:
    found = step_options({"widen": widen}, {option: value})["widen"][option]
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("k", "many", "widen.k is 'many'; it takes a whole number"),
     ("k", 2.5, "widen.k is 2.5; it takes a whole number"),
     ("k", True, "widen.k is True; it takes a whole number"),
     ("k", None, "widen.k is None; it takes a whole number"),
     ("alpha", "", "widen.alpha is ''; it takes a number"),
     ("hard", 1, "widen.hard is 1; it takes true or false")],
)  # fmt: skip
def test_other_values_are_refused(option, value, words) -> None:
    with pytest.raises(PasserbyError, match=words):
        step_options({"widen": widen}, {option: value})


def test_unknown_options_are_answered_with_those_that_are_known() -> None:
    everything = "narrow takes widen.k, widen.alpha, widen.hard, narrow.file, narrow.k$"
    for option in ("kk", "narrow.alpha", "other.k", "block", "query"):
        with pytest.raises(PasserbyError, match=f"no re-ranking option '{option}'.*{everything}"):
            step_options(STEPS, {option: 1})
    with pytest.raises(PasserbyError, match="no step was named"):
        step_options({}, {"k": 1})


def test_what_a_step_cannot_do_without() -> None:
    with pytest.raises(PasserbyError, match=r"narrow needs the option narrow\.file"):
        step_options(STEPS, {"k": 1})
