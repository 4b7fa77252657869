"""One HTML page of a human study: the scores, and the pictures on which people and model differ."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.data.images import read_image
from passerby.pipelines.human_study_answers import Answer
from passerby.pipelines.human_study_folder import Question, Solution, Study, Truth
from passerby.pipelines.human_study_score import (
    Performance,
    StudyScores,
    answers_of_all,
    score_study,
)
from passerby.reports.html import Section, facts, page, table, together
from passerby.reports.tiles import Tile, strip, thumbnail

if TYPE_CHECKING:
    from markupsafe import Markup

LONGEST = 100
"""Questions of one kind on the page: more would make it too large to open."""

ROWS = (
    "model's, re-ranked: the machines' rank-1 on the questions that this annotator answered; "
    "time: the median of a question"
)
"""What stands in the columns of `score_rows`, in words."""


def study_page(study: Path, out: Path) -> Path:
    """Write a page of the scores and of the questions on which the best annotator and the model
    differ, or both are wrong; readable by its owner only, for it shows people.

    Raises PasserbyError as `score_study` does, when `out` cannot be written, and when the extra
    `reports` is not installed.
    """
    scores = score_study(study)
    sections = [_scores(scores, Solution.load(study)), *_differences(study, scores)]
    subtitle = f"{len(scores.annotators)} people and a model on {scores.dataset}."
    text = page("Human study", subtitle, sections)
    return write_atomically(
        out, lambda to: (to.touch(0o600), to.write_text(text, encoding="utf-8"))
    )


def score_rows(scores: StudyScores) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the table of scores, in words; the first column says who."""
    header = ["", "answered", "rank-1", "model's", "re-ranked"]
    header += [f"on the {scores.common} by all", "time"]

    def row(one: Performance, machine: bool = False) -> list[str]:
        return [
            one.name,
            f"{one.answered} of {scores.questions}",
            f"{one.rank1:.1%}",
            "" if machine else f"{one.model:.1%}",
            "" if machine else f"{one.reranked:.1%}",
            "" if one.common is None else f"{one.common:.1%}",
            "" if one.seconds is None else f"{one.seconds:.1f} s",
        ]

    people = [row(one) for one in scores.annotators]
    return header, [*people, row(scores.model, True), row(scores.reranked, True)]


def human_words(scores: StudyScores) -> str:
    """Human performance in words, beside what was published for the data set, where it was."""
    best = next(one for one in scores.annotators if one.name == scores.human)
    whom = "the best of those who answered everything"
    if not scores.finished:
        whom = "the best so far; nobody has answered everything"
    words = f"Human performance: {best.rank1:.1%} rank-1 ({best.name}, {whom})."
    if scores.published is None:
        return words
    return (
        f"{words} Published for {scores.dataset}: {scores.published:.1%} (Zhang et al., "
        "AlignedReID, 2017), by other people, on questions from another model."
    )


def _scores(scores: StudyScores, solution: Solution) -> Section:
    header, rows = score_rows(scores)
    settings = [
        ("data set", solution.dataset),
        ("evaluation", solution.evaluation),
        ("model", solution.model),
        ("protocol", solution.protocol),
        ("distance", solution.metric),
        ("questions", f"{scores.questions:,}"),
    ]
    lead = (
        "People chose among candidates that always held a right answer; the model and re-ranking "
        f"ranked the whole gallery. {human_words(scores)}"
    )
    return Section("Scores", together(table(header, rows, ROWS), facts(settings)), lead)


def _differences(study: Path, scores: StudyScores) -> list[Section]:
    questions, solution = Study.load(study).questions, Solution.load(study)
    given = answers_of_all(study)
    human = given[scores.human]
    kinds: dict[tuple[bool, bool], list[Question]] = {}
    for question in sorted(questions, key=lambda q: solution.origins[q.query].key):
        if question.id in human:
            truth = solution.truths[question.id]
            kind = human[question.id].chosen in truth.right, truth.model.right
            kinds.setdefault(kind, []).append(question)
    titles = {
        (True, False): f"{scores.human} right, model wrong",
        (False, True): f"{scores.human} wrong, model right",
        (False, False): "Both wrong",
    }
    sections = []
    for kind, title in titles.items():
        found = kinds.get(kind, [])
        shown = [_strip(study, question, solution, given) for question in found[:LONGEST]]
        lead = f"{len(found)} of the {len(human)} questions that {scores.human} answered."
        if found:
            lead += " Below each picture stands who chose it."
        if len(found) > LONGEST:
            lead += f" The first {LONGEST} are shown."
        sections.append(Section(title, together(*shown), lead))
    return sections


def _strip(
    study: Path, question: Question, solution: Solution, given: Mapping[str, Mapping[str, Answer]]
) -> "Markup":
    truth = solution.truths[question.id]
    chosen_by: dict[str, list[str]] = {truth.right[0]: []}
    for name, found in given.items():
        if question.id in found:
            chosen_by.setdefault(found[question.id].chosen, []).append(name)
    chosen_by.setdefault(truth.model.picture, []).append("model")
    chosen_by.setdefault(truth.reranked.picture, []).append("re-ranking")
    origin = solution.origins[question.query]
    query = Tile(
        image=_image(study, question.query),
        status="query",
        alt=f"query: person {origin.person}, camera {origin.camera}",
        badge="query",
        caption=[f"camera {origin.camera}"],
    )
    tiles = [
        _tile(study, picture, names, _is_right(picture, truth), solution)
        for picture, names in chosen_by.items()
    ]
    people = [found[question.id].chosen in truth.right for found in given.values()
              if question.id in found]  # fmt: skip
    note = (
        f"{sum(people)} of {len(people)} annotators right · model {_word(truth.model.right)} · "
        f"re-ranking {_word(truth.reranked.right)}"
    )
    return strip(f"Person {origin.person}, camera {origin.camera}", note, query, tiles)


def _is_right(picture: str, truth: Truth) -> bool:
    machines = {answer.picture for answer in (truth.model, truth.reranked) if answer.right}
    return picture in truth.right or picture in machines


def _tile(study: Path, picture: str, names: list[str], right: bool, solution: Solution) -> Tile:
    origin, who = solution.origins[picture], ", ".join(names) or "nobody"
    return Tile(
        image=_image(study, picture),
        status="right" if right else "wrong",
        alt=f"chosen by {who}, {_word(right)}: person {origin.person}, camera {origin.camera}",
        badge=_word(right),
        caption=names or ["not chosen"],
    )


def _word(right: bool) -> str:
    return "right" if right else "wrong"


def _image(study: Path, picture: str) -> str:
    try:
        return thumbnail(read_image(study / "pictures" / picture))
    except PasserbyError:
        return ""
