"""`ExportNote`: what an exported file says of itself, so that it needs no further word."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args

from passerby import __version__
from passerby.core.distances import Metric
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.models.notes import TORCHSCRIPT, attach_note, digest, read_note

Format = Literal["onnx", "openvino", "torchscript"]
"""What a network can be exported to."""

Precision = Literal["f32", "bf16", "int8"]
"""What an exported network computes in."""

SUFFIXES: dict[Format, str] = {"onnx": ".onnx", "openvino": ".xml", "torchscript": TORCHSCRIPT}
"""How the names of a format's files end; an .xml has its weights beside it in a .bin."""

FORMAT = "passerby-export-1"


@dataclass(frozen=True)
class ExportNote:
    """What travels inside an exported file.

    name, hash: the model's in embeddings and galleries. In float32 and bfloat16 they are those of
                the checkpoint, since the features agree (an export that fails to is not
                written); in int8 they are the file's own, since it finds other neighbours
    source:     the hash of the checkpoint it was made of
    precision:  what it computes in
    metric:     how its features compare
    preprocess: how pictures become its input
    network:    SHA-256 of the network in the file, see `passerby.models.notes.digest`
    passerby:   the version that wrote it
    """

    name: str
    hash: str
    source: str
    precision: Precision
    metric: Metric
    preprocess: Preprocess
    network: str
    passerby: str = __version__

    def write(self, path: Path) -> None:
        """Leave this note in the file. Raises PasserbyError when that cannot be done."""
        attach_note(path, json.dumps({"format": FORMAT, **asdict(self)}))

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The note in an .xml, .onnx or .torchscript file; None in files of other origin.

        Raises PasserbyError when the file is missing or damaged, another version of Passerby wrote
        it, or the network in it is not the one that the note was written for.
        """
        text = read_note(path)
        if text is None:
            return None
        try:
            note = cls._parsed(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise PasserbyError(
                f"what '{path}' says of itself cannot be understood ({error}): it was written by "
                "another version of Passerby, or changed; export it again with `passerby export`"
            ) from error
        if digest(path) != note.network:
            raise PasserbyError(
                f"the network in '{path}' is not the one that was exported there: the file was "
                "changed, or an .xml stands beside another's .bin; export it again with "
                "`passerby export`"
            )
        return note

    @classmethod
    def _parsed(cls, values: dict[str, Any]) -> Self:
        if values.pop("format", None) != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        if values["precision"] not in get_args(Precision) or values["metric"] not in get_args(
            Metric
        ):
            raise ValueError(f"{values['precision']}, {values['metric']}")
        triples: dict[str, Any] = {
            name: tuple(map(float, values["preprocess"][name])) for name in ("mean", "std")
        }
        made = Preprocess(**(values["preprocess"] | triples))
        given: dict[str, Any] = values | {"preprocess": made}
        return cls(**given)
