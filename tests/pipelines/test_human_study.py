import json
import os
import random
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.pipelines.coloured_people import COLOURS

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import JUNK, Sample
from passerby.metrics.protocols import MARKET1501
from passerby.metrics.retrieval import retrieval_scores
from passerby.pipelines import human_study_questions
from passerby.pipelines.about import About
from passerby.pipelines.evaluation import Evaluation
from passerby.pipelines.human_study import build_study
from passerby.pipelines.human_study_folder import Question, Solution, Study
from passerby.pipelines.human_study_questions import questions_of, with_matches
from passerby.ranking.plain import distances

Seen = tuple[float, int, int]
"""A picture for a model that sees one number: that number, the person, the camera."""


def embedded(folder: Path, kind: str, seen: list[Seen]) -> Embeddings:
    folder.mkdir(parents=True, exist_ok=True)
    samples = []
    for place, (_, person, camera) in enumerate(seen):
        path = folder / f"{kind}{place:03d}_person{person}.png"
        cv2.imwrite(str(path), np.full((32, 16, 3), COLOURS[person % len(COLOURS)], np.uint8))
        samples.append(Sample(path, person, camera))
    return Embeddings.of(torch.tensor([[value] for value, *_ in seen]), samples, "number", "00")


def evaluated(run: Path, query: list[Seen], gallery: list[Seen], name: str = "market1501") -> Path:
    """A run folder with an evaluation of these pictures."""
    there = embedded(run / "data", "q", query), embedded(run / "data", "g", gallery)
    scores = retrieval_scores(distances(*there), *there, MARKET1501)
    about = About(
        dataset="market1501",
        options={},
        root=str(run / "data"),
        model="number",
        model_hash="00",
        protocol="market1501",
        metric="euclidean",
        flip=False,
        queries=len(query),
        gallery=len(gallery),
    )
    Evaluation(about, (scores,), *there).save(run / "evaluation" / name)
    return run


def names(solution: Solution, pictures: tuple[str, ...]) -> list[str]:
    """What pictures were called in the data set: g000 is the first of the gallery."""
    return [Path(solution.origins[picture].key).name.split("_")[0] for picture in pictures]


# Person 1 in camera 1 at 0. By distance: g4 (0.5, left out: same camera), g0 (1), g1 (2), g5 (2.5,
# junk), g2 (3), g3 (4), g6 (9, right), g7 (10, right), g8 (11).
QUERY: list[Seen] = [(0.0, 1, 1)]
GALLERY: list[Seen] = [
    (1.0, 2, 2), (2.0, 1, 2), (3.0, 3, 2), (4.0, 4, 2), (0.5, 1, 1), (2.5, JUNK, 2),
    (9.0, 1, 3), (10.0, 1, 4), (11.0, 5, 2),
]  # fmt: skip


def test_every_missing_match_replaces_the_lowest_ranked_wrong_one(tmp_path: Path) -> None:
    study = build_study(
        evaluated(tmp_path / "run", QUERY, GALLERY), out=tmp_path / "s", candidates=4
    )
    solution = Solution.load(tmp_path / "s")
    (question,) = study.questions
    assert names(solution, (question.query,)) == ["q000"]
    # The nearest four are g0, g1, g2, g3; of the right ones g6 and g7 are missing.
    assert sorted(names(solution, question.candidates)) == ["g000", "g001", "g006", "g007"]
    truth = solution.truths[question.id]
    assert names(solution, truth.right) == ["g001", "g006", "g007"]
    assert (names(solution, (truth.model.picture,)), truth.model.right) == (["g000"], False)


def test_one_match_outside_the_nearest_comes_in_as_well(tmp_path: Path) -> None:
    gallery: list[Seen] = [(float(n), n, 2) for n in range(2, 14)] + [(99.0, 1, 2)]
    study = build_study(evaluated(tmp_path / "run", QUERY, gallery), out=tmp_path / "s")
    solution = Solution.load(tmp_path / "s")
    found = names(solution, study.questions[0].candidates)
    assert sorted(found) == [*(f"g{n:03d}" for n in range(9)), "g012"]


@pytest.mark.parametrize(("matches", "candidates"), [(1, 10), (2, 50)])
def test_ten_candidates_for_one_match_and_fifty_for_several(
    matches: int, candidates: int, tmp_path: Path
) -> None:
    gallery: list[Seen] = [(float(n), n, 2) for n in range(2, 62)] + [(99.0, 1, 2)] * matches
    study = build_study(evaluated(tmp_path / "run", QUERY, gallery), out=tmp_path / "s")
    assert [len(question.candidates) for question in study.questions] == [candidates]


def test_more_matches_than_candidates_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = evaluated(tmp_path / "run", QUERY, GALLERY)
    study = build_study(run, out=tmp_path / "s", candidates=2)
    solution = Solution.load(tmp_path / "s")
    assert sorted(names(solution, study.questions[0].candidates)) == ["g001", "g006"]
    assert "1 of 1 questions hold right answers only" in caplog.text


def test_against_brute_force(tmp_path: Path) -> None:
    luck = random.Random(3)

    def some(count: int, people: list[int]) -> list[Seen]:
        # Halves, so that many distances are equal.
        return [
            (luck.randrange(40) / 2, luck.choice(people), luck.randint(1, 3)) for _ in range(count)
        ]

    query, gallery = some(25, [1, 2, 3, 4, 5]), some(60, [JUNK, 0, 1, 2, 3, 4, 6])
    study = build_study(
        evaluated(tmp_path / "run", query, gallery), out=tmp_path / "s", candidates=20
    )
    solution = Solution.load(tmp_path / "s")
    asked = {names(solution, (question.query,))[0]: question for question in study.questions}
    expected = {}
    for place, (value, person, camera) in enumerate(query):
        ranked = sorted(
            (abs(value - other), at, who == person)
            for at, (other, who, where) in enumerate(gallery)
            if who != JUNK and not (who == person and where == camera)
        )
        right = [at for _, at, match in ranked if match]
        if not right:
            continue
        shown = [at for _, at, _ in ranked[:20]]
        for at in right:
            if at not in shown:
                shown.remove(next(a for a in reversed(shown) if a not in right))
                shown.append(at)
        expected[f"q{place:03d}"] = (shown, right, ranked[0])
    assert asked.keys() == expected.keys()
    for name, (shown, right, (_, first, is_right)) in expected.items():
        question, truth = asked[name], solution.truths[asked[name].id]
        assert sorted(names(solution, question.candidates)) == sorted(f"g{at:03d}" for at in shown)
        assert names(solution, truth.right) == [f"g{at:03d}" for at in right]
        assert names(solution, (truth.model.picture,)) == [f"g{first:03d}"]
        assert truth.model.right == is_right


@given(
    ranking=st.permutations(range(12)),
    right=st.sets(st.integers(0, 11), min_size=1),
    count=st.integers(1, 12),
)
def test_right_answers_are_all_there_when_they_fit(
    ranking: list[int], right: set[int], count: int
) -> None:
    shown = with_matches(ranking[:count], [entry for entry in ranking if entry in right])
    assert len(set(shown)) == count
    assert len(right & set(shown)) == min(count, len(right))
    wrong = [entry for entry in ranking if entry not in right]
    kept = max(0, count - len(right))
    # The wrong ones that stay are the nearest ones, unless right ones take all the room.
    assert {entry for entry in shown if entry not in right} == set(wrong[:kept])


def test_rerankings_answer_is_the_first_of_what_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backwards(query: Embeddings, gallery: Embeddings):
        from passerby.core.blocks import DistanceBlocks

        return DistanceBlocks.of_matrix(-distances(query, gallery).matrix())

    monkeypatch.setattr(human_study_questions, "k_reciprocal", backwards)
    run = evaluated(tmp_path / "run", QUERY, [*GALLERY, (50.0, 1, 1), (40.0, 1, 2)])
    build_study(run, out=tmp_path / "s", candidates=4)
    solution = Solution.load(tmp_path / "s")
    (truth,) = solution.truths.values()
    # g9 is further, but left out: it is the query's own camera.
    assert (names(solution, (truth.reranked.picture,)), truth.reranked.right) == (["g010"], True)


def many(run: Path) -> Path:
    """Ten queries, of people 1 to 10, each with one match."""
    people = range(1, 11)
    return evaluated(
        run, [(float(p), p, 1) for p in people], [(p + 0.6 * (-1) ** p, p, 2) for p in people]
    )


def test_the_folder_tells_an_annotator_nothing(tmp_path: Path) -> None:
    run = many(tmp_path / "run")
    study = build_study(run, out=tmp_path / "s")
    text = (tmp_path / "s" / "study.json").read_text()
    assert set(json.loads(text)) == {"format", "id", "seed", "questions"}
    assert set(json.loads(text)["questions"][0]) == {"id", "query", "candidates"}
    assert "person" not in text.replace("passerby", "")
    pictures = {path.name for path in (tmp_path / "s" / "pictures").iterdir()}
    assert pictures == study.pictures
    assert all(len(name) == len("0123456789abcdef.jpg") for name in pictures)
    again = build_study(run, out=tmp_path / "t")
    assert not pictures & again.pictures
    assert {q.id for q in study.questions}.isdisjoint(q.id for q in again.questions)
    # Where the right one stands says nothing: not always the same place, nor rising with rank.
    truths = Solution.load(tmp_path / "s").truths
    places = {q.candidates.index(truths[q.id].right[0]) for q in study.questions}
    assert len(places) > 3


def test_the_same_seed_shows_the_same_order(tmp_path: Path) -> None:
    run = many(tmp_path / "run")

    def orders(out: Path, seed: int) -> list[list[str]]:
        study = build_study(run, out=out, seed=seed, queries=4)
        solution = Solution.load(out)
        return [names(solution, (q.query, *q.candidates)) for q in study.questions]

    first = orders(tmp_path / "a", 1)
    assert len(first) == 4
    assert orders(tmp_path / "b", 1) == first
    assert orders(tmp_path / "c", 2) != first


def test_pictures_are_jpegs_of_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        study = build_study(many(tmp_path / "run"), out=tmp_path / "s")
    finally:
        os.umask(before)
    assert Study.load(tmp_path / "s") == study
    for path in (tmp_path / "s", *(tmp_path / "s").rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    origins = Solution.load(tmp_path / "s").origins
    for name, origin in origins.items():
        shown = cv2.imread(str(tmp_path / "s" / "pictures" / name))
        assert shown is not None
        assert np.abs(shown[0, 0] - np.float64(COLOURS[origin.person % len(COLOURS)])).max() < 8


def test_a_query_without_a_match_is_not_asked(tmp_path: Path) -> None:
    run = evaluated(tmp_path / "run", [*QUERY, (5.0, 77, 1)], GALLERY)
    assert len(build_study(run, out=tmp_path / "s", candidates=3).questions) == 1
    found = Evaluation.load(run / "evaluation" / "market1501")
    nobody = replace(found, query=found.query[1:])
    with pytest.raises(PasserbyError, match="no right answer in the gallery"):
        questions_of(nobody, "market1501", 3, None, 0)


def test_pictures_that_are_gone_leave_nothing_behind(tmp_path: Path) -> None:
    run = evaluated(tmp_path / "run", QUERY, GALLERY)
    (run / "data").rename(tmp_path / "moved")
    with pytest.raises(PasserbyError, match=r"(?s)8 of 8 pictures cannot be read.*--root FOLDER"):
        build_study(run, out=tmp_path / "s", candidates=10)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["moved", "run"]
    build_study(run, out=tmp_path / "s", root=tmp_path / "moved")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"candidates": 1}, "candidates is 1"),
        ({"queries": 0}, "queries is 0"),
        ({"evaluation": "duke"}, "no evaluation 'duke'.*market1501"),
    ],
)
def test_what_cannot_be_built_is_said(options: dict, words: str, tmp_path: Path) -> None:
    run = evaluated(tmp_path / "run", QUERY, GALLERY)
    with pytest.raises(PasserbyError, match=words):
        build_study(run, out=tmp_path / "s", **options)
    assert not (tmp_path / "s").exists()


def test_several_evaluations_need_a_name_and_a_study_is_never_overwritten(tmp_path: Path) -> None:
    run = evaluated(tmp_path / "run", QUERY, GALLERY)
    evaluated(run, QUERY, GALLERY, "other")
    with pytest.raises(PasserbyError, match=r"several evaluations.*market1501, other"):
        build_study(run, out=tmp_path / "s")
    build_study(run, "other", out=tmp_path / "s")
    with pytest.raises(PasserbyError, match="is there already"):
        build_study(run, "other", out=tmp_path / "s")


def test_a_folder_without_a_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"no human study in.*human-study build"):
        Study.load(tmp_path)
    (tmp_path / "study.json").write_text('{"format": "passerby-human-study-1"}')
    with pytest.raises(PasserbyError, match=r"cannot be read.*build the study again"):
        Study.load(tmp_path)


def test_questions_save_and_load(tmp_path: Path) -> None:
    study = Study("s", 3, (Question("q", "a.jpg", ("b.jpg", "c.jpg")),))
    study.save(tmp_path)
    assert Study.load(tmp_path) == study
