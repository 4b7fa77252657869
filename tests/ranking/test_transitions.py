import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.ranking.transitions import TransitionTimes

NAN = float("nan")


def seen(crops: list[tuple[int, int, float | None]]) -> Embeddings:
    """(person, camera, time) of each crop."""
    samples = [
        Sample(Path(f"{i}"), person, camera, time=time)
        for i, (person, camera, time) in enumerate(crops)
    ]
    return Embeddings.of(torch.zeros(len(crops), 0), samples, "", "")


WALKS = [(1, 1, 0.0), (1, 2, 7.0), (2, 1, 100.0), (2, 2, 106.0), (3, 1, 50.0), (3, 2, 62.0),
         (4, 2, 30.0), (4, 1, 33.0)]  # fmt: skip
"""Three from camera 1 to 2 in 7, 6 and 12 seconds, one back in 3."""


def test_histograms_by_hand() -> None:
    learnt = TransitionTimes.learn(seen(WALKS), bin_seconds=5.0, smoothing=0)
    assert learnt.pairs.tolist() == [[1, 2], [2, 1]]
    torch.testing.assert_close(learnt.histograms, torch.tensor([[0, 2 / 3, 1 / 3], [1.0, 0, 0]]))


def test_the_parzen_window_by_hand() -> None:
    learnt = TransitionTimes.learn(seen(WALKS[:2]), bin_seconds=5.0, smoothing=1.0)
    bell = [math.exp(-((bin_ - 1) ** 2) / 2) for bin_ in range(5)]  # 7 s is bin 1, three more fit
    wanted = torch.tensor([[value / sum(bell) for value in bell]])
    torch.testing.assert_close(learnt.histograms, wanted)


@given(
    times=st.lists(st.floats(0, 500), min_size=1, max_size=8),
    bin_seconds=st.floats(0.05, 50),
    smoothing=st.sampled_from([0.0, 0.3, 2.0, 10.0]),
)
@settings(max_examples=60, deadline=None)
def test_every_histogram_is_a_distribution(times, bin_seconds, smoothing) -> None:
    crops = []
    for person, time in enumerate(times, 1):
        crops += [(person, 1, 0.0), (person, 2, time)]
    learnt = TransitionTimes.learn(seen(crops), bin_seconds, smoothing)
    assert (learnt.histograms >= 0).all()
    torch.testing.assert_close(learnt.histograms.sum(1), torch.ones(len(learnt.pairs)))
    # A transition that was seen is never impossible.
    zero = torch.tensor(0.0, dtype=torch.float64)
    likely = learnt.probability(
        torch.tensor(1), zero, torch.tensor(2), torch.tensor(times, dtype=torch.float64)
    )
    assert (likely > 0).all()


def test_probabilities_by_hand() -> None:
    learnt = TransitionTimes.learn(seen(WALKS), bin_seconds=5.0, smoothing=0)

    def probability(a: int, at: float, b: int, then: float) -> float:
        # float64: epoch seconds do not fit into float32
        numbers = (torch.tensor(at, dtype=torch.float64), torch.tensor(then, dtype=torch.float64))
        return float(learnt.probability(torch.tensor(a), numbers[0], torch.tensor(b), numbers[1]))

    assert probability(1, 1.7e9, 2, 1.7e9 + 9) == pytest.approx(2 / 3)
    assert probability(2, 1.7e9 + 9, 1, 1.7e9) == pytest.approx(2 / 3)  # the other way to say it
    assert probability(2, 0, 1, 4) == 1
    assert probability(1, 0, 2, 4) == 0  # never that fast in this direction
    assert probability(1, 0, 2, 999) == 0  # never that slow
    assert probability(1, 5, 2, 5) == 0  # at the same time: from 1 to 2
    even = pytest.approx(1 / 3)
    assert probability(1, 0, 1, 7) == even  # one camera
    assert probability(1, 0, 3, 7) == even  # a camera that is unknown
    assert probability(4, 0, 3, 999) == even
    assert probability(1, NAN, 2, 7) == even
    assert probability(1, 0, 2, NAN) == even
    assert probability(1, 0, 2, math.inf) == even


def test_a_direction_that_nobody_took() -> None:
    learnt = TransitionTimes.learn(seen(WALKS[:6]), bin_seconds=5.0, smoothing=0)
    one, two = torch.tensor(1), torch.tensor(2)
    early, late = torch.tensor(0.0), torch.tensor(7.0)
    assert learnt.probability(one, early, two, late) > 0.6
    assert learnt.probability(two, early, one, late) == 0


def test_it_broadcasts() -> None:
    learnt = TransitionTimes.learn(seen(WALKS), bin_seconds=5.0, smoothing=1.0)
    cameras = torch.tensor([1, 2, 3, 1])
    times = torch.tensor([0.0, 9.0, 3.0, NAN], dtype=torch.float64)
    table = learnt.probability(cameras[:, None], times[:, None], cameras, times)
    assert table.shape == (4, 4)
    for i in range(4):
        for j in range(4):
            alone = learnt.probability(cameras[i], times[i], cameras[j], times[j])
            assert alone == table[i, j] == table[j, i]


def test_saved_and_loaded(tmp_path: Path) -> None:
    learnt = TransitionTimes.learn(seen(WALKS), bin_seconds=0.1, smoothing=2.5)
    found = TransitionTimes.load(learnt.save(tmp_path / "runs" / "times.safetensors"))
    assert torch.equal(found.pairs, learnt.pairs)
    assert torch.equal(found.histograms, learnt.histograms)
    assert (found.bin_seconds, found.smoothing) == (0.1, 2.5)


def test_other_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"none\.safetensors holds no transition times"):
        TransitionTimes.load(tmp_path / "none.safetensors")
    (tmp_path / "note").write_text("hello")
    with pytest.raises(PasserbyError, match="note holds no transition times"):
        TransitionTimes.load(tmp_path / "note")
    save_file({"pairs": torch.ones(1)}, tmp_path / "other", metadata={"format": "something"})
    with pytest.raises(PasserbyError, match="format 'something'"):
        TransitionTimes.load(tmp_path / "other")


def test_wrong_arguments_are_refused() -> None:
    for bin_seconds, smoothing in [(0, 1), (-1, 1), (NAN, 1), (1, -1), (1, NAN), (1, math.inf)]:
        with pytest.raises(PasserbyError, match="make no histogram"):
            TransitionTimes.learn(seen(WALKS), bin_seconds, smoothing)
    days = replace(seen(WALKS[:2]), times=torch.tensor([0.0, 1e6], dtype=torch.float64))
    with pytest.raises(PasserbyError, match="wider bins"):
        TransitionTimes.learn(days)
