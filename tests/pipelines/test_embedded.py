import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tests.pipelines.coloured_people import MeanColour, colour_embedder, write

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.pipelines import embedded as module
from passerby.pipelines.embedded import embedded


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    for person in (1, 2, 3):
        write(tmp_path / "pictures", person, 1, 0)
    return [
        Sample(path, person, 1)
        for person, path in enumerate(sorted((tmp_path / "pictures").iterdir()), start=1)
    ]


def seen(embedder) -> int:
    assert isinstance(embedder.model, MeanColour)
    return embedder.model.seen


def test_what_is_there_is_not_embedded_again(samples: list[Sample], tmp_path: Path) -> None:
    embedder, told = colour_embedder(), []
    [first] = embedded(embedder, [samples[:2]], tmp_path / "kept", flip=False)
    assert seen(embedder) == 2
    [again] = embedded(
        embedder, [[samples[1], samples[0], samples[1]]], tmp_path / "kept", flip=False
    )
    assert seen(embedder) == 2
    assert torch.equal(again.features, first.features[[1, 0, 1]])
    assert again.persons.tolist() == [2, 1, 2]
    [more] = embedded(
        embedder,
        [samples],
        tmp_path / "kept",
        flip=False,
        progress=lambda done, total: told.append((done, total)),
    )
    assert seen(embedder) == 3
    assert told == [(2, 3), (3, 3)]
    assert torch.equal(more.features[:2], first.features)
    assert more.keys == tuple(sample.key for sample in samples)


def test_labels_are_those_asked_for_now(samples: list[Sample], tmp_path: Path) -> None:
    embedder = colour_embedder()
    embedded(embedder, [samples], tmp_path / "kept")
    renamed = [replace(sample, person=9, camera=4, time=2.0) for sample in samples]
    [found] = embedded(embedder, [renamed], tmp_path / "kept")
    assert (found.persons.tolist(), found.times.tolist()) == ([9] * 3, [2.0] * 3)


def test_a_picture_that_changed_is_embedded_anew(samples: list[Sample], tmp_path: Path) -> None:
    embedder = colour_embedder()
    [before] = embedded(embedder, [samples], tmp_path / "kept", flip=False)
    path = samples[0].pixels
    assert isinstance(path, Path)
    path.write_bytes(samples[1].pixels.read_bytes())  # type: ignore[union-attr]
    os.utime(path, ns=(1, 1))
    [after] = embedded(embedder, [samples], tmp_path / "kept", flip=False)
    assert torch.equal(after.features[0], before.features[1])
    assert not torch.equal(after.features[0], before.features[0])


def test_another_model_or_way_is_kept_apart(samples: list[Sample], tmp_path: Path) -> None:
    embedder = colour_embedder()
    embedded(embedder, [samples], tmp_path / "kept", flip=False)
    embedded(embedder, [samples], tmp_path / "kept", flip=True)
    other = replace(colour_embedder(), hash="ff")
    embedded(other, [samples], tmp_path / "kept", flip=False)
    assert (seen(embedder), seen(other)) == (3 + 2 * 3, 3)
    assert len(list((tmp_path / "kept").iterdir())) == 3


def test_a_broken_file_is_named(samples: list[Sample], tmp_path: Path) -> None:
    embedder = colour_embedder()
    embedded(embedder, [samples], tmp_path / "kept")
    next((tmp_path / "kept").iterdir()).write_bytes(b"nothing")
    with pytest.raises(PasserbyError, match="holds no embeddings"):
        embedded(embedder, [samples], tmp_path / "kept")


def test_what_was_made_before_an_interruption_is_kept(
    samples: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_KEPT", 2)
    embedder, told = colour_embedder(), []

    def interrupted(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embedded(embedder, [samples], tmp_path / "kept", batch_size=1, progress=interrupted)
    [found] = embedded(
        embedder,
        [samples],
        tmp_path / "kept",
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(2, 3), (3, 3)]
    [anew] = embedded(colour_embedder(), [samples], tmp_path / "other")
    assert torch.equal(found.features, anew.features)


def test_sets_come_back_apart_and_no_picture_is_refused(
    samples: list[Sample], tmp_path: Path
) -> None:
    two, none, three = embedded(colour_embedder(), [samples[:2], [], samples], tmp_path / "kept")
    assert (len(two), len(none), len(three)) == (2, 0, 3)
    assert torch.equal(two.features, three.features[:2])
    with pytest.raises(PasserbyError, match="no picture to embed"):
        embedded(colour_embedder(), [[]], tmp_path / "nothing")
