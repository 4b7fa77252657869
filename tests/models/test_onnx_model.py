import sys

import numpy as np
import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.models.onnx_model import ONNXModel

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

WEIGHTS = np.arange(6, dtype=np.float32).reshape(3, 2)


def save_toy(path, batch, outputs=1):
    """Mean over the picture, then a (3, 2) matrix: written by hand, node by node."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("GlobalAveragePool", ["images"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["features"]),
    ]
    shape = [batch, 3, 8, 4]
    results = [helper.make_tensor_value_info("features", TensorProto.FLOAT, [batch, 2])]
    if outputs == 2:
        results.append(helper.make_tensor_value_info("flat", TensorProto.FLOAT, [batch, 3]))
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, shape)],
        results,
        [numpy_helper.from_array(WEIGHTS, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)
    return path


@pytest.mark.parametrize("batch", ["N", 1, 4])
@pytest.mark.parametrize("count", [1, 4, 6])
def test_any_batch_goes_through_a_fixed_or_an_open_one(tmp_path, batch, count):
    model = ONNXModel(save_toy(tmp_path / "toy.onnx", batch))
    assert (model.height, model.width) == (8, 4)
    images = torch.randn(count, 3, 8, 4)
    expected = images.mean((2, 3)) @ torch.from_numpy(WEIGHTS)
    torch.testing.assert_close(model(images), expected)


def test_two_outputs_are_no_embedder(tmp_path):
    with pytest.raises(PasserbyError, match="no embedder: it has 1 inputs and 2 outputs"):
        ONNXModel(save_toy(tmp_path / "two.onnx", 1, outputs=2))


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    with pytest.raises(PasserbyError, match=r"ONNX Runtime cannot read .*bad\.onnx"):
        ONNXModel(tmp_path / "bad.onnx")


def test_without_onnxruntime_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(PasserbyError, match=r"pip install 'passerby\[video\]'"):
        ONNXModel(tmp_path / "toy.onnx")
