"""Two pictures side by side."""

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.server.town import Town, audit_of, embedder, encoded, person_pixels
from torch import Tensor, nn

from passerby.models.backbone import Backbone


class Mapped(Backbone):
    """Images as their own feature maps."""

    channels = 3

    def forward(self, images: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(images, 4)


def pixels_of(address: str) -> np.ndarray:
    kind, _, data = address.partition(",")
    assert kind == "data:image/jpeg;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_two_tracklets_without_maps(town: Town) -> None:
    found = town.get("/compare?left=0000000000000000/1&right=0000000000000001/1")
    assert 0 <= found["distance"] < 0.05
    assert found["left"]["tracklet"] == "0000000000000000/1"
    assert found["left"]["response"] is None
    assert "feature map" in found["note"]
    shown = pixels_of(found["right"]["picture"]).astype(float)
    assert np.abs(shown - person_pixels(1, seed=10)).mean() < 10
    assert {one.id for one in audit_of(town)[-1].subjects} == {
        "0000000000000000/1",
        "0000000000000001/1",
    }


def test_an_uploaded_picture_beside_a_tracklet_with_maps(build: Callable[..., Town]) -> None:
    def with_maps() -> Any:
        made = embedder()
        made.model.backbone = Mapped()
        return made

    town = build(embedder=with_maps)
    options = json.dumps({"tracklet": "0000000000000000/1", "crop": 1, "box": [0, 0, 32, 64]})
    frame = np.concatenate([person_pixels(1), person_pixels(2)], axis=1)
    files = {"picture": ("a.png", encoded(frame, "PNG")), "options": (None, options)}
    answer = town.ask("POST", "/compare", "viewer", files=files)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["note"] == ""
    assert found["left"]["tracklet"] is None
    assert found["distance"] < 0.05
    assert pixels_of(found["left"]["picture"]).shape == (64, 32, 3)
    assert pixels_of(found["left"]["response"]).shape == (64, 32, 3)
    assert not np.array_equal(
        pixels_of(found["left"]["response"]), pixels_of(found["left"]["picture"])
    )


@pytest.mark.parametrize(
    "query",
    ["left=0/0", "left=0000000000000000/1&right=0000000000000000/99",
     "left=0000000000000000/1&right=x",
     "left=0000000000000000/1&right=0000000000000000/1&left_crop=3",
     "left=0000000000000000/1&right=0000000000000000/1&left_crop=-1"],
)  # fmt: skip
def test_what_cannot_be_compared(town: Town, query: str) -> None:
    assert town.ask("GET", f"/compare?{query}").status_code == 422


def test_a_comparison_needs_a_tracklet(town: Town) -> None:
    files = {"picture": ("a.png", encoded(person_pixels(0), "PNG"))}
    answer = town.ask("POST", "/compare", "viewer", files=files)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "options.tracklet"
