"""Questions of a human study: the model's nearest, every right answer among them, shuffled."""

import logging
import random
import secrets
from collections.abc import Sequence

from passerby.core.blocks import DistanceBlocks
from passerby.core.embeddings import Embeddings
from passerby.core.topk import top_k
from passerby.metrics.protocol import only_matches, without_ignored
from passerby.metrics.protocols import protocol_named
from passerby.metrics.retrieval import require_matches
from passerby.pipelines.evaluation import Evaluation
from passerby.pipelines.human_study_folder import (
    MachineAnswer,
    Origin,
    Question,
    Solution,
    Study,
    Truth,
)
from passerby.pipelines.ranked import Rank, ranked
from passerby.ranking.k_reciprocal import k_reciprocal

log = logging.getLogger(__name__)

ONE_MATCH, SEVERAL_MATCHES = 10, 50
"""Candidates of a question, where every query has one right answer, and where some have more."""


def with_matches(nearest: Sequence[int], right: Sequence[int]) -> list[int]:
    """The nearest entries, where every missing right one replaces the lowest-ranked wrong one.

    nearest: gallery places, nearest first
    right:   all right answers, nearest first; if they do not all fit, the first of them do

    >>> with_matches([4, 7, 5, 9], right=[7, 2])
    [4, 7, 5, 2]
    """
    wrong = [place for place, entry in enumerate(nearest) if entry not in set(right)]
    missing = [entry for entry in right if entry not in set(nearest)]
    chosen = list(nearest)
    for place, entry in zip(reversed(wrong), missing, strict=False):
        chosen[place] = entry
    return chosen


def questions_of(
    found: Evaluation,
    name: str,
    candidates: int | None,
    queries: int | None,
    seed: int,
) -> tuple[Study, Solution]:
    """The questions about an evaluation, of its first trial, and what is right.

    found, name: the evaluation and what it is called
    candidates:  pictures to choose from, cut to what the gallery has; None for `ONE_MATCH` or
                 `SEVERAL_MATCHES`
    queries:     how many of the queries that have a right answer, drawn at random; None for all
    seed:        of that draw, and of the order of candidates

    The machines' answers are the first of the whole gallery, not of the candidates alone. Raises
    PasserbyError when no query has a right answer.
    """
    about, rules = found.about, protocol_named(found.about.protocol)

    def first_trial(rank: Rank) -> tuple[DistanceBlocks, Embeddings, Embeddings]:
        there = ranked(found.query, found.gallery, rules, 0, rank)
        return there.distances, there.query, there.gallery

    plain, query, gallery = first_trial(found.rank("", {}))
    matches = require_matches(query, gallery, rules).right.counts
    answerable = matches.nonzero().flatten().tolist()
    if candidates is None:
        candidates = ONE_MATCH if int(matches.max()) == 1 else SEVERAL_MATCHES
    nearest = top_k(without_ignored(plain, query, gallery, rules), candidates)
    right = top_k(only_matches(plain, query, gallery, rules), int(matches.max()))
    reranked = top_k(without_ignored(*first_trial(k_reciprocal), rules), 1)
    files: dict[str, str] = {}
    origins: dict[str, Origin] = {}

    def file_of(of: Embeddings, place: int) -> str:
        key = of.keys[place]
        if key not in files:
            files[key] = f"{secrets.token_hex(8)}.jpg"
            origins[files[key]] = Origin(key, int(of.persons[place]), int(of.cameras[place]))
        return files[key]

    def answer(place: int, among: Sequence[int]) -> MachineAnswer:
        return MachineAnswer(file_of(gallery, place), place in among)

    questions, truths = [], {}
    for row in _drawn(answerable, queries, seed):
        close = nearest.indices[row][nearest.distances[row].isfinite()].tolist()
        correct = right.indices[row][right.distances[row].isfinite()].tolist()
        chosen = with_matches(close, correct)
        # The key is in the seed: it is the one thing about this shuffle that nobody can guess
        # who sees the page.
        random.Random(f"{seed} {query.keys[row]}").shuffle(chosen)
        shown = tuple(file_of(gallery, place) for place in chosen)
        question = Question(secrets.token_hex(8), file_of(query, row), shown)
        questions.append(question)
        truths[question.id] = Truth(
            right=tuple(files[gallery.keys[place]] for place in correct if place in chosen),
            model=answer(close[0], correct),
            reranked=answer(int(reranked.indices[row, 0]), correct),
        )
    easy = sum(set(q.candidates) <= set(truths[q.id].right) for q in questions)
    if easy:
        log.warning(
            "%d of %d questions hold right answers only; ask for more --candidates than %d",
            easy, len(questions), candidates,
        )  # fmt: skip
    solution = Solution(
        dataset=about.dataset,
        options=about.options,
        protocol=about.protocol,
        metric=about.metric,
        model=about.model,
        model_hash=about.model_hash,
        evaluation=name,
        truths=truths,
        origins=origins,
    )
    return Study(secrets.token_hex(8), seed, tuple(questions)), solution


def _drawn(rows: list[int], queries: int | None, seed: int) -> list[int]:
    if queries is None or queries >= len(rows):
        return rows
    return sorted(random.Random(seed).sample(rows, queries))
