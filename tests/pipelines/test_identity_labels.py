"""What humans confirmed can be trained on."""

import csv
from pathlib import Path

import pytest
from tests.pipelines.memory_gallery import NOON, MemoryGallery, confirm
from tests.pipelines.town import town

from passerby.core.errors import PasserbyError
from passerby.data.csv_file import csv_file
from passerby.engine.training import train
from passerby.pipelines.identity_labels import export_labels


def confirmed() -> tuple[MemoryGallery, dict[str, str], dict[str, str]]:
    gallery = MemoryGallery()
    ids = town(gallery)
    people = {name: gallery.add_person(name).id for name in ("ann", "bob", "cid")}
    for name, person in people.items():
        confirm(gallery, person, *(i for key, i in ids.items() if key.startswith(name)))
    return gallery, ids, people


def test_the_readers_read_it(tmp_path: Path) -> None:
    gallery, ids, _ = confirmed()
    made = export_labels(gallery, tmp_path / "labels")
    assert (made.people, made.tracklets, made.crops, made.withheld) == (3, 8, 16, 0)
    splits = csv_file(made.table)
    assert (len(splits.train), len(splits.query)) == (16, 0)
    assert {s.person for s in splits.train} == {1, 2, 3}
    assert {s.camera for s in splits.train} == {1, 2, 3}
    assert {s.tracklet for s in splits.train} == set(range(8))
    assert min(s.time for s in splits.train if s.time is not None) == NOON
    with open(made.table) as file:
        sources = {row["source"] for row in csv.DictReader(file)}
    assert sources == set(ids.values()) - {ids["dot door"]}
    original = gallery.entry(ids["ann door"]).crops[0].read()  # pyright: ignore
    assert (splits.train[0].pixels.parent.parent.parent) == tmp_path / "labels"  # pyright: ignore
    assert original.shape == (32, 16, 3)


def test_only_a_humans_word_counts(tmp_path: Path) -> None:
    gallery, ids, people = confirmed()
    gallery.assign([ids["dot door"]], gallery.add_person("guessed").id)
    confirm(gallery, people["ann"], ids["ann yard"], same=False)
    made = export_labels(gallery, tmp_path / "labels")
    assert (made.people, made.tracklets) == (3, 7)


def test_consent_is_respected(tmp_path: Path) -> None:
    gallery, _, people = confirmed()
    ann = gallery.person(people["ann"])
    gallery.change_person(type(ann)(ann.id, "ann", "refused"))
    bob = gallery.person(people["bob"])
    gallery.change_person(type(bob)(bob.id, "bob", "given"))
    made = export_labels(gallery, tmp_path / "labels")
    assert (made.people, made.withheld) == (2, 1)
    made = export_labels(gallery, tmp_path / "given", given_only=True)
    assert (made.people, made.withheld) == (1, 2)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="confirm tracklets of people first"):
        export_labels(MemoryGallery(), tmp_path / "none")
    assert not (tmp_path / "none").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("mine")
    with pytest.raises(PasserbyError, match="not empty"):
        export_labels(confirmed()[0], tmp_path / "full")


def test_training_learns_from_it(tmp_path: Path) -> None:
    made = export_labels(confirmed()[0], tmp_path / "labels")
    run = tmp_path / "run"
    train(
        ["--method=BagOfTricks", "--model.backbone=osnet_x0_25", "--model.pretrained=false",
         "--data.dataset=csv", f"--data.root={made.table}", "--data.height=32", "--data.width=16",
         "--data.persons_per_batch=2", "--data.shots_per_person=2", "--data.workers=0",
         "--trainer.max_epochs=1", "--trainer.accelerator=cpu", f"--run={run}"]
    )  # fmt: skip
    assert list(run.rglob("*.safetensors"))
