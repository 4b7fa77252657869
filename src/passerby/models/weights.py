"""Fetching the files of named models, and proving that they are what they should be.

A model's files are downloaded only when somebody names the model, from the addresses in
`passerby.models.catalogue`, into the models folder; nothing is ever uploaded. Files that are there
already are used without the network. Every file's SHA-256 is checked every time.
"""

import difflib
import hashlib
import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.models.cache import is_offline, models_folder
from passerby.models.catalogue import CATALOGUE, ModelFile, NamedModel

_TIMEOUT = 30.0
"""Seconds without an answer after which an address is given up."""


def fetch(name: str, catalogue: Mapping[str, NamedModel] = CATALOGUE) -> tuple[Path, ...]:
    """The files of the model called `name`, downloaded if they are not in the models folder yet.

    Environment: PASSERBY_MODELS names the folder (default ~/.cache/passerby/models);
    PASSERBY_OFFLINE=1 forbids the network.

    An interrupted download leaves nothing behind. A file in the folder whose content is not the
    published one is fetched anew, and never used.

    Raises PasserbyError when the name is unknown, a file cannot be had, or its content is wrong.
    """
    if name not in catalogue:
        near = difflib.get_close_matches(name, catalogue, n=3) or list(catalogue)
        raise PasserbyError(f"there is no model {name!r}; did you mean {', '.join(near)}?")
    return tuple(_obtain(file, models_folder() / file.name) for file in catalogue[name].files)


def sha256_of(paths: Sequence[Path]) -> str:
    """SHA-256, hexadecimal, of a file's content; of several, of their contents in order.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "empty"
    >>> path.touch()
    >>> sha256_of([path])[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    for path in paths:
        try:
            with open(path, "rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
        except OSError as error:
            raise PasserbyError(f"{path} cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()


def _obtain(file: ModelFile, path: Path) -> Path:
    """`path` with the content of `file`, whatever it takes."""
    if path.is_file():
        if sha256_of([path]) == file.sha256:
            return path
        problem = f"{path} is damaged or another version: its checksum is wrong"
    else:
        problem = f"{path} is not there"
    if is_offline():
        raise PasserbyError(
            f"{problem}, and PASSERBY_OFFLINE forbids fetching it. Fetch {file.urls[0]} elsewhere "
            "and put it there, or unset PASSERBY_OFFLINE."
        )
    failures = []
    for url in file.urls:
        try:
            return write_atomically(path, lambda to, url=url: _download(url, to, file.sha256))
        except _DownloadError as error:
            failures.append(f"{url}: {error}")
    raise PasserbyError(
        f"{problem}, and it could not be fetched: {'; '.join(failures)}. Check the network and run "
        f"again, or fetch the file elsewhere and put it there (PASSERBY_MODELS names the folder)."
    )


class _DownloadError(Exception):
    """One address did not give the file."""


def _download(url: str, to: Path, sha256: str) -> None:
    """Write what stands at `url` to `to`, if its checksum is right."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer, open(to, "wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)
    except urllib.error.HTTPError as error:
        raise _DownloadError(f"the server answers {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise _DownloadError(str(error.reason)) from error
    except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _DownloadError(f"broke off ({error or type(error).__name__})") from error
    if sha256_of([to]) != sha256:
        raise _DownloadError(
            f"what came ({to.stat().st_size:,} bytes) is not the file that was published; its "
            "checksum is wrong"
        )
