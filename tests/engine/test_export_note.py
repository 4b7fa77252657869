import json
from dataclasses import replace

import pytest
import torch
from torch import nn

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.export_note import ExportNote
from passerby.models.notes import attach_note, digest


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "odd näme.torchscript"
    torch.jit.save(torch.jit.script(nn.Flatten()), str(file))
    return file


def note_for(path) -> ExportNote:
    made = Preprocess(64, 32, mean=(0.1, 0.2, 0.3), channels="bgr")
    return ExportNote("town", "aa", "bb", "f32", "euclidean", made, digest(path))


def test_reads_what_it_wrote(path):
    assert ExportNote.read(path) is None
    note_for(path).write(path)
    assert ExportNote.read(path) == note_for(path)


def test_another_network_under_the_note_is_refused(path):
    replace(note_for(path), network="00").write(path)
    with pytest.raises(PasserbyError, match="is not the one that was exported there"):
        ExportNote.read(path)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "{}",
        json.dumps({"format": "passerby-export-9"}),
        json.dumps({"format": "passerby-export-1", "precision": "f32"}),
        json.dumps({"format": "passerby-export-1", "precision": "f8", "metric": "cosine"}),
    ],
)
def test_a_note_of_another_version_is_refused(path, text):
    attach_note(path, text)
    with pytest.raises(PasserbyError, match=r"another version of Passerby.*export it again"):
        ExportNote.read(path)
