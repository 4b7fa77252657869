"""Remove recordings and tracklets from a gallery, for good."""

from collections.abc import Sequence
from pathlib import Path

from passerby.gallery.folder import FolderGallery


def forget(ids: Sequence[str], gallery: Path) -> int:
    """Forget recordings (ID) and tracklets (ID/NUMBER): their vectors and pictures leave the disk.

    Returns how many tracklets went. After an interruption the next use of the gallery goes on with
    it.

    Args:
        ids: what to forget, as `passerby search` and `passerby gallery stats` print it
        gallery: folder of the gallery

    Raises:
        PasserbyError: there is no gallery, or an id is not in it; then nothing is forgotten.
    """
    return FolderGallery.open(gallery).forget(
        recordings=[name for name in ids if "/" not in name],
        tracklets=[name for name in ids if "/" in name],
    )
