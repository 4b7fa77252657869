"""Features of body parts from head to foot."""

import pytest
import torch
from torch import Tensor, nn

from passerby.models.part_lstm import PartLinear, PartLSTM


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def lstm_step(x: Tensor, h: Tensor, c: Tensor, weights: list[Tensor]) -> tuple[Tensor, Tensor]:
    """One step of one direction, by the equations; gates are input, forget, cell, output."""
    w_ih, w_hh, b_ih, b_hh = weights
    i, f, g, o = (w_ih @ x + b_ih + w_hh @ h + b_hh).chunk(4)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def by_the_equations(head: PartLSTM, rows: list[Tensor]) -> list[Tensor]:
    """The parts' features of one picture, a step at a time."""
    units = head.fc.out_features
    for layer in range(head.lstm.num_layers):
        seen: dict[str, list[Tensor]] = {}
        for suffix, order in (("", rows), ("_reverse", rows[::-1])):
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            weights = [getattr(head.lstm, f"{name}_l{layer}{suffix}") for name in names]
            h = c = torch.zeros(units, dtype=rows[0].dtype)
            seen[suffix] = []
            for row in order:
                h, c = lstm_step(row, h, c, weights)
                seen[suffix].append(h)
        backward = seen["_reverse"][::-1]
        rows = [torch.cat(both) for both in zip(seen[""], backward, strict=True)]
    return [head.fc.weight @ row + head.fc.bias for row in rows]


def test_the_lstm_reads_the_rows_from_head_to_foot_and_back() -> None:
    head = PartLSTM(3, parts=4, units=2).double()
    maps = torch.randn(2, 3, 4, 5, dtype=torch.float64)
    found = head(maps)
    for picture in range(2):
        rows = [maps[picture, :, row].mean(1) for row in range(4)]
        torch.testing.assert_close(found[picture], torch.stack(by_the_equations(head, rows)))


def test_without_the_lstm_each_part_is_by_itself() -> None:
    head = PartLinear(3, parts=4, units=2).double()
    maps = torch.randn(2, 3, 4, 5, dtype=torch.float64)
    other = maps.clone()
    other[:, :, 2] += 1
    changed = (head(maps) - head(other)).abs().amax((0, 2)) > 0
    assert changed.tolist() == [False, False, True, False]
    for part, fc in enumerate(head.fcs):
        torch.testing.assert_close(head(maps)[:, part], fc(maps[:, :, part].mean(2)))
    lstm = PartLSTM(3, parts=4, units=2).double()
    assert ((lstm(maps) - lstm(other)).abs().amax((0, 2)) > 0).all()


def test_the_papers_sizes() -> None:
    # 2 layers x 2 directions x 4 gates of 256 units: input, state and two biases; then 512 -> 256.
    lstm = 2 * 1024 * (2048 + 256 + 2) + 2 * 1024 * (512 + 256 + 2) + (512 + 1) * 256
    assert count(PartLSTM(2048)) == lstm == 6_430_976
    assert count(PartLinear(2048)) == 8 * (2048 + 1) * 256 == 4_196_352
    maps = torch.randn(1, 2048, 8, 4)
    assert PartLSTM(2048)(maps).flatten(1).shape == (1, 2048)
    assert PartLinear(2048)(maps).flatten(1).shape == (1, 2048)


@pytest.mark.parametrize("made", [PartLSTM, PartLinear])
def test_mixed_precision_is_near_the_full_one(made: type[PartLSTM] | type[PartLinear]) -> None:
    head, maps = made(16, units=4), torch.randn(3, 16, 8, 4)
    with torch.autocast("cpu", torch.bfloat16):
        found = head(maps)
    found.float().sum().backward()
    torch.testing.assert_close(found.float(), head(maps), atol=0.03, rtol=0.03)
    assert all(p.grad is not None and p.grad.isfinite().all() for p in head.parameters())
