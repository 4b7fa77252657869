"""Patterns and paint."""

import dataclasses

import pytest
import torch

from passerby.data.synthetic import paint as painting
from passerby.data.synthetic.garment import PATTERNS, Garment
from passerby.data.synthetic.owned import Owned
from passerby.data.synthetic.paint import base_colours
from passerby.data.synthetic.parts import Part
from passerby.data.synthetic.patterns import pattern, printed, wave, wrapped
from passerby.data.synthetic.person import Person, describe_person

GRID = torch.stack(torch.meshgrid(torch.linspace(-0.4, 0.4, 81), torch.linspace(0.8, 1.5, 141),
                                  indexing="ij")).reshape(2, -1)  # fmt: skip


def worn(cloth: Garment, points: int = GRID.shape[1]) -> Owned[Garment]:
    return Owned((cloth,), torch.zeros(points, dtype=torch.int64))


def paint(
    colours: torch.Tensor, parts: torch.Tensor, around: torch.Tensor, along: torch.Tensor,
    person: Person,
) -> None:  # fmt: skip
    """One person alone."""
    painting.paint(colours, parts, around, along, Owned((person,), torch.zeros_like(parts)))


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("motif", range(6))
def test_shares_lie_between_nothing_and_all(name: str, motif: int) -> None:
    cloth = Garment("tee", (0, 0, 0), (1, 1, 1), name, motif=motif)
    found = pattern(worn(cloth), GRID[0], GRID[1], 1.15)
    if name in ("plain", "print", "logo", "text", "sleeves", "side"):
        assert found is None
        return
    assert found is not None
    share = found[1]
    assert share.min() >= 0
    assert share.max() <= 1
    assert share.std() > 0.03  # it can be seen


def test_stripes_repeat() -> None:
    metres = torch.linspace(0.1, 0.5, 57)
    torch.testing.assert_close(wave(metres, 0.1), wave(metres + 0.1, 0.1), atol=1e-4, rtol=0)
    assert wave(torch.linspace(0, 1, 10001)[:-1], 0.1, 0.3).mean() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("name", ["print", "logo", "text"])
def test_prints_stay_on_the_chest(name: str) -> None:
    shown = 0
    for motif in range(0, 400, 17):
        cloth = Garment("tee", (0, 0, 0), (1, 1, 1), name, motif=motif)
        share = printed(worn(cloth), GRID[0], GRID[1] - 1.15)
        assert share.min() >= 0
        assert share.max() <= 1
        far = (GRID[0].abs() > 0.2) | ((GRID[1] - 1.15).abs() > 0.25)
        assert share[far].max() < 0.01
        shown += int(share.sum() > 4)
    assert shown > 18


def test_motifs_make_different_prints() -> None:
    looks = {
        round(float(printed(worn(Garment("tee", (0, 0, 0), (1, 1, 1), "print", motif=m)), GRID[0],
                            GRID[1] - 1.15).sum()), 2)
        for m in range(0, 4000, 171)
    }  # fmt: skip
    assert len(looks) > 15


def test_a_print_is_on_chest_or_both_sides() -> None:
    turn = torch.tensor([0.0, 3.14])
    once, both = (worn(Garment("tee", (0, 0, 0), (1, 1, 1), motif=m), 2) for m in (1, 5))
    assert wrapped(turn, once)[1].tolist() == [1.0, 0.0]
    assert wrapped(turn, both)[1].tolist() == [1.0, 1.0]
    assert wrapped(turn, both)[0].abs().max() < 0.01


@pytest.mark.parametrize("number", range(1, 12))
def test_paint_draws_on_every_part_alone(number: int) -> None:
    """Drawing all parts at once is drawing each by itself."""
    person = describe_person(0, number)
    generator = torch.Generator().manual_seed(number)
    parts = torch.randint(0, len(Part), (600,), generator=generator)
    around = (torch.rand(600, generator=generator) - 0.5) * 6
    along = torch.rand(600, generator=generator) * 1.5
    table = base_colours(person)
    together = table[parts]
    paint(together, parts, around, along, person)
    assert together.isfinite().all()
    assert together.min() >= 0
    for part in Part:
        mine = parts == part
        alone = table[parts[mine]]
        paint(alone, parts[mine], around[mine], along[mine], person)
        torch.testing.assert_close(alone, together[mine])


def test_an_open_jacket_shows_the_shirt() -> None:
    base = describe_person(0, 1)
    jacket = Garment("jacket", (0.1, 0.1, 0.1), (0.1, 0.1, 0.1), inner=(1.0, 1.0, 1.0), opening=0.5)
    person = dataclasses.replace(base, upper=jacket, bag=dataclasses.replace(base.bag, kind="none"))
    parts = torch.full((2,), int(Part.TORSO))
    colours = base_colours(person)[parts]
    high = torch.full((2,), 0.7 * person.height)
    paint(colours, parts, torch.tensor([0.0, 2.5]), high, person)
    assert colours[0].min() > 0.9
    assert colours[1].max() < 0.05


def test_painting_many_people_at_once_is_painting_each_alone() -> None:
    """Whatever they wear: every kind, pattern, print, bag, shoe and face among 300 people."""
    people = [describe_person(1, number) for number in range(1, 301)]
    generator = torch.Generator().manual_seed(0)
    owner = torch.randint(0, len(people), (60_000,), generator=generator)
    parts = torch.randint(0, len(Part), (60_000,), generator=generator)
    around = (torch.rand(60_000, generator=generator) - 0.5) * 6.28
    along = torch.rand(60_000, generator=generator) * 1.6
    together = torch.cat([base_colours(one) for one in people])[owner * len(Part) + parts]
    painting.paint(together, parts, around, along, Owned(people, owner))
    for number, person in enumerate(people):
        mine = owner == number
        alone = base_colours(person)[parts[mine]]
        paint(alone, parts[mine], around[mine], along[mine], person)
        torch.testing.assert_close(alone, together[mine], atol=3e-4, rtol=0)  # steep edges
