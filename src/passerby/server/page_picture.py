"""A picture of the service's page, for where nobody sits in front of a display."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.gallery.opening import open_gallery
from passerby.server.gallery_serve import first_key

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_PATIENCE = 60_000  # milliseconds; the first search loads the model
_SEEN = "article.result img"


def browser_here() -> str | None:
    """The program of a Chromium that `page_picture` can steer; None where something is missing."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return None
    return next(filter(None, map(shutil.which, _CHROMIUM)), None)


def page_picture(gallery: Path, query: Path, out: Path, detector: str = "motion") -> str:
    """Serve a gallery, search it on its page with a picture, and write what is seen to `out`.

    The service ends afterwards. The picture goes to this machine's own service only.

    gallery:  the gallery's folder
    query:    a picture of one person
    out:      a PNG file, 1280 x 860 pixels
    detector: what looks for people in the picture; "motion" takes it whole

    Returns the secret of the first admin's key when the gallery had no key, else "": then a
    viewer's key was made for the picture alone, and has been revoked.

    Raises PasserbyError when there is no such gallery, there is no browser (`browser_here`), or
    the page shows no answer.
    """
    program = browser_here()
    if program is None:
        raise PasserbyError(
            "the page can only be pictured by a browser: pip install playwright, and install "
            "chromium by your system's package manager"
        )
    from playwright.sync_api import Error, sync_playwright

    with (
        _a_key(gallery) as (secret, stays),
        _served(gallery, detector) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=list(_QUIET))
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.set_default_timeout(_PATIENCE)
            page.goto(f"{address}#key={secret}")
            page.set_input_files("#file", query)
            page.locator(_SEEN).first.wait_for()
            page.wait_for_load_state("networkidle")
            out.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=out)
        except Error as error:
            raise PasserbyError(f"the page showed no answer to {query}: {error}") from error
        finally:
            browser.close()
    return secret if stays else ""


@contextmanager
def _a_key(gallery: Path) -> Iterator[tuple[str, bool]]:
    """A secret, and whether its key stays; one that does not is revoked in the end."""
    from passerby.gallery.keys import Keys

    name = f"picture of the page {time.time_ns()}"
    with open_gallery(gallery) as store:
        keys = Keys(store.database)
        secret = first_key(keys)
        stays = bool(secret)
        if not stays:
            secret = keys.make(name, "viewer", days=1)[1]
        try:
            yield secret, stays
        finally:
            if not stays:
                keys.revoke(name)


@contextmanager
def _served(gallery: Path, detector: str) -> Iterator[str]:
    """`passerby serve` in a process of its own; its address."""
    asked = ["serve", str(gallery), "--port", "0", "--detector", detector, "--no-ingest"]
    command = [sys.executable, "-m", "passerby", *asked]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as service,
    ):
        try:
            assert service.stdout is not None
            address = service.stdout.readline().strip()
            if not address.startswith("http"):
                service.wait()
                log.seek(0)
                raise PasserbyError(f"the service did not start: {log.read().strip()}")
            yield address.partition("#")[0]
        finally:
            service.terminate()
            service.communicate()
