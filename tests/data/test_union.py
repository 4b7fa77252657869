"""Data sets as one: who is who, and how they are named."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample, people
from passerby.data.readers import read_dataset
from passerby.data.splits import Splits
from passerby.data.union import NamedSet, joined, named_sets

SMALL = "people=2&test_people=1&cameras=2&shots=2"


@st.composite
def data_sets(draw: st.DrawFn) -> list[Splits]:
    def samples(name: str, part: str) -> tuple[Sample, ...]:
        labels = draw(
            st.lists(st.tuples(st.integers(-1, 9), st.integers(-1, 3), st.integers(-1, 2)))
        )
        return tuple(
            Sample(Path(f"{name}/{part}{at}"), person, camera, tracklet, dataset=name)
            for at, (person, camera, tracklet) in enumerate(labels)
        )

    return [
        Splits(name, *(samples(name, part) for part in ("train", "query", "gallery", "val")))
        for name in draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3))
    ]


@settings(max_examples=80, deadline=None)
@given(data_sets())
def test_nobody_and_no_camera_is_in_two_sets(parts: list[Splits]) -> None:
    union = joined(parts)
    old, new = [], []
    for name in ("train", "query", "gallery", "val"):
        old += [(at, one) for at, splits in enumerate(parts) for one in getattr(splits, name)]
        new += getattr(union, name)
    assert [sample.key for sample in new] == [sample.key for _, sample in old]
    names = [splits.name for splits in parts]
    for (at, before), after in zip(old, new, strict=True):
        earlier = names[:at].count(names[at])
        assert after.dataset == before.dataset + (f" ({earlier + 1})" if earlier else "")
    for label, special in (("person", (-1, 0)), ("camera", ()), ("tracklet", (-1,))):
        pairs = {
            ((at, getattr(before, label)), getattr(after, label))
            for (at, before), after in zip(old, new, strict=True)
            if getattr(before, label) not in special
        }
        # One to one, counted from 1 without a gap.
        assert len({a for a, _ in pairs}) == len(pairs)
        assert sorted(b for _, b in pairs) == list(range(1, len(pairs) + 1))
        for (_, before), after in zip(old, new, strict=True):
            if getattr(before, label) in special:
                assert getattr(after, label) == getattr(before, label)


def test_parts_to_test_on() -> None:
    one = Splits("one", *((Sample(Path(part), 1, 1),) for part in "tqg"))
    union = joined([one, one], [False, True])
    assert [sample.person for sample in union.train] == [1, 2]
    assert [sample.person for sample in (*union.query, *union.gallery)] == [2, 2]


def test_names_folders_and_options() -> None:
    found = named_sets("cuhk01:a/b?shots=2&people=871/100, rendered?people=3 ,viper:/c")
    assert found == [
        NamedSet("cuhk01", "a/b", {"shots": "2", "people": "871/100"}),
        NamedSet("rendered", "", {"people": "3"}),
        NamedSet("viper", "/c"),
    ]
    assert [one.root(Path("/d")) for one in found] == [Path("/d/a/b"), None, Path("/c")]
    assert found[0].root() == Path("a/b")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "which data sets"),
        ({"sets": " , "}, "which data sets"),
        ({"sets": "nobody:x"}, "no data set 'nobody'"),
        ({"sets": "rendered?people"}, "'people' of 'rendered' has no value"),
        ({"sets": "rendered?people=x"}, "rendered's option people is 'x'"),
        ({"sets": "viper"}, "viper needs its folder"),
        ({"sets": "union:a"}, "a union of unions"),
        ({"sets": "rendered", "test": "viper"}, "no set 'viper' to test on; it has rendered"),
    ],
)
def test_what_cannot_be_joined_is_told(options: dict[str, str], message: str) -> None:
    with pytest.raises(PasserbyError, match=message):
        read_dataset("union", None, options)


def test_rendered_worlds_as_one() -> None:
    sets = f"rendered?seed=1&{SMALL},rendered?seed=2&{SMALL}"
    union = read_dataset("union", None, {"sets": sets})
    assert people(union.train) == [1, 2, 4, 5]
    assert people(union.query) == [3, 6]
    assert {sample.camera for sample in union.train} == {1, 2, 3, 4}
    assert {sample.dataset for sample in union.train} == {"rendered", "rendered (2)"}


def test_the_real_sets(real_data: Path) -> None:
    sets = "cuhk01:cuhk01?shots=2,cuhk03_pair1:cuhk03-pair1?gallery=all"
    union = read_dataset("union", real_data / "data", {"sets": sets})
    assert len(people(union.train)) == 485 + 600
    assert len(people(union.query)) == len(people(union.gallery)) == 486 + 143
    assert not set(people(union.train)) & set(people(union.query))
    assert {sample.camera for sample in union.train} == {1, 2, 3, 4}
    tested = read_dataset("union", real_data / "data", {"sets": sets, "test": "cuhk03_pair1"})
    assert (len(people(tested.train)), len(people(tested.query))) == (1085, 143)
