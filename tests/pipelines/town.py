"""Three cameras and four people, worked out by hand; features lie on a line, 0.1 apart within
a person, 1 between people."""

from tests.pipelines.memory_gallery import MODEL, record

from passerby.gallery.gallery import Gallery
from passerby.metrics.calibration import Calibration
from passerby.metrics.logistic import Logistic

ANN, BOB, CID, DOT = (1.0, 0.0), (2.0, 0.0), (3.0, 0.0), (4.0, 0.0)


def a_bit(look: tuple[float, float], by: float) -> tuple[float, float]:
    """The same person, from another side."""
    return (look[0] + by, look[1])


def calibration(threshold: float = 0.4, hash: str = MODEL.hash) -> Calibration:
    """As if learnt: at a distance of 0.5 one person is as likely as two."""
    return Calibration(
        model="toy", model_hash=hash, metric="euclidean", threshold=threshold,
        aim="identity f1", curve=Logistic(slope=10.0, offset=5.0), far=0.01, tpr=0.9, f1=0.9,
        people=4, tracklets=9, same=9, different=27, source="by hand",
        date="2026-05-31T00:00:00+00:00",
    )  # fmt: skip


def town(gallery: Gallery) -> dict[str, str]:
    """Ann and Bob come through all three cameras, Cid through two, Dot through one. By name and
    camera the id of each tracklet."""
    door = record(gallery, "door", [(0, 5, ANN), (3, 9, BOB), (20, 25, DOT)])
    hall = record(gallery, "hall", [(15, 20, a_bit(ANN, 0.1)), (18, 22, a_bit(BOB, -0.1)),
                                    (30, 33, CID)])  # fmt: skip
    yard = record(gallery, "yard", [(40, 45, a_bit(BOB, 0.1)), (41, 47, a_bit(ANN, 0.2)),
                                    (60, 63, a_bit(CID, 0.2))])  # fmt: skip
    named = zip(
        ["ann door", "bob door", "dot door", "ann hall", "bob hall", "cid hall", "bob yard",
         "ann yard", "cid yard"], [*door, *hall, *yard], strict=True,
    )  # fmt: skip
    return dict(named)
