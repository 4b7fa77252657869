"""Forgetting somebody, and looking whether anything is left."""

from passerby.pipelines.forget import Wanted, forget_in
from passerby.server.schemas.people import ProofOut
from passerby.server.service import Service


def forget(service: Service, wanted: Wanted, by: str, rewrite: bool) -> ProofOut:
    """Forget people, tracklets and recordings, for good, and every search that could show them.

    by:      who forgets, for the audit log
    rewrite: rewrite the database's files without their bytes, and look for these

    Raises PasserbyError when somebody is unknown; then nothing is forgotten.
    """
    done = forget_in(service.gallery, wanted, service.place, by=by, rewrite=rewrite)
    # Answers in memory hold ids of tracklets, and queries may have been made of their pictures.
    searches = service.searches.clear()
    left = {**done.rows, "searches": len(service.searches)}
    left |= {f"bytes of {kind}": count for kind, count in (done.pages or {}).items()}
    return ProofOut(
        forgotten={
            "people": len(wanted.people),
            "recordings": len(wanted.recordings),
            "tracklets": done.tracklets,
            "searches": searches,
        },
        left=left,
        looked_for=done.pieces,
        clean=done.clean and not left["searches"],
        undone=list(done.undone),
    )
