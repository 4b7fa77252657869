from dataclasses import replace
from pathlib import Path

import pytest
from tests.pipelines.coloured_people import drawn, market_tree

from passerby.core.errors import PasserbyError
from passerby.data.readers import READERS
from passerby.metrics.protocols import MARKET1501
from passerby.pipelines.draws import draws_and_trials

THRICE = replace(MARKET1501, name="thrice", trials=3)


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READERS, "drawn", drawn)


def test_the_reader_draws_where_the_protocol_does_not(tmp_path: Path) -> None:
    draws, trials = draws_and_trials("drawn", tmp_path, {"repeat": 1}, MARKET1501, 2)
    assert [str(draw.gallery[0].pixels) for draw in draws] == ["drawn/1-2-0", "drawn/1-2-1"]
    assert trials == range(1)


def test_a_protocol_draws_out_of_one_split(tmp_path: Path) -> None:
    for asked, expected in ((None, 3), (5, 5), (1, 1)):
        draws, trials = draws_and_trials("drawn", tmp_path, {}, THRICE, asked)
        assert (len(draws), trials) == (1, range(expected))


def test_nothing_to_draw(tmp_path: Path) -> None:
    root = market_tree(tmp_path)
    assert draws_and_trials("market1501", root, {}, MARKET1501, 1)[1] == range(1)
    with pytest.raises(PasserbyError, match="neither has protocol 'market1501'"):
        draws_and_trials("market1501", root, {}, MARKET1501, 2)
    with pytest.raises(PasserbyError, match="repeats is 0"):
        draws_and_trials("market1501", root, {}, MARKET1501, 0)
