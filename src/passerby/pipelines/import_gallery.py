"""What `export_gallery` wrote -> another gallery."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import torch

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.gallery.gallery import Gallery
from passerby.gallery.postgres import PostgresGallery
from passerby.gallery.returning_people import return_people
from passerby.gallery.seen import Model
from passerby.pipelines.export_gallery import entries_of
from passerby.pipelines.exported import Export, Part
from passerby.pipelines.gallery_archive import reading


@dataclass(frozen=True)
class Imported:
    """What an import did.

    recordings, tracklets, people: how many were added
    known:    recordings that were there already
    left_out: tracklets that were forgotten in the gallery, and stay so
    """

    recordings: int
    tracklets: int
    people: int
    known: int
    left_out: int


def model_of(archive: Path) -> Model:
    """The model whose features an export holds. Raises PasserbyError when it is none."""
    with reading(Path(archive)) as folder:
        return Export.open(folder).model


def import_gallery(
    archive: Path,
    store: PostgresGallery,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Imported:
    """Replay an exported gallery into another one.

    All of the export is checked before anything is added. Then a recording is added as a whole;
    after an interruption, run it again. What is there already stays as it is: recordings, cameras,
    people, verdicts, and who is said to be shown. What was forgotten in `store` is left out.

    archive:  the folder or tar file
    progress: called with the recordings done and all of them
    Raises PasserbyError when the export is damaged, of another version or another model; then
    nothing was added.
    """
    with reading(Path(archive)) as folder:
        held = Export.open(folder)
        model, ours = held.model, store.model
        if model.hash != ours.hash:
            raise PasserbyError(
                f"{archive} holds features of {model.name!r} ({model.hash[:12]}), which cannot be "
                f"compared with those of {ours.name!r} ({ours.hash[:12]}) in the gallery; import "
                "it into a gallery of its own. Nothing was imported"
            )
        for _ in held.parts(thoroughly=True):
            pass
        return _replay(held, store, progress)


def _replay(
    held: Export, store: PostgresGallery, progress: Callable[[int, int], object]
) -> Imported:
    watched = {camera.name for camera in store.cameras()}
    for camera in held.cameras:
        if camera.name not in watched:
            store.set_camera(camera)
    new = return_people(store.database, held.people)
    before = {recording.id for recording in store.recordings()}
    shown: dict[str, str] = {}
    entries: set[str] = set()
    for done, part in enumerate(held.parts(), start=1):
        store.add(part.recording, part.entries, _features_of(part, held.model))
        shown |= {entry.id: entry.person for entry in part.entries if entry.person}
        entries.update(entry.id for entry in part.entries)
        progress(done, len(held.recordings))
    after = {recording.id for recording in store.recordings()}
    named = _named(store, entries)
    _repeat_verdicts(held, store, named)
    _repeat_people(shown, store, named)
    added = [id for id in held.recordings if id in after - before]
    return Imported(
        recordings=len(added),
        tracklets=sum(id.rpartition("/")[0] in added for id in named),
        people=len(new),
        known=sum(id in before for id in held.recordings),
        left_out=len(entries) - len(named),
    )


def _features_of(part: Part, model: Model) -> Embeddings:
    if part.features is None:
        return Embeddings.of(torch.zeros(0, 1), [], model.name, model.hash)
    return part.features


def _named(store: Gallery, wanted: Collection[str]) -> dict[str, str]:
    """Of these tracklets, those that are in the gallery, and whom each is said to show there."""
    return {entry.id: entry.person for entry in entries_of(store) if entry.id in wanted}


def _repeat_verdicts(held: Export, store: Gallery, named: dict[str, str]) -> None:
    """Judge once more what nobody has judged here, of tracklets that nobody has named here."""
    there = {person.id for person in store.people()}
    said = {(verdict.tracklet, verdict.person) for verdict in store.verdicts()}
    store.judge(
        [
            verdict
            for verdict in held.verdicts
            if named.get(verdict.tracklet) == ""
            and verdict.person in there
            and (verdict.tracklet, verdict.person) not in said
        ]
    )


def _repeat_people(shown: dict[str, str], store: Gallery, named: dict[str, str]) -> None:
    """Say once more whom tracklets show that nobody had named here."""
    there = {person.id for person in store.people()}
    tracklets: dict[str, list[str]] = {}
    for id, person in shown.items():
        if named.get(id) == "" and person in there:
            tracklets.setdefault(person, []).append(id)
    for person, ids in sorted(tracklets.items()):
        store.assign(ids, person)
    unsaid = [id for id, person in named.items() if person == "" and id not in shown]
    if unsaid:  # a verdict may have named one that was taken back afterwards
        store.assign(unsaid, None)
