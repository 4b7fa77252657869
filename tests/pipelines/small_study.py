"""A study of a few coloured pictures, written by hand."""

from pathlib import Path

import cv2
import numpy as np

from passerby.pipelines.human_study_folder import (
    MachineAnswer,
    Origin,
    Question,
    Solution,
    Study,
    Truth,
)


def small_study(folder: Path, questions: int = 3, candidates: int = 3) -> Study:
    """Question n is named "qN"; of its candidates "nA.jpg" is right, with A = 0, 1, ...

    The model is right in every second question, beginning with the first; re-ranking always is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answers").mkdir()
    (folder / "pictures").mkdir()
    asked, truths, origins = [], {}, {}
    for n in range(questions):
        shown = tuple(f"{n}{chr(ord('a') + c)}.jpg" for c in range(candidates))
        query, right = f"{n}query.jpg", shown[n % candidates]
        wrong = next(name for name in shown if name != right)
        asked.append(Question(f"q{n}", query, shown))
        truths[f"q{n}"] = Truth(
            right=(right,),
            model=MachineAnswer(wrong if n % 2 else right, n % 2 == 0),
            reranked=MachineAnswer(right, True),
        )
        for place, name in enumerate((query, *shown)):
            person = n + 1 if name in (query, right) else 100 + place
            origins[name] = Origin(f"secret/{person}/{name}", person, 1 + place)
            colour = (40 * n % 250, 60 * place % 250, 120 if person == n + 1 else 30)
            pixels = np.full((64, 32, 3), colour, np.uint8)
            cv2.imwrite(str(folder / "pictures" / name), pixels)
    study = Study("small", 0, tuple(asked))
    study.save(folder)
    Solution(
        dataset="market1501",
        options={},
        protocol="market1501",
        metric="euclidean",
        model="toy",
        model_hash="00",
        evaluation="market1501",
        truths=truths,
        origins=origins,
    ).save(folder)
    return study


def right_choice(study: Study, question: str) -> str:
    """The right answer to a question of a small study."""
    number = int(question[1:])
    candidates = study.questions[number].candidates
    return candidates[number % len(candidates)]
