"""Scores of a human study: every annotator beside the model and beside re-ranking."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from passerby.core.errors import PasserbyError
from passerby.pipelines.human_study_answers import Answer, answers
from passerby.pipelines.human_study_folder import Solution, Study
from passerby.pipelines.human_study_names import MODEL, RERANKING, annotators

PUBLISHED: Mapping[str, float] = {"market1501": 0.935, "cuhk03": 0.957}
"""Rank-1 of the best annotator, by data set, as published: Zhang et al., AlignedReID, 2017."""


@dataclass(frozen=True)
class Performance:
    """How somebody or something did.

    name:     the annotator, "model" or "re-ranking"
    answered: number of questions; of a machine, those that any annotator answered
    rank1:    share of right answers among them, in [0, 1]
    model, reranked: the machines' rank-1 on the same questions
    common:   rank-1 on the questions that all annotators answered; None if there is none
    seconds:  median time for a question; None where unknown
    """

    name: str
    answered: int
    rank1: float
    model: float
    reranked: float
    common: float | None
    seconds: float | None = None


@dataclass(frozen=True)
class StudyScores:
    """What came out of a study.

    dataset:    name of the data set
    questions:  how many were asked
    common:     how many all annotators answered
    annotators: those who answered, by name
    model, reranked: the machines, which ranked the whole gallery
    human:      name of the annotator whose rank-1 is human performance: the best of those who
                answered everything; if nobody did, the best so far
    finished:   whether that annotator answered everything
    published:  human performance as published for this data set; None where none is known
    """

    dataset: str
    questions: int
    common: int
    annotators: tuple[Performance, ...]
    model: Performance
    reranked: Performance
    human: str
    finished: bool
    published: float | None


def score_study(study: Path) -> StudyScores:
    """Score all answers of a study.

    Raises PasserbyError when there is no study, nobody has answered, or an answer is not one of
    the study's.

    Args:
        study: the folder that `passerby human-study build` made
    """
    solution = Solution.load(study)
    given = answers_of_all(study)
    model = {question: truth.model.right for question, truth in solution.truths.items()}
    reranked = {question: truth.reranked.right for question, truth in solution.truths.items()}
    asked = set().union(*given.values())
    common = asked.intersection(*given.values())

    def performance(
        name: str, right: Mapping[str, bool], on: Collection[str], seconds: float | None = None
    ) -> Performance:
        return Performance(
            name=name,
            answered=len(on),
            rank1=mean(right[question] for question in on),
            model=mean(model[question] for question in on),
            reranked=mean(reranked[question] for question in on),
            common=mean(right[question] for question in common) if common else None,
            seconds=seconds,
        )

    people = []
    for name, found in given.items():
        right = {q: answer.chosen in solution.truths[q].right for q, answer in found.items()}
        spent = [answer.seconds for answer in found.values() if answer.seconds is not None]
        people.append(performance(name, right, right, median(spent) if spent else None))
    best = max(people, key=lambda one: (one.answered == len(model), one.rank1, one.answered))
    return StudyScores(
        dataset=solution.dataset,
        questions=len(model),
        common=len(common),
        annotators=tuple(people),
        model=performance(MODEL, model, asked),
        reranked=performance(RERANKING, reranked, asked),
        human=best.name,
        finished=best.answered == len(model),
        published=PUBLISHED.get(solution.dataset),
    )


def answers_of_all(study: Path) -> dict[str, dict[str, Answer]]:
    """Annotator -> question's id -> answer, of all who answered something, sorted by name.

    Raises PasserbyError when nobody did, or an answer is not to one of the study's questions.
    """
    candidates = {question.id: question.candidates for question in Study.load(study).questions}
    given = {name: found for name in annotators(study) if (found := answers(study, name))}
    if not given:
        raise PasserbyError(
            f"nobody has answered the study in '{study}' yet; have people answer it: passerby "
            f"human-study serve {study}"
        )
    for name, found in given.items():
        for question, answer in found.items():
            if answer.chosen not in candidates.get(question, ()):
                raise PasserbyError(
                    f"an answer of {name!r} is not to a question of the study in '{study}' "
                    f"({question!r}); was its file put there from another study?"
                )
    return given
