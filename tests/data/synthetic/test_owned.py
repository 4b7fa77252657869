"""What belongs to whom, looked up at many points."""

import torch

from passerby.data.synthetic.owned import Owned

OWNER = torch.tensor([2, 0, 1, 1])
WORDS = Owned(("a", "bcd", "ef"), OWNER)


def test_numbers_colours_and_parts_follow_the_owner() -> None:
    assert torch.equal(WORDS.number(len), torch.tensor([2.0, 1.0, 3.0, 3.0]))
    assert torch.equal(
        WORDS.map(str.upper).number(lambda word: ord(word[0])), torch.tensor([69.0, 65, 66, 66])
    )
    colours = WORDS.colour(lambda word: (len(word) / 2, 0.0, 1.0))
    assert colours[:, 0].tolist() == [1.0, 0.25, 2.25, 2.25]
    assert WORDS.at(torch.tensor([0, 3])).owner.tolist() == [2, 1]


def test_what_all_share_is_one_number() -> None:
    assert WORDS.number(lambda word: 0.5) == 0.5
    assert WORDS.vector(lambda word: (1.0, 2.0)).tolist() == [[1.0, 2.0]]


def test_who_is_not_meant_is_passed_over() -> None:
    long = WORDS.only(lambda word: len(word) > 1)
    assert long is not None
    assert long.share(torch.ones(4)).tolist() == [1.0, 0.0, 1.0, 1.0]
    # A value that would be no number for the others is never asked of them.
    second = long.number(lambda word: float(ord(word[1])))
    assert isinstance(second, torch.Tensor)
    assert second.isfinite().all()
    both = long.only(lambda word: "c" in word)
    assert both is not None
    assert both.share(torch.ones(4)).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert both.only(lambda word: word == "a") is None


def test_nan_does_not_leak_from_who_is_not_meant() -> None:
    long = WORDS.only(lambda word: len(word) > 1)
    assert long is not None
    assert long.share(torch.tensor([1.0, torch.nan, 1.0, 1.0])).isfinite().all()
