"""Person search: find the person in whole scenes, where boxes were found by a detector.

CUHK-SYSU (Xiao et al., "Joint Detection and Identification Feature Learning for Person Search",
2017) gives each query a list of scenes, 50 to 4,000 of them: see `of_size`. PRW (Zheng et al.,
"Person Re-identification in the Wild", 2017) searches all test frames but the query's own: see
`other_scenes`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from passerby.core.errors import PasserbyError
from passerby.core.scores import CURVE, Scores
from passerby.metrics.detection import iou_matrix
from passerby.metrics.ranks import hit_ranks
from passerby.metrics.relevance import Lists, Relevance
from passerby.metrics.retrieval import scores_of_ranks

_ENTRIES = 2**22
"""Similarities held at a time: 16 MiB."""
_NEVER = 2**62
"""Rank of a right answer that no box shows: so far down that its precision is 0."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A whole picture and the people that were found in it.

    name:     unique among the scenes
    camera:   camera number, unique within the data set
    boxes:    (N, 4) xyxy, pixels, those found boxes that take part: choose by detection score first
    features: (N, D) float32, one for each box

    Raises PasserbyError when there is not one feature for each box.
    """

    name: str
    camera: int
    boxes: np.ndarray
    features: Tensor

    def __post_init__(self) -> None:
        if np.shape(self.boxes) != (len(self.features), 4):
            raise PasserbyError(
                f"scene '{self.name}' has boxes of shape {np.shape(self.boxes)} and "
                f"{len(self.features)} features; give (N, 4) boxes and N features"
            )


@dataclass(frozen=True, eq=False)
class SearchQuery:
    """A person to be found.

    feature: (D,) float32
    truth:   name of a scene -> the person's true box there, (4,) xyxy, pixels; scenes outside the
             query's gallery do not count
    gallery: names of the scenes that are searched
    """

    feature: Tensor
    truth: Mapping[str, np.ndarray]
    gallery: tuple[str, ...]


def search_scores(
    scenes: Sequence[Scene],
    queries: Sequence[SearchQuery],
    protocol: str = "person-search",
    normalised: bool = True,
) -> Scores:
    """Scores of searching each query's scenes, every found box in them ranked by similarity.

    In a scene that shows the person, one box at most is right: the most similar of those that reach
    `least_iou` with the true box. All others are wrong. Average precision is that of the right
    boxes times the share of true boxes that have one, so what the detector missed costs recall. A
    query of which no box is right counts with 0, at a rank behind every other; one without any
    true box in its gallery does not count. `inverse_penalty` is 0 where a true box was not found.

    protocol:   name for the scores
    normalised: rank by the cosine; False ranks by the dot product of the features as they are

    Equal similarities stand in the order of the scenes, and of the boxes within them. `Scores`
    holds the size of the largest gallery, in boxes.

    Memory: 16 MiB of similarities and a few times as much, besides the features. Raises
    PasserbyError when there are no queries or boxes, when two scenes have one name, when a
    query names a scene that is not there, and when no query has a true box in its gallery.

    >>> people = Scene("a", 1, np.array([[0, 0, 20, 40], [50, 0, 70, 40]]), torch.eye(2))
    >>> empty = Scene("b", 2, np.zeros((0, 4)), torch.zeros(0, 2))
    >>> truth = {"a": np.array([1, 0, 20, 40]), "b": np.array([5, 5, 25, 45])}
    >>> query = SearchQuery(torch.tensor([1.0, 0.5]), truth, ("a", "b"))
    >>> scores = search_scores([people, empty], [query])
    >>> scores.rank(1), scores.mean_ap
    (1.0, 0.5)
    """
    if not queries:
        raise PasserbyError("there are no queries to search for; give one at least")
    if not any(len(scene.boxes) for scene in scenes):
        raise PasserbyError(
            "no scene holds any box, so nothing can be found; lower the detector's threshold, or "
            "check that its boxes were read"
        )
    place = _places(scenes)
    for query in queries:
        unknown = [name for name in query.gallery if name not in place]
        if unknown:
            raise PasserbyError(
                f"scene '{unknown[0]}' is in a query's gallery but not among the {len(scenes)} "
                "scenes; give it too, without boxes if nothing was found in it"
            )
    if not any(set(query.gallery) & set(query.truth) for query in queries):
        raise PasserbyError(
            f"none of the {len(queries)} queries is shown in a scene of its gallery; check that "
            "true boxes and galleries name the scenes alike"
        )
    parts = list(_found_ranks(scenes, queries, place, normalised))
    sizes = [sum(len(scenes[place[name]].boxes) for name in set(q.gallery)) for q in queries]
    scores = scores_of_ranks(Lists.of(parts), protocol, max(1, *sizes))
    none = scores.first_hit == _NEVER
    behind = max(CURVE, scores.gallery) + 1
    last = torch.tensor([max(ranks, default=0) for ranks in parts])
    return replace(
        scores,
        first_hit=scores.first_hit.clamp(max=behind),
        average_precision=scores.average_precision.masked_fill(none, 0),
        trapezoid_precision=scores.trapezoid_precision.masked_fill(none, 0),
        inverse_penalty=scores.inverse_penalty.masked_fill(last == _NEVER, 0),
    )


def least_iou(box: np.ndarray) -> float:
    """Overlap with the true box (4,) xyxy that makes a found box right: 0.5, less if it is small.

    min(0.5, w h / ((w + 10) (h + 10))): five pixels too many on each side are forgiven.

    >>> least_iou(np.array([0, 0, 100, 200])), least_iou(np.array([0, 0, 10, 20]))
    (0.5, 0.3333333333333333)
    """
    x0, y0, x1, y1 = np.asarray(box, np.float64).tolist()
    w, h = x1 - x0, y1 - y0
    return min(0.5, w * h / ((w + 10) * (h + 10)))


def of_size(query: SearchQuery, scenes: int) -> SearchQuery:
    """The query with the first so many scenes of its gallery, all those that show the person kept.

    CUHK-SYSU's gallery sizes are 50, 100, 500, 1,000, 2,000 and 4,000; it gives lists for each,
    which are taken as they are where they are at hand.

    Raises PasserbyError when the gallery has fewer scenes, or when more of them show the person.

    >>> query = SearchQuery(torch.ones(2), {"c": np.zeros(4)}, ("a", "b", "c", "d"))
    >>> of_size(query, 2).gallery
    ('a', 'c')
    """
    shown = [name for name in query.gallery if name in query.truth]
    if not len(shown) <= scenes <= len(query.gallery):
        raise PasserbyError(
            f"no gallery of {scenes} scenes can be made of {len(query.gallery)}, of which "
            f"{len(shown)} show the person; ask for {max(1, len(shown))} to {len(query.gallery)}"
        )
    others = [name for name in query.gallery if name not in query.truth]
    kept = {*shown, *others[: scenes - len(shown)]}
    return replace(query, gallery=tuple(name for name in query.gallery if name in kept))


def other_scenes(
    own: str, camera: int, scenes: Sequence[Scene], other_cameras: bool = False
) -> tuple[str, ...]:
    """A query's gallery on PRW: every scene but its own, or those of other cameras alone.

    own, camera: the scene that the query was cut from

    >>> nothing = np.zeros((0, 4)), torch.zeros(0, 2)
    >>> scenes = [Scene("a", 1, *nothing), Scene("b", 1, *nothing), Scene("c", 2, *nothing)]
    >>> other_scenes("a", 1, scenes), other_scenes("a", 1, scenes, other_cameras=True)
    (('b', 'c'), ('c',))
    """
    return tuple(
        scene.name
        for scene in scenes
        if scene.name != own and not (other_cameras and scene.camera == camera)
    )


def _found_ranks(
    scenes: Sequence[Scene],
    queries: Sequence[SearchQuery],
    place: Mapping[str, int],
    normalised: bool,
) -> Iterator[list[int]]:
    """For each query the ranks of its right answers, rising; `_NEVER` for true boxes not found."""
    features = torch.cat([scene.features for scene in scenes]).detach().float()  # (B, D)
    scale = features.norm(dim=1).clamp(min=1e-12).reciprocal() if normalised else None
    starts = np.cumsum([0, *(len(scene.boxes) for scene in scenes)])
    at_once = max(1, _ENTRIES // len(features))
    for start in range(0, len(queries), at_once):
        block = queries[start : start + at_once]
        asked = torch.stack([query.feature for query in block]).detach().to(features)
        similar = (normalize(asked, dim=1) if normalised else asked) @ features.T  # (q, B)
        if scale is not None:
            similar = similar * scale
        hidden = torch.ones(similar.shape, dtype=torch.bool)
        rows, fitting = [], []
        for row, query in enumerate(block):
            for name in query.gallery:
                first, end = starts[place[name]], starts[place[name] + 1]
                hidden[row, first:end] = False
            fits = list(_fitting(query, scenes, place, starts))
            rows += [row] * len(fits)
            fitting += fits
        right = torch.tensor(rows, dtype=torch.int64), _most_similar(similar, rows, fitting)
        relevance = Relevance.of_pairs(
            *similar.shape, right=right, hidden=hidden, kind=torch.arange(len(block))
        )
        ranks = hit_ranks(-similar, relevance)
        for row, query in enumerate(block):
            found = ranks[row : row + 1].places.tolist()
            true = len(set(query.gallery) & set(query.truth))
            yield found + [_NEVER] * (true - len(found))


def _fitting(
    query: SearchQuery, scenes: Sequence[Scene], place: Mapping[str, int], starts: np.ndarray
) -> Iterator[Tensor]:
    """For each scene with any, the places (M,) int64 of the boxes that reach the true one's IoU."""
    for name in sorted(set(query.gallery) & set(query.truth)):
        truth = np.asarray(query.truth[name], np.float64)
        overlaps = iou_matrix(scenes[place[name]].boxes, truth[None])[:, 0]
        fits = (overlaps >= least_iou(truth)).nonzero()[0]
        if len(fits):
            yield torch.from_numpy(fits + starts[place[name]])


def _most_similar(similar: Tensor, rows: list[int], fitting: list[Tensor]) -> Tensor:
    """(P,) the most similar of each group of places, the first of equal ones; one row a group."""
    if not fitting:
        return torch.zeros(0, dtype=torch.int64)
    sizes = [len(fits) for fits in fitting]
    at = torch.tensor(rows).repeat_interleave(torch.tensor(sizes)), torch.cat(fitting)
    values = similar[tuple(part.to(similar.device) for part in at)].cpu().split(sizes)
    return torch.stack([fits[v.argmax()] for fits, v in zip(fitting, values, strict=True)])


def _places(scenes: Sequence[Scene]) -> dict[str, int]:
    place = {scene.name: at for at, scene in enumerate(scenes)}
    if len(place) < len(scenes):
        names = [scene.name for scene in scenes]
        twice = next(name for name in names if names.count(name) > 1)
        raise PasserbyError(f"two scenes are called '{twice}'; give each a name of its own")
    return place
