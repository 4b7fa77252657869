"""Notes in network files: a text that whoever wrote the file left in it, and what it vouches for.

OpenVINO keeps it among the .xml's runtime information, ONNX among its metadata, TorchScript as one
more entry of its archive; other programs pass over it. `digest` is of everything but the note.
"""

import hashlib
import mmap
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from passerby.core.errors import PasserbyError

TORCHSCRIPT = ".torchscript"
"""How names of TorchScript files end here."""

KEY = "passerby"
"""What the note goes by inside a file."""

Told = TypeVar("Told")

_ENTRY = f"extra/{KEY}.json"
_METADATA = 14
"""Number of the field of an ONNX file that holds keys and values for people."""


def read_note(path: Path) -> str | None:
    """The note in an .xml, .onnx or .torchscript; None where there is none.

    Raises PasserbyError when the file is missing or damaged.
    """
    return _told(path, _KINDS[path.suffix].read)


def attach_note(path: Path, note: str) -> None:
    """Write a note into a file that has none. Raises PasserbyError when that cannot be done."""
    _told(path, lambda file: _KINDS[file.suffix].attach(file, note))


def digest(path: Path) -> str:
    """SHA-256, hexadecimal, of the network in a file (and its .bin), whatever the note says.

    Raises PasserbyError when the file is missing or damaged.
    """
    return _told(path, _KINDS[path.suffix].digest)


def _told(path: Path, work: Callable[[Path], Told]) -> Told:
    try:
        return work(path)
    except (OSError, ValueError, IndexError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        beside = (
            "; does the .bin of the same name stand beside it?" if path.suffix == ".xml" else ""
        )
        raise PasserbyError(
            f"'{path}' cannot be read as a network: it is missing or damaged ({error}){beside}"
        ) from error


# OpenVINO: <net> <layers> <edges> <rt_info> </net>


def _read_xml(path: Path) -> str | None:
    found = ElementTree.parse(path).getroot().find(f"rt_info/{KEY}")
    return None if found is None else found.get("value")


def _attach_xml(path: Path, note: str) -> None:
    text = path.read_text(encoding="utf-8")
    graph, edges, rest = text.rpartition("</edges>")
    line = f"<{KEY} value={quoteattr(note)} />"
    if "</rt_info>" in rest:
        before, end, after = rest.rpartition("</rt_info>")
        rest = f"{before}\t{line}\n\t{end}{after}"
    else:
        rest = rest.replace("</net>", f"<rt_info>{line}</rt_info>\n</net>")
    path.write_text(graph + edges + rest, encoding="utf-8")


def _digest_xml(path: Path) -> str:
    made = hashlib.sha256(path.read_bytes().rpartition(b"</edges>")[0])
    with open(path.with_suffix(".bin"), "rb") as weights:
        while chunk := weights.read(1 << 20):
            made.update(chunk)
    return made.hexdigest()


# ONNX: a protocol buffer, that is fields one after the other, each with its number and its length


def _read_onnx(path: Path) -> str | None:
    content = _bytes(path)
    for number, _, start, end in _fields(content, 0, len(content)):
        if number == _METADATA:
            pair = {n: content[s:e] for n, _, s, e in _fields(content, start, end)}
            if pair.get(1) == KEY.encode():
                return pair.get(2, b"").decode()
    return None


def _attach_onnx(path: Path, note: str) -> None:
    pair = _field(1, KEY.encode()) + _field(2, note.encode())
    with open(path, "ab") as file:
        file.write(_field(_METADATA, pair))


def _digest_onnx(path: Path) -> str:
    content, made = _bytes(path), hashlib.sha256()
    for number, begin, _, end in _fields(content, 0, len(content)):
        if number != _METADATA:
            made.update(content[begin:end])
    return made.hexdigest()


def _bytes(path: Path) -> mmap.mmap:
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _fields(content: mmap.mmap, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Number of each field, where it begins, and where its value begins and ends."""
    while at < end:
        begin = at
        tag, at = _varint(content, at)
        if tag & 7 == 2:  # bytes, their length before them
            length, at = _varint(content, at)
            stop = at + length
        elif tag & 7 == 0:
            stop = _varint(content, at)[1]
        else:
            raise ValueError(f"no ONNX at byte {begin}")
        if stop > end:
            raise ValueError("it ends too early")
        yield tag >> 3, begin, at, stop
        at = stop


def _varint(content: mmap.mmap, at: int) -> tuple[int, int]:
    """A number written seven bits a byte, the least first, and where it ends."""
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise ValueError(f"no number at byte {at}")


def _field(number: int, value: bytes) -> bytes:
    return _as_varint(number << 3 | 2) + _as_varint(len(value)) + value


def _as_varint(value: int) -> bytes:
    """A number as a protocol buffer has it.

    >>> _as_varint(300).hex()
    'ac02'
    """
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


# TorchScript: a zip archive whose entries lie in one folder


def _read_archive(path: Path) -> str | None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.partition("/")[2] == _ENTRY:
                return archive.read(name).decode()
    return None


def _attach_archive(path: Path, note: str) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        folder = archive.namelist()[0].partition("/")[0]
        archive.writestr(f"{folder}/{_ENTRY}", note)


def _digest_archive(path: Path) -> str:
    made = hashlib.sha256()
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            plain = name.partition("/")[2]
            if plain != _ENTRY:
                made.update(f"{plain}\n".encode() + hashlib.sha256(archive.read(name)).digest())
    return made.hexdigest()


class _Kind(NamedTuple):
    read: Callable[[Path], str | None]
    attach: Callable[[Path, str], None]
    digest: Callable[[Path], str]


_KINDS: dict[str, _Kind] = {
    ".xml": _Kind(_read_xml, _attach_xml, _digest_xml),
    ".onnx": _Kind(_read_onnx, _attach_onnx, _digest_onnx),
    TORCHSCRIPT: _Kind(_read_archive, _attach_archive, _digest_archive),
}
