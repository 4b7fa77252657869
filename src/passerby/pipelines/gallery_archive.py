"""The files of an exported gallery: a folder or one tar file, each with its SHA-256 in another.

gallery.json                       format, model, counts; digests of the four kinds below
cameras.jsonl people.jsonl verdicts.jsonl
recordings/ID/recording.json       the recording; digests of the two files below
recordings/ID/entries.jsonl        a tracklet a line; digests of its pictures
recordings/ID/features.safetensors as `Embeddings.save` writes it
recordings/ID/crops/NUMBER-PLACE.jpg
"""

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from passerby.core.errors import PasserbyError

FORMAT = "passerby-gallery-export-1"
ABOUT = "gallery.json"
RECORDING = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ALLOWED = re.compile(
    rf"gallery\.json|(cameras|people|verdicts)\.jsonl|recordings/{RECORDING.pattern}/"
    r"(recording\.json|entries\.jsonl|features\.safetensors|crops/[0-9]{1,12}-[0-9]{1,4}\.jpg)"
)


class Sink(Protocol):
    """Where an export goes."""

    def write(self, name: str, content: bytes) -> str:
        """Add a file; its SHA-256 in hexadecimal."""
        ...


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, content: bytes) -> str:
        file = self._folder / name
        for parent in (file.parent, *file.parent.parents):
            if parent == self._folder:
                break
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(content)
        return digest(content)


class _Tar:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def write(self, name: str, content: bytes) -> str:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))
        return digest(content)


@contextmanager
def writing(to: Path) -> Iterator[Sink]:
    """A new archive at `to`, a tar file if it ends in .tar, else a folder; its owner's only.

    It appears when the block ends, and not at all if it fails. Raises PasserbyError when `to` is
    there already, or cannot be written.
    """
    if to.exists() or to.is_symlink():
        raise PasserbyError(f"{to} is there already; choose another name, or remove it first")
    try:
        to.absolute().parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{to.name}-", dir=to.absolute().parent))
    except OSError as error:
        raise _unwritable(to, error) from error
    try:
        if to.suffix == ".tar":
            file = partial / "export.tar"
            file.touch(mode=0o600)
            with tarfile.open(file, "w") as tar:
                yield _Tar(tar)
            file.rename(to)
        else:
            yield _Folder(partial)
            partial.rename(to)
    except OSError as error:
        raise _unwritable(to, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def reading(archive: Path) -> Iterator[Path]:
    """The folder of an archive; a tar file is unpacked for as long as the block lasts.

    Raises PasserbyError when there is none, or the tar file is damaged or holds anything that an
    export does not: other names, links, paths that lead out of it.
    """
    if archive.is_dir():
        yield archive
        return
    if not archive.exists():
        raise PasserbyError(f"there is no export at {archive}; check the path")
    with tempfile.TemporaryDirectory(prefix=f".{archive.name}-", dir=_room(archive)) as unpacked:
        _unpack(archive, Path(unpacked))
        yield Path(unpacked)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal.

    >>> digest(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def read(folder: Path, name: str, wanted: str | None = None) -> bytes:
    """A file of an archive. Raises PasserbyError when it is missing, a link, or not as written.

    wanted: its SHA-256 where it is known
    """
    file = folder / name
    inside = [file, *(folder / parent for parent in PurePosixPath(name).parents)]
    if _ALLOWED.fullmatch(name) is None or any(part.is_symlink() for part in inside):
        raise PasserbyError(f"{name!r} is no file of an export; nothing was imported")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PasserbyError(
            f"the export lacks {name} ({error.strerror or error}); copy it again as a whole. "
            "Nothing was imported"
        ) from error
    if wanted is not None and digest(content) != wanted:
        raise PasserbyError(
            f"{name} in the export is not what was written (its SHA-256 differs); copy the export "
            "again. Nothing was imported"
        )
    return content


def read_json(folder: Path, name: str, wanted: str | None = None) -> dict[str, Any]:
    """One JSON object of an archive."""
    return _object(read(folder, name, wanted), name)


def read_lines(folder: Path, name: str, wanted: str | None = None) -> list[dict[str, Any]]:
    """The JSON objects of a file of lines."""
    return [_object(line, name) for line in read(folder, name, wanted).splitlines()]


def as_json(value: dict[str, Any]) -> bytes:
    """One JSON object to read."""
    return (json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def as_lines(values: Iterable[dict[str, Any]]) -> bytes:
    """One JSON object a line.

    >>> as_lines([{"b": 1, "a": 2}])
    b'{"a": 2, "b": 1}\\n'
    """
    lines = (json.dumps(value, sort_keys=True, allow_nan=False) for value in values)
    return "".join(line + "\n" for line in lines).encode()


def _object(content: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(content)
        if not isinstance(value, dict):
            raise ValueError("it is no object")
    except (ValueError, RecursionError) as error:
        raise PasserbyError(
            f"{name} in the export is damaged: {error}; nothing was imported"
        ) from error
    return value


def _unpack(archive: Path, folder: Path) -> None:
    # Nothing is extracted by tarfile: each file's name is checked, and its bytes are copied.
    seen: set[str] = set()
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                known = _ALLOWED.fullmatch(member.name) is not None and member.isreg()
                if not known or member.name in seen:
                    raise PasserbyError(
                        f"{archive} holds {member.name!r}, which no export does; it was made by "
                        "something else. Nothing was imported"
                    )
                seen.add(member.name)
                if member.size > shutil.disk_usage(folder).free:
                    raise PasserbyError(
                        f"there is no room to unpack {archive}: {member.name} takes "
                        f"{member.size:,} bytes; free some space. Nothing was imported"
                    )
                content = tar.extractfile(member)
                assert content is not None  # a regular file
                file = folder / member.name
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with open(file, "xb") as to:
                    shutil.copyfileobj(content, to)
                if file.stat().st_size != member.size:
                    raise tarfile.ReadError("unexpected end of data")
    except (tarfile.TarError, EOFError) as error:
        raise PasserbyError(
            f"{archive} is no whole tar file ({error}); an export is a folder or a plain .tar. "
            "Copy it again. Nothing was imported"
        ) from error
    except OSError as error:
        raise PasserbyError(
            f"{archive} could not be unpacked: {error.strerror or error}. Nothing was imported"
        ) from error


def _room(archive: Path) -> Path | None:
    """Beside the archive, where there is room for it; else where temporary files go."""
    beside = archive.absolute().parent
    return beside if os.access(beside, os.W_OK) else None


def _unwritable(to: Path, error: OSError) -> PasserbyError:
    return PasserbyError(
        f"could not write {to}: {error.strerror or error}; free some space or choose a folder that "
        "you may write to"
    )
