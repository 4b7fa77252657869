"""Tracklets, by hand and at the size of MARS with its official lists."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.io import loadmat
from tests.metrics.measuring import labelled, measured

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.metrics.rules import other_cameras
from passerby.metrics.tracklet_pooling import MARS, MARS_MAX
from passerby.ranking.plain import distances


def test_by_hand() -> None:
    query = labelled(
        [(1, 1), (1, 1), (1, 1)],
        torch.tensor([[4.0, 0.0], [0.0, 4.0], [3.0, 0.0]]),
        "q",
        tracklets=[5, 5, 6],
    )
    gallery = labelled(
        [(1, 2), (1, 2), (2, 2), (-1, 2)],
        torch.tensor([[1.0, 0.0], [1.0, 2.0], [1.0, 0.0], [9.0, 9.0]]),
        tracklets=[5, 5, -1, -1],
    )
    asked, found = MARS.prepare(query, gallery, 0)
    assert asked.tracklets.tolist() == [5, 6]
    half = 0.5**0.5
    assert asked.features.flatten().tolist() == pytest.approx([half, half, 1.0, 0.0])
    assert found.persons.tolist() == [1, 2, -1]
    assert found.features[0].tolist() == pytest.approx([half, half])  # (1, 1) made short
    _, largest = MARS_MAX.prepare(query, gallery, 0)
    assert largest.features[0].tolist() == pytest.approx([0.2**0.5, 0.8**0.5])  # (1, 2)
    # The first tracklet finds its own direction at once, the second looks as person 2 does.
    assert measured(MARS, query, gallery).first_hit.tolist() == [1, 2]


def test_the_number_of_a_tracklet_may_come_again_with_another_person_or_camera() -> None:
    same = labelled([(1, 1), (1, 2), (2, 1)], tracklets=[0, 0, 0])
    assert len(MARS.prepare(same, same, 0)[0]) == 3


def test_pictures_of_no_tracklet_at_all_are_refused() -> None:
    query, gallery = labelled([(1, 1)], name="q"), labelled([(1, 2)])
    with pytest.raises(PasserbyError, match=r"none .* tracklet.*'market1501'"):
        MARS.prepare(query, gallery, 0)
    gallery = labelled([(1, 2)], tracklets=[0])
    assert measured(MARS, query, gallery).first_hit.tolist() == [1]


@pytest.fixture(scope="module")
def mars(real_data: Path) -> tuple[np.ndarray, np.ndarray]:
    """The test tracklets as (first frame, last frame, person, camera), and the queries' places."""
    official = real_data / "data/protocols/mars-info"
    if not official.is_dir():
        pytest.skip(f"no protocol files at {official}")
    tracks = loadmat(official / "tracks_test_info.mat")["track_test_info"].astype(np.int64)
    return tracks, loadmat(official / "query_IDX.mat")["query_IDX"].ravel().astype(int) - 1


def test_the_official_lists_give_the_published_numbers(mars) -> None:
    tracks, queries = mars
    every = labelled([(int(p), int(c)) for _, _, p, c in tracks])
    relevance = other_cameras(every[torch.from_numpy(queries)], every)
    # 626 people tested, 1,980 queries; junk and distractors as the paper counts them.
    assert len(relevance) == 1980
    assert len(every) == 12_180
    assert len(set(every.persons[queries].tolist())) == 626
    assert int(relevance.hidden.sum()) == int((every.persons == -1).sum()) == 870
    assert int((every.persons == 0).sum()) == 3_248
    # Each query is in the gallery too, and never finds itself: the camera is its own.
    assert all(
        int(own) not in relevance[row : row + 1].right.places.tolist()
        for row, own in enumerate(queries)
    )


def test_pooling_all_frames_of_the_official_lists(mars) -> None:
    """681,089 frames pooled at once are what a loop over numpy slices makes of them."""
    tracks, queries = mars
    frames = int(tracks[:, 1].max())
    features = torch.rand(frames, 4, generator=torch.Generator().manual_seed(0))
    lengths = torch.from_numpy(tracks[:, 1] - tracks[:, 0] + 1)
    numbers = torch.arange(len(tracks)).repeat_interleave(lengths)
    every = Embeddings(
        features=features,
        persons=torch.from_numpy(tracks[:, 2])[numbers],
        cameras=torch.from_numpy(tracks[:, 3])[numbers],
        times=torch.full((frames,), float("nan"), dtype=torch.float64),
        tracklets=numbers,
        modalities=("visible",) * frames,
        keys=tuple(map(str, range(frames))),
        model="toy",
        model_hash="00",
    )
    asked = every[torch.isin(numbers, torch.from_numpy(queries))]
    for protocol, pool in ((MARS, np.mean), (MARS_MAX, np.max)):
        query, gallery = protocol.prepare(asked, every, 0)
        assert (len(query), len(gallery)) == (1980, 12_180)
        for place in range(0, len(tracks), 97):
            first, last = tracks[place, 0] - 1, tracks[place, 1]
            one = pool(features.numpy()[first:last], axis=0)
            expected = one / np.linalg.norm(one)
            assert np.allclose(gallery.features[place], expected, atol=1e-6)
        assert gallery.tracklets.tolist() == list(range(len(tracks)))
        ready = replace(protocol, prepare=lambda query, gallery, trial: (query, gallery))
        scored = measured(ready, query, gallery, distances=distances)
        assert scored.queries + scored.skipped == 1980
