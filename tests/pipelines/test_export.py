import cv2
import numpy as np
import pytest

from passerby.cli.export import main
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import save_checkpoint
from passerby.engine.embedder import load_embedder
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.models.openvino_model import OpenVINOModel
from passerby.pipelines.export import export, rendered_crops


@pytest.fixture
def run(tmp_path):
    method = BagOfTricks(2, "timm/test_resnet", pretrained=False)
    save_checkpoint(method, Preprocess(64, 32), tmp_path / "my.run v2" / "model.safetensors")
    return tmp_path / "my.run v2"


def pictures(folder, count):
    generator = np.random.default_rng(0)
    for number in range(count):
        colour = generator.integers(40, 210, 3)
        noise = generator.integers(-40, 40, (48, 24, 3))
        path = folder / f"camera {number % 2}" / f"{number}.PNG"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), (colour + noise).astype(np.uint8))
    return folder


def test_beside_the_run_from_rendered_crops_and_used_at_once(run):
    pytest.importorskip("openvino")
    done = export(str(run), "openvino", crops=6)
    assert done.path == run / "exports" / "my.run v2-f32.xml"
    assert done.parity.crops == 6
    assert done.account.name == "my.run v2-f32.xml.parity.json"
    assert isinstance(load_embedder(run).model, OpenVINOModel)


def test_on_crops_of_a_folder_with_words_at_the_end(run, tmp_path, capsys):
    crops = pictures(tmp_path / "crops", 9)
    file = tmp_path / "elsewhere" / "net.torchscript"
    told = [str(run), "--to", "torchscript", "--check", str(crops), "--out", str(file)]
    assert main([*told, "--crops", "7"]) == 0
    said = capsys.readouterr()
    assert f"my.run v2 in f32, written to {file}" in said.out
    assert "on 7 crops: cosine similarity 1.00000 on average" in said.out
    assert "reading crops" in said.err
    with pytest.raises(PasserbyError, match=r"net\.torchscript' exists; pass --overwrite true"):
        main(told)
    assert main([*told, "--overwrite", "true", "--json"]) == 0
    assert '"crops": 9' in capsys.readouterr().out


def test_what_can_be_mended(run, tmp_path):
    with pytest.raises(PasserbyError, match="no folder; name one of pictures"):
        export(str(run), "onnx", check=tmp_path / "nowhere")
    with pytest.raises(PasserbyError, match="holds 1 pictures"):
        export(str(run), "onnx", check=pictures(tmp_path / "one", 1))
    with pytest.raises(PasserbyError, match="crops is 1; it must be at least 2"):
        export(str(run), "onnx", crops=1)
    with pytest.raises(PasserbyError, match="onnx files cannot compute in 'bf16'"):
        export(str(run), "onnx", precision="bf16")
    with pytest.raises(PasserbyError, match="no embedder 'nothing'"):
        export("nothing", "onnx")
    file, crops = tmp_path / "net.torchscript", pictures(tmp_path / "crops", 4)
    export(str(run), "torchscript", out=file, check=crops)
    with pytest.raises(PasserbyError, match="is no torch model"):
        export(str(file), "onnx", check=crops)
    assert not (run / "exports").exists()


def test_rendered_crops_are_the_same_every_time():
    one, two = (rendered_crops(5, 3, 32, 16) for _ in range(2))
    assert all(np.array_equal(*pair) for pair in zip(one, two, strict=True))
    assert not np.array_equal(one[0], one[2])
