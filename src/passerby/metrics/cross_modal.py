"""People searched by pictures of another kind of light: SYSU-MM01 and RegDB."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.metrics.draws import first_of_each, random_order
from passerby.metrics.gathering import of_person_and_camera
from passerby.metrics.protocol import Protocol
from passerby.metrics.rules import other_modality, other_places

SYSU_INFRARED = (3, 6)
"""Cameras of SYSU-MM01's queries."""

SYSU_VISIBLE = {"all": (1, 2, 4, 5), "indoor": (1, 2)}
"""Cameras of SYSU-MM01's gallery, in each of its two searches."""

SYSU_SAME_PLACE = {3: 2}
"""Camera 3 watches the place of camera 2."""

SYSU_TRIALS = 10

Permutations = Mapping[tuple[int, int], Tensor]
"""(camera, person) -> (trials, N) int64: numbers, from 1, of the pictures that this camera took of
this person, in the order of drawing."""


def sysu_mm01(
    search: Literal["all", "indoor"] = "all",
    shots: int = 1,
    permutations: Permutations | None = None,
) -> Protocol:
    """SYSU-MM01: infrared queries, a gallery of visible pictures drawn anew in each of 10 trials.

    Source: "RGB-Infrared Cross-Modality Person Re-Identification" (Wu et al., 2017), and the
    benchmark's own evaluation program. There CMC counts people, each standing at the nearest of
    his pictures, and average precision counts pictures: see `Protocol.cmc`.

    search:       all cameras, or the indoor ones alone
    shots:        pictures drawn of each person and camera: 1 or 10 in the paper
    permutations: which ones; drawn by Passerby, seeded by the trial, when left out, and by
                  `official_permutations` those that papers use

    Raises PasserbyError for an unknown search or no shots; `prepare` does when queries and gallery
    are of one modality, and when the permutations do not fit the gallery.

    >>> sysu_mm01("indoor", shots=10).name
    'sysu-mm01-indoor-10'
    """
    if search not in SYSU_VISIBLE or shots < 1:
        raise PasserbyError(
            f"SYSU-MM01 has no search={search!r} with shots={shots}; search is 'all' or 'indoor', "
            "shots at least 1"
        )
    visible = SYSU_VISIBLE[search]
    cameras = ", ".join(map(str, visible))

    def prepare(
        query: Embeddings, gallery: Embeddings, trial: int
    ) -> tuple[Embeddings, Embeddings]:
        query = query[torch.isin(query.cameras, torch.tensor(SYSU_INFRARED))]
        gallery = gallery[torch.isin(gallery.cameras, torch.tensor(visible))]
        if both := sorted({*query.modalities} & {*gallery.modalities}):
            raise PasserbyError(
                f"queries of cameras 3 and 6 and gallery pictures of cameras {cameras} are both "
                f"{both[0]}, so this is not SYSU-MM01, whose rules these are; choose another "
                "protocol (`passerby evaluate --protocols`)"
            )
        if permutations is None:
            order = random_order(len(gallery), trial)
            taken = order[first_of_each(of_person_and_camera(gallery)[order], shots)]
        else:
            taken = _taken(gallery, permutations, shots, trial)
        return query, gallery[taken.sort().values]

    return Protocol(
        name=f"sysu-mm01-{search}-{shots}",
        rule=(
            f"Infrared queries of cameras 3 and 6. In each of {SYSU_TRIALS} trials the gallery "
            f"holds {shots} picture{'s' * (shots > 1)} of each person and visible camera "
            f"({cameras}), drawn at random. A right answer shows the same person; queries of "
            "camera 3 see nothing of camera 2, which is at the same place. CMC counts people, "
            "average precision counts pictures."
        ),
        relevance=other_places(SYSU_SAME_PLACE),
        source="Wu et al., RGB-Infrared Cross-Modality Person Re-Identification, 2017",
        prepare=prepare,
        trials=SYSU_TRIALS,
        cmc="people",
    )


def official_permutations(path: Path) -> Permutations:
    """The draws that SYSU-MM01's authors fixed: rand_perm_cam.mat of their evaluation program.

    Raises PasserbyError when the file is missing or another one.
    """
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        by_camera = loadmat(path)["rand_perm_cam"].ravel()
        return {
            (camera, person): torch.from_numpy(numbers.astype("int64"))
            for camera, people in enumerate(by_camera, start=1)
            for person, numbers in enumerate(people.ravel(), start=1)
            if numbers.size
        }
    except (OSError, ValueError, LookupError, AttributeError, MatReadError) as error:
        raise PasserbyError(
            f"'{path}' holds no permutations of SYSU-MM01 ({error}); take rand_perm_cam.mat from "
            "github.com/wuancong/SYSU-MM01 (evaluation/data_split)"
        ) from error


def _taken(gallery: Embeddings, permutations: Permutations, shots: int, trial: int) -> Tensor:
    """Places in the gallery of the pictures that the permutations draw, picture 1 first by key."""
    groups: dict[tuple[int, int], list[int]] = {}
    labels = zip(gallery.cameras.tolist(), gallery.persons.tolist(), strict=True)
    for place, label in enumerate(labels):
        groups.setdefault(label, []).append(place)
    taken: list[int] = []
    for (camera, person), places in groups.items():
        who = f"person {person} in camera {camera}"
        numbers = permutations.get((camera, person))
        if numbers is None or numbers.shape[1] != len(places):
            known = 0 if numbers is None else numbers.shape[1]
            raise PasserbyError(
                f"the gallery holds {len(places)} pictures of {who}, the permutations draw from "
                f"{known}; read the whole test set of SYSU-MM01"
            )
        if not 0 <= trial < len(numbers):
            raise PasserbyError(
                f"there is no trial {trial}; the permutations have {len(numbers)}, from 0"
            )
        by_key = sorted(places, key=lambda place: gallery.keys[place])
        taken += [by_key[number - 1] for number in numbers[trial, :shots].tolist()]
    return torch.tensor(taken, dtype=torch.int64)


SYSU_PROTOCOLS = tuple(
    sysu_mm01(search, shots) for search in ("all", "indoor") for shots in (1, 10)
)
"""The paper's four settings."""

REGDB = Protocol(
    name="regdb",
    rule=(
        "A right answer shows the same person in another modality. Pictures of the query's own "
        "modality and junk (person -1) are left out; distractors (person 0) count as wrong."
    ),
    relevance=other_modality,
    source=(
        "Nguyen et al., Person Recognition System Based on a Combination of Body Images from "
        "Visible Light and Thermal Cameras, 2017; splits by Ye et al., 2018"
    ),
)
"""Visible to thermal or thermal to visible, whichever the queries are. Papers give the mean over
ten splits, each of which is learnt from and measured on by itself."""
