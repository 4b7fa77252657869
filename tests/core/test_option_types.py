"""Values of options and the annotations that they are checked against."""

from pathlib import Path
from typing import Any, Literal

import pytest

from passerby.core.errors import PasserbyError
from passerby.core.option_types import typed


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        (3, int, 3),
        ("-3", int, -3),
        ("2", Literal[1, 2], 2),
        ("871/100", Literal["485/486", "871/100"], "871/100"),
        (1, float, 1.0),
        ("1e-3", float, 0.001),
        ("False", bool, False),
        ("3", str, "3"),
        ("a.mat", Path | None, Path("a.mat")),
        (None, Path | None, None),
        ("7", int | None, 7),
        ([1], list[int], [1]),
    ],
)
def test_values_that_fit(value: Any, kind: Any, wanted: Any) -> None:
    found = typed("it", value, kind)
    assert (found, type(found)) == (wanted, type(wanted))


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        ("x", int, "'x'; it takes a whole number"),
        (True, int, "True; it takes a whole number"),
        (1.5, int, "1.5; it takes a whole number"),
        (None, int, "None; it takes a whole number"),
        (True, Literal[1, 2], "True; it takes one of 1, 2"),
        ("5", Literal["485/486", "871/100"], "'5'; it takes one of 485/486, 871/100"),
        ("nan?", float, "'nan?'; it takes a number"),
        (1, bool, "1; it takes true or false"),
        (1, str, "1; it takes text"),
        (1, Path | None, "1; it takes a path"),
    ],
)
def test_values_that_do_not_fit(value: Any, kind: Any, wanted: str) -> None:
    with pytest.raises(PasserbyError) as error:
        typed("it", value, kind)
    assert str(error.value) == f"it is {wanted}"
