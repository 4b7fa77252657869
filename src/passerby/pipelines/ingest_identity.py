"""What a recording is called in the gallery, and where an interrupted ingestion goes on."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from passerby.core.errors import PasserbyError
from passerby.gallery.seen import Recording
from passerby.models.weights import sha256_of
from passerby.pipelines.ingest_plan import Plan, Task
from passerby.video.decode import Video
from passerby.video.frame import BEGINNING, Position

_OF_A_PART = ("part", "next")
"""Settings that tell the parts of one video apart; all others are the same in each."""


@dataclass(frozen=True)
class Identity:
    """What all parts of one source have in common.

    content:  SHA-256 of the video; of a live source, of its name and its beginning
    settings: what its tracklets depend on
    """

    camera: str
    content: str
    start: float | None
    settings: dict[str, Any]

    def id(self, part: int) -> str:
        """What part number `part` is called, the first being 0."""
        told = [self.content, self.camera, self.start, self.settings, part]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    def of_part(self, part: int, next: Position | None) -> dict[str, Any]:
        """The settings of one part, with where the next one begins; None: it is the last."""
        return {**self.settings, "part": part, "next": None if next is None else asdict(next)}


@dataclass(frozen=True)
class Resume:
    """Where to go on: with this part, at this position; `held` are the ids that are there.

    position: None when nothing is left to do
    """

    part: int
    position: Position | None
    held: tuple[str, ...]


def identity_of(task: Task, plan: Plan, began: float | None = None) -> Identity:
    """The identity of a task's source; a recording is read from end to end for it.

    began: seconds since the epoch at the beginning of a live source
    """
    if isinstance(task.source, Video):
        images = task.source.images
        content = sha256_of(images or [task.source.path])
        rate = task.source.rate if images else None
        start, segment = task.start, plan.segment
    else:
        content = hashlib.sha256(f"{task.source.name} {began!r}".encode()).hexdigest()
        rate, start, segment = None, began, plan.segment
    settings = {
        "detector": plan.detector,
        "threshold": plan.threshold,
        "tracker": plan.tracker,
        "fps": task.fps,
        "rate": rate,
        "crops": plan.keeping.most,
        "embedder": plan.embedder.hash,
        "segment": segment,
        "budget": plan.budget,
    }
    return Identity(task.camera, content, start, settings)


def resume(identity: Identity, recordings: Iterable[Recording], name: str) -> Resume:
    """Where a recording goes on, by what the gallery holds of it.

    Raises PasserbyError when the gallery holds it with another start or other settings: its people
    would be there twice.
    """
    held: dict[int, Recording] = {}
    for recording in recordings:
        if (recording.content, recording.camera) != (identity.content, identity.camera):
            continue
        part = recording.settings.get("part", 0)
        if recording.id != identity.id(part):
            own = {k: v for k, v in recording.settings.items() if k not in _OF_A_PART}
            other = sorted(k for k, v in identity.settings.items() if own.get(k) != v)
            raise PasserbyError(
                f"{name} of camera {identity.camera!r} is in the gallery already, with another "
                f"start time or other settings ({', '.join(other) or 'start'}), as recording "
                f"{recording.id}. Adding it again would double its people: forget {recording.id} "
                "first, or keep it as it is"
            )
        held[part] = recording
    part, position, ids = 0, BEGINNING, []
    while part in held:
        ids.append(held[part].id)
        later = held[part].settings.get("next")
        part += 1
        if later is None:
            return Resume(part, None, tuple(ids))
        position = Position(**later)
    return Resume(part, position, tuple(ids))
