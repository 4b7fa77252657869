import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings

from passerby.core.errors import PasserbyError
from passerby.models.pooling import GeM, average, build_pooling, maximum, part_averages

MAPS = torch.tensor([[[[1.0, 2.0], [3.0, 6.0]], [[0.0, 0.0], [0.0, 4.0]]]])


def test_by_hand():
    torch.testing.assert_close(average(MAPS), torch.tensor([[3.0, 1.0]]))
    torch.testing.assert_close(maximum(MAPS), torch.tensor([[6.0, 4.0]]))
    # mean of cubes: (1 + 8 + 27 + 216) / 4 = 63 and 64 / 4 = 16
    expected = torch.tensor([[63.0, 16.0]]) ** (1 / 3)
    torch.testing.assert_close(GeM(p=3.0)(MAPS), expected)


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=9), st.floats(1.0, 8.0))
def test_gem_lies_between_average_and_maximum(values, p):
    maps = torch.tensor(values).reshape(1, 1, 1, -1)
    pooled = GeM(p)(maps)
    assert average(maps) <= pooled * (1 + 1e-4)
    assert pooled <= maximum(maps) * (1 + 1e-4)


def test_gem_with_power_one_is_the_average():
    torch.testing.assert_close(GeM(p=1.0)(MAPS + 1), average(MAPS + 1))


@pytest.mark.parametrize("value", [0.0, -5.0, 1e-9])
def test_gem_has_finite_gradients_where_the_map_is_dead(value):
    gem = GeM()
    maps = torch.full((2, 3, 4, 4), value, requires_grad=True)
    gem(maps).sum().backward()
    assert maps.grad.isfinite().all()
    assert gem.p.grad.isfinite()


def test_gem_learns_its_power():
    gem = GeM(p=2.0)
    optimiser = torch.optim.SGD(gem.parameters(), lr=0.5)
    for _ in range(200):
        optimiser.zero_grad()
        (gem(MAPS[:, :1]) - GeM(p=4.0)(MAPS[:, :1]).detach()).square().sum().backward()
        optimiser.step()
    assert gem.p.item() == pytest.approx(4.0, abs=0.1)


def test_gem_survives_half_precision():
    assert GeM()(torch.full((1, 1, 2, 2), 1e-3, dtype=torch.float16)).item() > 9e-4


def test_words_make_poolings():
    assert build_pooling("average") is average
    assert isinstance(build_pooling("gem"), GeM)
    with pytest.raises(PasserbyError, match="'mean' is unknown; choose one of average, maximum"):
        build_pooling("mean")


@pytest.mark.parametrize("rows", [1, 3, 4, 8, 16, 17])
def test_maps_of_any_height_become_8_parts(rows: int) -> None:
    maps = torch.randn(2, 3, rows, 2)
    found = part_averages(maps, 8)
    assert found.shape == (2, 8, 3)
    for part in range(8):
        # Rows that the part's share of the height, [part, part + 1) / 8, touches.
        touched = [row for row in range(rows) if row * 8 < (part + 1) * rows]
        touched = [row for row in touched if (row + 1) * 8 > part * rows]
        torch.testing.assert_close(found[:, part], maps[:, :, touched].mean((2, 3)))
