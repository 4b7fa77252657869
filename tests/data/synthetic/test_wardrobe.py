"""Clothes that go together."""

import numpy as np
import pytest

from passerby.data.synthetic.garment import LOWER_KINDS, PATTERNS, UPPER_KINDS, Garment
from passerby.data.synthetic.seeds import stream
from passerby.data.synthetic.wardrobe import Outfit, draw_bag, draw_lower, draw_upper, dress

WOMEN = [dress(stream(0, "w", n), True, 22) for n in range(300)]
MEN = [dress(stream(0, "m", n), False, 22) for n in range(300)]


@pytest.mark.parametrize("outfits", [WOMEN, MEN])
def test_garments_are_of_known_kinds_and_sizes(outfits: list[Outfit]) -> None:
    for worn in outfits:
        assert worn.upper.kind in UPPER_KINDS
        assert worn.lower.kind in LOWER_KINDS
        assert worn.upper.pattern in PATTERNS
        assert worn.lower.pattern in PATTERNS
        assert 0 < worn.upper.length <= 1
        assert 0 < worn.lower.length <= 1
        assert 0.25 < worn.upper.hem < 0.56
        assert worn.upper.ease < 0.035
        assert worn.hat != "hood" or worn.upper.kind in ("hoodie", "jacket")


def test_men_wear_no_skirts_here_and_women_may() -> None:
    assert not any(o.lower.kind == "skirt" or o.upper.kind == "dress" for o in MEN)
    assert any(o.lower.kind == "skirt" for o in WOMEN)
    assert any(o.upper.kind == "dress" for o in WOMEN)


def test_no_shorts_under_a_dress() -> None:
    dressed = [o for o in WOMEN if o.upper.kind == "dress"]
    assert {o.lower.kind for o in dressed} <= {"leggings", "skirt"}


def test_summer_has_short_sleeves() -> None:
    rng = np.random.default_rng(0)
    warm = np.mean([draw_upper(rng, False, True).length < 0.5 for _ in range(200)])
    cold = np.mean([draw_upper(rng, False, False).length < 0.5 for _ in range(200)])
    assert warm > 0.6 > 0.3 > cold


def test_the_season_decides_how_many_dress_for_summer() -> None:
    def short_sleeves(summer: float) -> float:
        worn = [dress(stream(0, "season", n), False, 22, summer).upper for n in range(200)]
        return float(np.mean([one.length < 0.5 for one in worn]))

    assert short_sleeves(1.0) > 0.6 > 0.3 > short_sleeves(0.0)


def test_only_fronts_that_open_stand_open() -> None:
    for worn in WOMEN + MEN:
        if worn.upper.opening:
            assert worn.upper.kind in ("jacket", "coat", "vest", "shirt", "hoodie")


def test_the_young_carry_more_backpacks() -> None:
    young = [draw_bag(stream(0, n), False, 20).kind for n in range(300)]
    older = [draw_bag(stream(0, n), False, 50).kind for n in range(300)]
    assert young.count("backpack") > older.count("backpack") + 30


def test_a_vest_has_the_sleeves_of_the_shirt_beneath() -> None:
    vest = Garment("vest", (0.1, 0.1, 0.1), (0.9, 0.1, 0.1), inner=(0.5, 0.5, 0.5))
    assert vest.sleeve == (0.5, 0.5, 0.5)
    blocked = Garment("tee", (0.1, 0.1, 0.1), (0.9, 0.1, 0.1), "sleeves")
    assert blocked.sleeve == (0.9, 0.1, 0.1)
    assert Garment("tee", (0.1, 0.1, 0.1), (0.9, 0.1, 0.1)).sleeve == (0.1, 0.1, 0.1)


def test_lowers_are_mostly_dark() -> None:
    rng = np.random.default_rng(3)
    shirt = Garment("tee", (0.1, 0.1, 0.1), (0.9, 0.1, 0.1))
    colours = [draw_lower(rng, False, False, shirt).colour for _ in range(300)]
    assert np.mean([max(colour) < 0.5 for colour in colours]) > 0.6
