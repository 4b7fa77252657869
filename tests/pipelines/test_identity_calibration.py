from pathlib import Path

import numpy as np
import pytest
import torch
from tests.pipelines.coloured_people import colour_embedder, market_tree
from tests.pipelines.memory_gallery import MODEL, MemoryGallery, confirm, record
from tests.pipelines.town import ANN, BOB, a_bit, town

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.metrics.identity import identity_f1
from passerby.pipelines import evaluate as evaluate_module
from passerby.pipelines import identity_calibration
from passerby.pipelines.evaluate import evaluate
from passerby.pipelines.identities import associate
from passerby.pipelines.identity_calibration import calibrate, calibrate_gallery, calibrate_run
from passerby.pipelines.identity_threshold import best_threshold
from passerby.ranking.association import Evidence, together


def labelled(people: int = 12, cameras: int = 4, noise: float = 0.35, seed: int = 0) -> Embeddings:
    """Two crops of each person and camera around a place of the person's own."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((people, 8))
    rows, samples = [], []
    for person in range(people):
        for camera in range(cameras):
            look = centres[person] + noise * rng.standard_normal(8)
            for shot in range(2):
                rows.append(look + 0.05 * rng.standard_normal(8))
                name = Path(f"{person}-{camera}-{shot}")
                samples.append(Sample(name, person + 1, camera, tracklet=camera))
    features = torch.from_numpy(np.stack(rows)).float()
    return Embeddings.of(features, samples, "toy", "ab" * 32)


def test_from_embeddings() -> None:
    made = calibrate(labelled(), "euclidean")
    assert (made.people, made.tracklets) == (12, 48)
    assert (made.same, made.different) == (12 * 6, 48 * 47 // 2 - 12 * 6)
    assert made.f1 is not None
    assert made.f1 > 0.95
    assert made.aim == "identity f1"
    assert made.far < 0.02
    assert made.tpr > 0.9
    made.require_model("toy", "ab" * 32)
    # Joined at this threshold the tracklets have that F1, and others' people nearly so.
    assert calibrate(labelled(seed=1), "euclidean").threshold == pytest.approx(
        made.threshold, rel=0.3
    )


def test_a_rate_of_false_acceptances() -> None:
    made = calibrate(labelled(noise=0.8), "cosine", far=0.01)
    assert made.aim == "far"
    assert made.f1 is None
    assert made.far <= 0.01
    assert calibrate(labelled(noise=0.8), "cosine", far=0.1).threshold > made.threshold


def test_junk_and_distractors_do_not_count() -> None:
    seen = labelled()
    strange = Embeddings.of(
        torch.zeros(2, 8), [Sample(Path("j"), -1, 1), Sample(Path("d"), 0, 1)], "toy", "ab" * 32
    )
    plain, more = (
        calibrate(seen, "euclidean"),
        calibrate(Embeddings.join([strange, seen]), "euclidean"),
    )
    assert (more.threshold, more.tracklets, more.curve) == (
        plain.threshold, plain.tracklets, plain.curve
    )  # fmt: skip


def test_of_very_many_tracklets_some_people_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_calibration, "MOST", 22)
    made = calibrate(labelled(), "euclidean")
    assert (made.people, made.tracklets) == (5, 20)


@pytest.mark.parametrize("seed", range(4))
def test_no_threshold_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 5, 20)
    ways = np.abs(rng.normal(np.where(people[:, None] == people, 0.4, 0.8), 0.2))
    ways = np.triu(ways, 1) + np.triu(ways, 1).T
    apart = np.triu((rng.random((20, 20)) < 0.1) & (people[:, None] != people), 1)
    apart |= apart.T
    evidence = Evidence(ways, np.zeros(0, np.int64), apart, np.zeros((20, 0), bool))

    def reached(threshold: float) -> float:
        return identity_f1(people, together(evidence, threshold))

    threshold, f1 = best_threshold(ways, people, apart)
    assert reached(threshold) == f1
    assert f1 == max(reached(t) for t in np.linspace(0, 1.5, 100))


def test_nothing_to_join() -> None:
    everywhere = ~np.eye(2, dtype=bool)
    with pytest.raises(PasserbyError, match="label tracklets of other times"):
        best_threshold(np.ones((2, 2)), np.array([1, 1]), everywhere)


def test_people_who_were_always_seen_together_leave_room_for_a_threshold() -> None:
    # 1 and 2 can never be joined, so nothing but their distance of 1 says where to stop.
    ways = np.array([[0, 0.1, 1, 1], [0.1, 0, 1, 1], [1, 1, 0, 0.2], [1, 1, 0.2, 0]])
    apart = np.zeros((4, 4), bool)
    apart[0, 2] = apart[2, 0] = True
    assert best_threshold(ways, np.array([1, 1, 2, 2]), apart) == (pytest.approx(0.6), 1.0)


def test_from_the_verdicts_in_a_gallery() -> None:
    gallery = MemoryGallery()
    ids = town(gallery)
    for name in ("ann", "bob", "cid"):
        person = gallery.add_person(name).id
        confirm(gallery, person, *(i for key, i in ids.items() if key.startswith(name)))
    made = calibrate_gallery(gallery)
    assert (made.people, made.tracklets, made.same, made.different) == (3, 8, 7, 21)
    assert made.f1 == 1
    assert 0.2 < made.threshold < 0.8
    # What it was not told, it now finds out.
    gallery.assign(list(ids.values()), None)
    assert len(associate(gallery, made).new) == 4


def test_rejections_are_pairs_of_different_people() -> None:
    gallery = MemoryGallery()
    ids = town(gallery)
    ann, bob = gallery.add_person().id, gallery.add_person().id
    confirm(gallery, ann, ids["ann door"], ids["ann hall"])
    confirm(gallery, bob, ids["bob door"], ids["bob hall"])
    before = calibrate_gallery(gallery)
    confirm(gallery, ann, ids["cid hall"], same=False)
    assert calibrate_gallery(gallery).different == before.different + 2


def test_what_was_only_guessed_is_not_learnt_from() -> None:
    gallery = MemoryGallery()
    ids = town(gallery)
    with pytest.raises(PasserbyError, match="0 tracklets of 0 people are confirmed"):
        calibrate_gallery(gallery)
    ann = gallery.add_person().id
    gallery.assign([ids["ann door"], ids["ann hall"]], ann)
    confirm(gallery, ann, ids["ann door"])
    with pytest.raises(PasserbyError, match="1 tracklets of 1 people"):
        calibrate_gallery(gallery)


def test_one_tracklet_each_says_nothing_about_one_person() -> None:
    gallery = MemoryGallery()
    one, two = record(gallery, "door", [(0, 1, ANN), (5, 6, BOB)])
    for tracklet in (one, two):
        confirm(gallery, gallery.add_person().id, tracklet)
    with pytest.raises(PasserbyError, match="0 pairs of one person"):
        calibrate_gallery(gallery)


def test_another_view_of_the_same_is_pooled() -> None:
    seen = labelled(people=3)
    doubled = Embeddings.join([seen, seen])
    once, twice = calibrate(seen, "euclidean"), calibrate(doubled, "euclidean")
    assert (twice.tracklets, twice.same) == (once.tracklets, once.same)
    assert twice.curve.slope == pytest.approx(once.curve.slope, rel=1e-5)


def test_features_that_are_nan_are_refused() -> None:
    with pytest.raises(PasserbyError, match="NaN"):
        record(MemoryGallery(MODEL), "door", [(0, 1, (float("nan"), 0.0)), (2, 3, a_bit(ANN, 0))])


def test_from_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        evaluate_module, "load_embedder", lambda which, device, **rest: colour_embedder()
    )
    run = tmp_path / "run"
    with pytest.raises(PasserbyError, match="no run folder"):
        calibrate_run(run)
    found = evaluate("colours", "market1501", market_tree(tmp_path / "market"), out=run)
    made = calibrate_run(run)
    # One tracklet of each of four people in each of two cameras.
    assert (made.people, made.tracklets, made.same, made.f1) == (4, 8, 4, 1.0)
    assert (made.model_hash, made.metric) == (found.about.model_hash, "euclidean")
    assert made.source == "market1501, people of run"
    assert calibrate_run(run, "market1501").threshold == made.threshold
    with pytest.raises(PasserbyError, match="holds the evaluations market1501; name one"):
        calibrate_run(run, "msmt17")
