import json
from pathlib import Path

import pytest
from tests.pipelines.small_study import right_choice, small_study

from passerby.core.errors import PasserbyError
from passerby.pipelines.human_study_answers import answers, in_order, record, undo
from passerby.pipelines.human_study_folder import Study
from passerby.pipelines.human_study_page import human_words, score_rows, study_page
from passerby.pipelines.human_study_score import score_study


def answer(
    folder: Path, study: Study, name: str, right: set[str], count: int | None = None
) -> None:
    """Answer the first `count` questions, those in `right` rightly; each takes longer."""
    for place, question in enumerate(in_order(study, name)[:count]):
        correct = right_choice(study, question.id)
        wrong = next(choice for choice in question.candidates if choice != correct)
        chosen = correct if question.id in right else wrong
        record(folder, study, name, question.id, chosen, place + 1.0)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return small_study(tmp_path, questions=5)


def test_scores_by_hand(study: Study, tmp_path: Path) -> None:
    answer(tmp_path, study, "Ada", {"q0", "q1", "q3"})
    answer(tmp_path, study, "Ben", {"q0", "q1", "q2", "q3"})
    scores = score_study(tmp_path)
    ada, ben = scores.annotators
    assert (ada.name, ada.answered, ada.rank1, ada.common, ada.seconds) == ("Ada", 5, 0.6, 0.6, 3)
    assert (ben.rank1, ben.model, ben.reranked) == (0.8, 0.6, 1.0)
    assert (scores.model.rank1, scores.reranked.rank1, scores.model.answered) == (0.6, 1.0, 5)
    assert (scores.human, scores.finished, scores.questions, scores.common) == ("Ben", True, 5, 5)
    assert (scores.dataset, scores.published) == ("market1501", 0.935)
    assert "Published for market1501: 93.5% (Zhang et al." in human_words(scores)


def test_those_who_did_not_finish_are_compared_on_what_they_answered(
    study: Study, tmp_path: Path
) -> None:
    first, second = (question.id for question in in_order(study, "Ada")[:2])
    answer(tmp_path, study, "Ada", {first, second}, count=2)
    answer(tmp_path, study, "Ben", {first})
    scores = score_study(tmp_path)
    ada, ben = scores.annotators
    model_right = {"q0", "q2", "q4"}
    assert (ada.answered, ada.rank1) == (2, 1.0)
    assert ada.model == len({first, second} & model_right) / 2
    assert (ben.answered, ben.rank1, ben.common) == (5, 0.2, 0.5)
    assert (scores.common, scores.model.common, scores.model.rank1) == (2, ada.model, 0.6)
    # Two easy questions make nobody the best: Ben finished.
    assert (scores.human, scores.finished) == ("Ben", True)
    for question in reversed(answers(tmp_path, "Ben")):
        undo(tmp_path, "Ben", question)
    scores = score_study(tmp_path)
    assert [one.name for one in scores.annotators] == ["Ada"]
    assert (scores.human, scores.finished, scores.model.answered) == ("Ada", False, 2)
    assert "nobody has answered everything" in human_words(scores)


def test_a_study_that_nobody_answered(study: Study, tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"nobody has answered.*human-study serve"):
        score_study(tmp_path)


def test_answers_of_another_study_are_refused(study: Study, tmp_path: Path) -> None:
    answer(tmp_path, study, "Ada", set())
    line = {"question": "q0", "chosen": "x.jpg", "seconds": None, "when": "2026-01-01T00:00:00"}
    (tmp_path / "answers" / "Eve.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(PasserbyError, match="'Eve' is not to a question of the study"):
        score_study(tmp_path)


def test_the_table_names_everybody(study: Study, tmp_path: Path) -> None:
    answer(tmp_path, study, "Ada", {"q0"})
    header, rows = score_rows(score_study(tmp_path))
    assert [row[0] for row in rows] == ["Ada", "model", "re-ranking"]
    assert rows[0][1:] == ["5 of 5", "20.0%", "60.0%", "100.0%", "20.0%", "3.0 s"]
    assert len(header) == len(rows[0])


def test_the_page_shows_where_they_differ(study: Study, tmp_path: Path) -> None:
    answer(tmp_path, study, "Ada", {"q0", "q1"})  # the model: q0, q2, q4
    answer(tmp_path, study, "Ben", {"q1"}, count=4)
    path = study_page(tmp_path, tmp_path / "page.html")
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    model_wrong, human_wrong, both = (
        part.split("</section>")[0] for part in text.split('<section id="s')[2:]
    )
    for part, title, people in (
        (model_wrong, "Ada right, model wrong", {"2"}),
        (human_wrong, "Ada wrong, model right", {"3", "5"}),
        (both, "Both wrong", {"4"}),
    ):
        assert title in part
        strips = part.split("<article")[1:]
        assert {strip.split("<h4>Person ")[1].split(",")[0] for strip in strips} == people
    assert 'alt="chosen by Ada' in model_wrong
    assert "model wrong · re-ranking right" in model_wrong
    assert "no picture" not in text
    assert "http" not in text.replace("http://www.w3.org", "")
