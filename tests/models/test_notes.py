import zipfile

import pytest
import torch
from torch import nn

from passerby.core.errors import PasserbyError
from passerby.models.notes import attach_note, digest, read_note
from passerby.models.torchscript_model import load_torchscript

NOTE = '{"words": "<größer> & \'less\'"}'
XML = (
    '<?xml version="1.0"?>\n<net name="n"><layers><layer id="0"><rt_info><a value="1"/></rt_info>'
    "</layer></layers><edges></edges>{}</net>\n"
)


def openvino_file(folder, rest="<rt_info><b value='2'/></rt_info>"):
    path = folder / "net.xml"
    path.write_text(XML.format(rest))
    path.with_suffix(".bin").write_bytes(b"weights")
    return path


def onnx_file(folder):
    onnx = pytest.importorskip("onnx")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    node = helper.make_node("GlobalAveragePool", ["images"], ["features"])
    values = [
        [helper.make_tensor_value_info(name, kind, ["N", 3, size, size])]
        for name, size in (("images", 8), ("features", 1))
    ]
    model = helper.make_model(helper.make_graph([node], "means", *values))
    helper.set_model_props(model, {"author": "somebody"})
    onnx.save(model, folder / "net.onnx")
    return folder / "net.onnx"


def torchscript_file(folder):
    path = folder / "net.torchscript"
    torch.jit.save(torch.jit.script(nn.Flatten()), str(path))
    return path


MAKERS = [
    openvino_file,
    lambda folder: openvino_file(folder, ""),
    onnx_file,
    torchscript_file,
]


@pytest.mark.parametrize("make", MAKERS)
def test_a_note_is_read_as_it_was_written_and_changes_nothing_else(tmp_path, make):
    path = make(tmp_path)
    before = digest(path)
    assert read_note(path) is None
    attach_note(path, NOTE)
    assert read_note(path) == NOTE
    assert digest(path) == before


def test_other_programs_read_files_with_a_note(tmp_path):
    onnx = pytest.importorskip("onnx")
    path = onnx_file(tmp_path)
    attach_note(path, NOTE)
    model = onnx.load(path)
    onnx.checker.check_model(model)
    props = {prop.key: prop.value for prop in model.metadata_props}
    assert props == {"author": "somebody", "passerby": NOTE}
    path = torchscript_file(tmp_path)
    attach_note(path, NOTE)
    assert load_torchscript(path)(torch.zeros(2, 3, 4)).shape == (2, 12)


def test_the_digest_is_of_the_network_and_its_weights(tmp_path):
    path = openvino_file(tmp_path)
    before = digest(path)
    path.with_suffix(".bin").write_bytes(b"other weights")
    assert digest(path) != before
    path.with_suffix(".bin").write_bytes(b"weights")
    path.write_text(path.read_text().replace('id="0"', 'id="1"'))
    assert digest(path) != before

    path = torchscript_file(tmp_path)
    before = digest(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("net/code/more.py", "1")
    assert digest(path) != before


@pytest.mark.parametrize("name", ["bad.xml", "bad.onnx", "bad.torchscript"])
@pytest.mark.parametrize(
    "content", [b"", b"\x3a\xff\xff\xff\xff\x0f", b"<net", b"PK\x03\x04", None]
)
def test_damaged_and_missing_files_are_named(tmp_path, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PasserbyError, match=name):
        read_note(path)


def test_a_damaged_torchscript_file_is_named(tmp_path):
    path = tmp_path / "bad.torchscript"
    path.write_bytes(b"nothing")
    with pytest.raises(PasserbyError, match=r"bad\.torchscript' cannot be read as TorchScript"):
        load_torchscript(path)
