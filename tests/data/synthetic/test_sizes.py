"""Pictures of different sizes in one tensor."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import interpolate

from passerby.data.synthetic.sizes import Sizes, resampled, taken

SIDE = st.tuples(st.integers(1, 12), st.integers(1, 12))


@settings(max_examples=40, deadline=None)
@given(each=st.lists(SIDE, min_size=1, max_size=4))
def test_borders_are_repeated_and_pictures_are_left_as_they_were(each) -> None:
    sizes = Sizes(each, "cpu")
    images = torch.rand(len(each), 2, sizes.high, sizes.wide)
    filled = sizes.filled(images)
    for n, (high, wide) in enumerate(each):
        assert torch.equal(filled[n, :, :high, :wide], images[n, :, :high, :wide])
        assert (filled[n, :, high:, :wide] == images[n, :, high - 1 : high, :wide]).all()
        assert (filled[n, :, :high, wide:] == images[n, :, :high, wide - 1 : wide]).all()
        assert int(sizes.mask()[n].sum()) == high * wide


@settings(max_examples=40, deadline=None)
@given(have=st.lists(SIDE, min_size=1, max_size=3), target=SIDE, seed=st.integers(0, 99))
def test_resampling_many_is_interpolating_each(have, target, seed: int) -> None:
    sizes = Sizes(have, "cpu", (13, 13))  # a canvas that none of them fills
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(len(have), 2, 13, 13, generator=generator)
    together = resampled(images, sizes, Sizes([target] * len(have), "cpu"))
    for n, (high, wide) in enumerate(have):
        own = images[n : n + 1, :, :high, :wide]
        alone = interpolate(own, size=target, mode="bilinear", align_corners=False)
        torch.testing.assert_close(together[n : n + 1], alone, atol=1e-5, rtol=0)


def test_some_of_the_pictures_keep_their_canvas() -> None:
    sizes = Sizes([(4, 6), (8, 2), (3, 3)], "cpu")
    some = sizes.of([2, 0])
    assert some.each == ((3, 3), (4, 6))
    assert (some.high, some.wide) == (8, 6)
    assert not some.equal
    assert (some.map(lambda n: 2 * n).high, some.map(lambda n: 2 * n).wide) == (16, 12)


def test_rows_and_columns_are_taken_from_each_by_itself() -> None:
    images = torch.arange(8.0).view(2, 1, 2, 2)
    rows, columns = torch.tensor([[1], [0]]), torch.tensor([[0, 1, 1], [1, 0, 0]])
    assert taken(images, rows, columns).tolist() == [[[[2.0, 3.0, 3.0]]], [[[5.0, 4.0, 4.0]]]]
