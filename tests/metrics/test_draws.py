import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.measuring import labelled

from passerby.metrics.draws import first_of_each, in_random_order, random_order


@given(groups=st.lists(st.integers(0, 3), max_size=12), count=st.integers(1, 3), data=st.data())
@settings(max_examples=200, deadline=None)
def test_first_of_each_agrees_with_a_loop(groups: list[int], count: int, data) -> None:
    among = [data.draw(st.booleans()) for _ in groups]
    taken: list[int] = []
    for place, group in enumerate(groups):
        if among[place] and sum(groups[other] == group for other in taken) < count:
            taken.append(place)
    chosen = first_of_each(
        torch.tensor(groups, dtype=torch.int64), count, torch.tensor(among, dtype=torch.bool)
    )
    assert chosen.nonzero().flatten().tolist() == taken


def test_a_trial_is_always_the_same_and_trials_differ() -> None:
    assert torch.equal(random_order(50, 3), random_order(50, 3))
    assert not torch.equal(random_order(50, 3), random_order(50, 4))
    assert sorted(random_order(50, 3).tolist()) == list(range(50))
    here = labelled([(1, 1), (2, 1), (3, 1), (4, 1)])
    assert in_random_order(here, 0).persons.tolist() == [3, 4, 2, 1]
