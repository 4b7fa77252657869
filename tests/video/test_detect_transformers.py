import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from passerby.core.errors import PasserbyError
from passerby.core.torchvision_shim import ensure_torchvision
from passerby.video.detect_transformers import FETCH, TransformersDetector
from passerby.video.detectors import detector_kind, load_detector

ensure_torchvision()
transformers = pytest.importorskip("transformers")

SIDE = 64
LABELS = {0: "dog", 1: "Person", 2: "car"}


def rt_detr(labels: dict[int, str]) -> Any:
    backbone = transformers.RTDetrResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 8, 16, 16],
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )
    return transformers.RTDetrV2ForObjectDetection(
        transformers.RTDetrV2Config(backbone_config=backbone, **small(labels))
    )


def d_fine(labels: dict[int, str]) -> Any:
    backbone = transformers.HGNetV2Config(
        stem_channels=[3, 8, 8],
        stage_in_channels=[8, 8, 8, 16],
        stage_mid_channels=[8, 8, 8, 8],
        stage_out_channels=[8, 8, 16, 16],
        hidden_sizes=[8, 8, 16, 16],
        stage_num_blocks=[1, 1, 1, 1],
        stage_numb_of_layers=[1, 1, 1, 1],
        out_features=["stage2", "stage3", "stage4"],
    )
    return transformers.DFineForObjectDetection(
        transformers.DFineConfig(backbone_config=backbone, **small(labels))
    )


def small(labels: dict[int, str]) -> dict[str, Any]:
    return {
        "encoder_hidden_dim": 16,
        "encoder_in_channels": [8, 16, 16],
        "feat_strides": [8, 16, 32],
        "encoder_ffn_dim": 16,
        "encoder_attention_heads": 2,
        "d_model": 16,
        "num_queries": 12,
        "decoder_in_channels": [16, 16, 16],
        "decoder_ffn_dim": 16,
        "decoder_layers": 2,
        "decoder_attention_heads": 2,
        "num_denoising": 0,
        "id2label": labels,
        "label2id": {label: number for number, label in labels.items()},
    }


def saved(to: Path, make: Callable[[dict[int, str]], Any], labels: dict[int, str] = LABELS) -> Path:
    """A network with random weights in a folder, as `save_pretrained` leaves it."""
    torch.manual_seed(0)
    model = make(labels).eval()
    for name, weight in model.named_parameters():
        if "class_embed" in name and name.endswith("bias"):
            # As it begins, another class may win everywhere.
            torch.nn.init.constant_(weight, -1.0)
            torch.nn.init.constant_(weight[1], 1.0)
    model.save_pretrained(to)
    transformers.RTDetrImageProcessor(size={"height": SIDE, "width": SIDE}).save_pretrained(to)
    return to


@pytest.fixture(scope="module", params=[rt_detr, d_fine])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("net"), request.param)


def noise(*shapes: tuple[int, int]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (*shape, 3), np.uint8) for shape in shapes]


def test_boxes_are_those_of_the_network_in_pixels_of_each_frame(folder: Path) -> None:
    frames = noise((90, 160), (200, 100), (SIDE, SIDE))
    found = TransformersDetector(folder, 0.0).detect(frames)
    assert len(found) == 3
    # The same by hand for the frame that needs no resizing: sigmoid, best 12 of 12 x 3, person.
    model = transformers.AutoModelForObjectDetection.from_pretrained(folder).eval()
    pixels = torch.from_numpy(frames[2]).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        out = model(pixel_values=pixels)
    scores = out.logits[0].sigmoid().flatten()
    best = scores.argsort(descending=True)[:12]
    expected = []
    for place in best[best % 3 == 1].tolist():
        x, y, w, h = (out.pred_boxes[0, place // 3] * SIDE).tolist()
        box = np.clip([x - w / 2, y - h / 2, x + w / 2, y + h / 2], 0, SIDE)
        if min(box[2] - box[0], box[3] - box[1]) >= 1:
            expected.append([*box, float(scores[place])])
    assert len(expected) > 0
    got = np.column_stack([found[2].boxes, found[2].scores])
    assert got == pytest.approx(np.array(expected), abs=1e-3)


def test_frames_together_give_what_they_give_one_by_one(folder: Path) -> None:
    frames = noise((90, 160), (200, 100), (90, 160), (33, 35), (70, 70))
    together = TransformersDetector(folder, 0.1, batch=2).detect(frames)
    detector = TransformersDetector(folder, 0.1)
    assert sum(map(len, together)) > 0
    for one, frame in zip(together, frames, strict=True):
        alone = detector.detect([frame])[0]
        assert one.boxes == pytest.approx(alone.boxes, abs=0.05)
        assert one.scores == pytest.approx(alone.scores, abs=1e-4)
    assert detector.detect([]) == []


def test_a_box_goes_where_the_network_says_and_other_things_are_no_people(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = TransformersDetector(folder, 0.5)
    far = -9.0
    said = SimpleNamespace(
        # A person, a dog, a person half outside, a person of too low a score.
        logits=torch.tensor([[[far, 2, far], [3, far, far], [far, 1, far], [far, -1, far]]]),
        pred_boxes=torch.tensor(
            [[[0.5, 0.5, 0.2, 0.4], [0.5, 0.5, 0.2, 0.4], [1.0, 0.5, 0.2, 0.5], [0.2] * 4]]
        ),
    )
    monkeypatch.setattr(detector, "_model", lambda **inputs: said)
    found = detector.detect(noise((100, 200)))[0]
    assert found.boxes.tolist() == pytest.approx(
        np.array([[80, 30, 120, 70], [180, 25, 200, 75]]), abs=1e-3
    )
    assert found.scores == pytest.approx([1 / (1 + np.exp(-2)), 1 / (1 + np.exp(-1))], abs=1e-5)


def test_a_score_that_is_no_number_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = TransformersDetector(folder, 0.1)
    said = SimpleNamespace(
        logits=torch.full((1, 2, 3), torch.nan), pred_boxes=torch.full((1, 2, 4), 0.5)
    )
    monkeypatch.setattr(detector, "_model", lambda **inputs: said)
    assert len(detector.detect(noise((64, 64)))[0]) == 0


def test_five_hundred_queries_are_five_hundred_boxes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = TransformersDetector(folder, 0.5)
    logits = torch.tensor([-9.0, 2.0, -9.0]).expand(1, 500, 3)
    boxes = torch.rand(1, 500, 4) * 0.4 + 0.3
    said = SimpleNamespace(logits=logits, pred_boxes=boxes)
    monkeypatch.setattr(detector, "_model", lambda **inputs: said)
    assert len(detector.detect(noise((480, 640)))[0]) == 500


def test_a_folder_is_a_detector_by_its_path(folder: Path) -> None:
    detector = load_detector(str(folder), 0.9)
    assert isinstance(detector, TransformersDetector)
    assert detector.threshold == 0.9
    assert detector_kind(str(folder)).sure == 0.5


def test_a_network_without_people_is_an_error(tmp_path: Path) -> None:
    saved(tmp_path, rt_detr, {0: "dog", 1: "cat", 2: "car"})
    with pytest.raises(PasserbyError, match=r"no label 'person'.*begin with dog, cat, car"):
        TransformersDetector(tmp_path, 0.5)


def test_folders_that_hold_no_detector_are_errors(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"holds no detector .* needs config\.json"):
        TransformersDetector(tmp_path, 0.5)
    saved(tmp_path, rt_detr)
    (tmp_path / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(PasserbyError, match="holds no detector"):
        TransformersDetector(tmp_path, 0.5)


def test_pickles_and_foreign_code_are_not_touched(tmp_path: Path) -> None:
    saved(tmp_path, rt_detr)
    weights = tmp_path / "model.safetensors"
    torch.save({"x": torch.ones(1)}, tmp_path / "pytorch_model.bin")
    weights.unlink()
    with pytest.raises(PasserbyError, match="holds no detector"):
        TransformersDetector(tmp_path, 0.5)
    config = tmp_path / "config.json"
    config.write_text(
        json.dumps({"model_type": "evil", "auto_map": {"AutoConfig": "evil.EvilConfig"}})
    )
    (tmp_path / "evil.py").write_text("raise SystemExit('ran')")
    with pytest.raises(PasserbyError, match="holds no detector"):
        TransformersDetector(tmp_path, 0.5)


def test_nothing_is_fetched_unasked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[bool] = []

    def read(which: str, *, local_files_only: bool, **options: object) -> None:
        asked.append(local_files_only)
        raise OSError("not here")

    monkeypatch.setattr(transformers.AutoImageProcessor, "from_pretrained", read)
    monkeypatch.delenv(FETCH, raising=False)
    with pytest.raises(PasserbyError, match=f"Nothing is fetched unasked: set {FETCH}=1"):
        load_detector("PekingU/rtdetr_v2_r18vd")
    with pytest.raises(PasserbyError, match=r"could not be fetched from huggingface\.co"):
        load_detector("PekingU/rtdetr_v2_r18vd", fetch=True)
    monkeypatch.setenv(FETCH, "1")
    with pytest.raises(PasserbyError, match=r"could not be fetched from huggingface\.co"):
        load_detector("PekingU/rtdetr_v2_r18vd")
    monkeypatch.setenv("PASSERBY_OFFLINE", "1")
    with pytest.raises(PasserbyError, match="PASSERBY_OFFLINE forbids"):
        load_detector("PekingU/rtdetr_v2_r18vd", fetch=True)
    assert asked == [True, False, False, True]


def test_what_cannot_be_is_an_error(folder: Path) -> None:
    with pytest.raises(PasserbyError, match="batch is 0"):
        TransformersDetector(folder, 0.5, batch=0)
    with pytest.raises(PasserbyError, match="the device 'cuda:99' cannot be used"):
        TransformersDetector(folder, 0.5, device="cuda:99")
