"""Opening a gallery, wherever it is kept."""

from pathlib import Path
from typing import TYPE_CHECKING

from passerby.core.errors import PasserbyError
from passerby.gallery.database import Database
from passerby.gallery.seen import Model

if TYPE_CHECKING:
    from passerby.gallery.postgres import PostgresGallery


def open_gallery(place: Path | str) -> "PostgresGallery":
    """The gallery at `place`: a folder, or postgresql://USER:PASSWORD@HOST/NAME.

    Raises PasserbyError when there is none, or it cannot be used; see `Database.open`.
    """
    return _checked(Database.open(place), None)


def create_gallery(place: Path | str, model: Model) -> "PostgresGallery":
    """The gallery at `place`, made if there is none.

    Raises PasserbyError as `open_gallery`, and when it is of another model.
    """
    return _checked(Database.open(place, create=True), model)


def _checked(database: Database, model: Model | None) -> "PostgresGallery":
    from passerby.gallery.models import first_model, searched_model
    from passerby.gallery.postgres import PostgresGallery

    try:
        if model is None:
            database.read(searched_model)
        else:
            held = database.write(lambda connection: first_model(connection, model))
            if held.hash != model.hash:
                raise PasserbyError(
                    f"the gallery {database.place} holds features of {held.name!r} "
                    f"({held.hash[:12]}), which cannot be compared with those of {model.name!r} "
                    f"({model.hash[:12]}); use the same model, or a new gallery for the other one"
                )
    except BaseException:
        database.close()
        raise
    return PostgresGallery(database)
