"""Many queries against few tracklets: what one query at a time finds, from the same rows."""

import numpy as np
import pytest
import torch
from tests.gallery.crowd import embeddings, entry, fill, recording
from tests.gallery.reference import ReferenceGallery
from tests.gallery.servers import MODEL, fresh_gallery

from passerby.gallery import few, nearest
from passerby.gallery.filter import Filter
from passerby.gallery.seen import Model


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_many_at_once_find_what_each_finds(metric, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tracklets of one feature to four, in parts of seven, and a feature without length."""
    monkeypatch.setattr(few, "AT_ONCE", 7)
    rng = np.random.default_rng(0)
    model = Model(MODEL.name, MODEL.hash, metric)
    with fresh_gallery(model) as gallery:
        plain, rows = ReferenceGallery(model), np.zeros((0, 6), np.float32)
        for step, camera in enumerate(["door", "hall", "door"]):
            numbers = np.repeat(np.arange(30), rng.integers(1, 5, 30))
            rows = rng.standard_normal((len(numbers), 6)).astype(np.float32)
            rows[3] = 0.0
            entries = [entry(f"rec{step}", n, camera) for n in range(30)]
            for each in (gallery, plain):
                added = embeddings(torch.from_numpy(rows), numbers.tolist())
                assert each.add(recording(f"rec{step}", camera), entries, added)
        asked = np.concatenate([rng.standard_normal((nearest.MANY, 6)), np.zeros((1, 6)), rows[:1]])
        queries = torch.from_numpy(asked.astype(np.float32))
        every = embeddings(queries, [-1] * len(queries))
        calls = []
        monkeypatch.setattr(nearest, "compare", lambda *all: calls.append(all) or few.compare(*all))
        for where in (Filter(cameras=("door",)), Filter(known=False)):
            for k in (1, 10, 40, 500):
                answers = gallery.search(every, k, where), plain.search(every, k, where)
                for real, wanted, one in zip(*answers, queries, strict=True):
                    far = [hit.distance for hit in wanted]
                    assert [hit.distance for hit in real] == pytest.approx(far, abs=1e-6)
                    if one.any():  # from nowhere all directions are as far
                        assert [h.entry.id for h in real] == [h.entry.id for h in wanted]
                alone = gallery.search(embeddings(queries[:1], [-1]), k, where)[0]
                assert [h.entry.id for h in alone] == [h.entry.id for h in answers[0][0]]
        assert len(calls) == 8  # of all, and of none that was asked alone


def test_what_is_there_exactly_is_at_no_distance() -> None:
    """Large numbers: by squares alone it would be 0.1 away."""
    with fresh_gallery() as gallery:
        rows = torch.randn(40, 64, generator=torch.Generator().manual_seed(0)) + 1e6
        fill(gallery, "rec", rows)
        answers = gallery.search(embeddings(rows, range(40)), 1, Filter(cameras=("door",)))
        assert [(hit.entry.id, hit.distance) for (hit,) in answers] == [
            (f"rec/{n}", 0.0) for n in range(40)
        ]


def test_nothing_admitted_is_nothing_found() -> None:
    with fresh_gallery() as gallery:
        fill(gallery, "rec", torch.ones(3, 2))
        every = embeddings(torch.ones(nearest.MANY, 2), [-1] * nearest.MANY)
        assert gallery.search(every, 3, Filter(known=True)) == ((),) * nearest.MANY
