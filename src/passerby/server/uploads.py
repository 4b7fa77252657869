"""A multipart body -> the picture and the options in it, in memory and nowhere else."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from passerby.server.problems import refusal

_MOST_OPTIONS = 1 << 16
_MOST_PARTS = 4
_NOT_MULTIPART = (
    "send the picture as a form (multipart/form-data) with a part named 'picture' and, if need be, "
    "one named 'options' with JSON"
)


@dataclass
class Upload:
    """What was uploaded. The name that a client gives its file is not even looked at.

    picture: the bytes of the file
    options: the JSON text beside it, "" if there was none
    """

    picture: bytes
    options: str


@dataclass
class _Parts:
    """What a multipart parser calls."""

    most: int
    held: dict[str, bytearray] = field(default_factory=dict)
    ended: bool = False
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _place: str = ""
    _count: int = 0

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._named,
            "on_part_data": self._data,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._place, self._count = "", self._count + 1
        self._header.clear()
        self._value.clear()
        if self._count > _MOST_PARTS:
            raise refusal(422, "the form has too many parts; 'picture' and 'options' are taken")

    def _header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            from python_multipart.multipart import parse_options_header

            _, about = parse_options_header(bytes(self._value))
            self._place = about.get(b"name", b"").decode("utf-8", "replace")
        self._header.clear()
        self._value.clear()

    def _named(self) -> None:
        if self._place not in ("picture", "options"):
            raise refusal(422, "the form has a part that is neither 'picture' nor 'options'")
        if self._place in self.held:
            raise refusal(422, f"the form has two parts named {self._place!r}")
        self.held[self._place] = bytearray()

    def _data(self, data: bytes, start: int, end: int) -> None:
        held = self.held[self._place]
        held.extend(data[start:end])
        most = self.most if self._place == "picture" else _MOST_OPTIONS
        if len(held) > most:
            raise refusal(413, f"{self._place!r} has more than {most >> 10:,} KiB")

    def _end(self) -> None:
        self.ended = True


async def read_upload(request: Request, most: int) -> Upload:
    """The picture, and the options beside it, of a multipart body.

    most: bytes of the picture; counted while they arrive
    Raises HTTPException: 415 when it is no multipart form, 400 when the form is malformed or ends
    too early, 413 when a part is too large, 422 when a part is missing, double or unknown.
    """
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header

    kind, about = parse_options_header(request.headers.get("content-type", "").encode("latin-1"))
    if kind.lower() != b"multipart/form-data":
        raise refusal(415, _NOT_MULTIPART)
    if not about.get(b"boundary"):
        raise refusal(400, "the form does not say its boundary")
    parts = _Parts(most)
    try:
        parser = MultipartParser(about[b"boundary"], parts.callbacks())  # pyright: ignore[reportArgumentType]
        async for chunk in request.stream():
            parser.write(chunk)
    except FormParserError:
        raise refusal(400, "the form is malformed") from None
    if not parts.ended:
        raise refusal(400, "the form ends too early")
    if "picture" not in parts.held:
        raise refusal(422, "the form has no part named 'picture'")
    try:
        options = parts.held.get("options", bytearray()).decode("utf-8")
    except UnicodeDecodeError:
        raise refusal(422, "the options are no text in UTF-8") from None
    return Upload(bytes(parts.held["picture"]), options)
