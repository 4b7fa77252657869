import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.pipelines.small_study import small_study

from passerby.core.errors import PasserbyError
from passerby.pipelines.human_study_answers import (
    RefusedError,
    answers,
    current,
    in_order,
    log_view,
    record,
    undo,
)


def chosen(folder: Path, name: str) -> dict[str, str]:
    return {question: answer.chosen for question, answer in answers(folder, name).items()}


def test_an_annotator_goes_on_where_they_stopped(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    order = in_order(study, "Ada")
    for place, question in enumerate(order):
        open_now = current(study, "Ada", answers(tmp_path, "Ada"))
        assert open_now == order[place] == question
        record(tmp_path, study, "Ada", question.id, question.candidates[0], 1.5)
    assert current(study, "Ada", answers(tmp_path, "Ada")) is None
    lines = (tmp_path / "answers" / "Ada.jsonl").read_text().splitlines()
    assert [json.loads(line)["question"] for line in lines] == [question.id for question in order]
    assert json.loads(lines[0])["seconds"] == 1.5
    assert (tmp_path / "answers" / "Ada.jsonl").stat().st_mode & 0o777 == 0o600
    assert answers(tmp_path, "Ben") == {}


def test_everybody_has_an_order_of_their_own(tmp_path: Path) -> None:
    study = small_study(tmp_path, questions=12)
    orders = {name: [q.id for q in in_order(study, name)] for name in ("Ada", "Ben", "Cem")}
    assert len({tuple(order) for order in orders.values()}) == 3
    assert {tuple(sorted(order)) for order in orders.values()} == {
        tuple(sorted(q.id for q in study.questions))
    }


def test_an_answer_is_replaced_only_after_it_was_taken_back(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    first, second, third = in_order(study, "Ada")
    record(tmp_path, study, "Ada", first.id, first.candidates[0])
    record(tmp_path, study, "Ada", first.id, first.candidates[0])  # a double click
    assert len((tmp_path / "answers" / "Ada.jsonl").read_text().splitlines()) == 1
    with pytest.raises(RefusedError, match="has an answer already"):
        record(tmp_path, study, "Ada", first.id, first.candidates[1])
    with pytest.raises(RefusedError, match="not the question that comes next"):
        record(tmp_path, study, "Ada", third.id, third.candidates[0])
    with pytest.raises(PasserbyError, match="not one of those to choose from"):
        record(tmp_path, study, "Ada", second.id, first.candidates[0])
    record(tmp_path, study, "Ada", second.id, second.candidates[2])
    with pytest.raises(RefusedError, match="only the last answer"):
        undo(tmp_path, "Ada", first.id)
    undo(tmp_path, "Ada", second.id)
    undo(tmp_path, "Ada", second.id)
    assert chosen(tmp_path, "Ada") == {first.id: first.candidates[0]}
    undo(tmp_path, "Ada", first.id)
    record(tmp_path, study, "Ada", first.id, first.candidates[1])
    assert chosen(tmp_path, "Ada") == {first.id: first.candidates[1]}
    # The file only grows: what was taken back can still be read in it.
    assert len((tmp_path / "answers" / "Ada.jsonl").read_text().splitlines()) == 5


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_a_line_that_a_crash_cut_short_does_not_count(cut: int, tmp_path: Path) -> None:
    study = small_study(tmp_path)
    first, second, _ = in_order(study, "Ada")
    for question in (first, second):
        record(tmp_path, study, "Ada", question.id, question.candidates[0])
    path = tmp_path / "answers" / "Ada.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    assert chosen(tmp_path, "Ada") == {first.id: first.candidates[0]}
    record(tmp_path, study, "Ada", second.id, second.candidates[1])
    assert chosen(tmp_path, "Ada") == {
        first.id: first.candidates[0],
        second.id: second.candidates[1],
    }


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    small_study(tmp_path)
    (tmp_path / "answers" / "Ada.jsonl").write_text("{}\n")
    with pytest.raises(PasserbyError, match=r"line 1 of .*Ada\.jsonl is damaged"):
        answers(tmp_path, "Ada")


def test_what_cannot_be_kept_is_said(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    first = in_order(study, "Ada")[0]
    (tmp_path / "answers").rmdir()
    with pytest.raises(PasserbyError, match=r"could not be kept.*No such file"):
        record(tmp_path, study, "Ada", first.id, first.candidates[0])


def test_of_many_requests_at_once_one_is_written(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    first = in_order(study, "Ada")[0]

    def answer(choice: int) -> bool:
        try:
            record(tmp_path, study, "Ada", first.id, first.candidates[choice % 3])
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(answer, range(24)))
    assert sum(taken) == 8  # the same picture again is the same answer
    assert len((tmp_path / "answers" / "Ada.jsonl").read_text().splitlines()) == 1


def test_views_are_logged(tmp_path: Path) -> None:
    log_view(tmp_path, "Ada", "q1")
    log_view(tmp_path, "Zoë", "q2")
    lines = [json.loads(line) for line in (tmp_path / "access.log").read_text().splitlines()]
    assert [(line["annotator"], line["question"]) for line in lines] == [
        ("Ada", "q1"),
        ("Zoë", "q2"),
    ]
    assert (tmp_path / "access.log").stat().st_mode & 0o777 == 0o600
