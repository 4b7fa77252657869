"""Response maps of features that are worked by hand."""

import numpy as np
import pytest
import torch

from passerby.reports.response_map import Looked, overlaid, response_maps, response_strip


def test_mean_and_norm_over_the_channels() -> None:
    maps = torch.tensor([[[[0.0, 3.0]], [[-4.0, 3.0]]]])  # (B 1, C 2, h 1, w 2)
    # Means -2 and 3, lengths 4 and 4.24: the second is the greatest of both.
    assert response_maps(maps).tolist() == [[[0.0, 1.0]]]
    assert response_maps(maps, "norm").tolist() == [[[0.0, 1.0]]]
    three = torch.tensor([[[[1.0, 2.0, 5.0]]]])
    assert response_maps(three)[0, 0].tolist() == [0.0, 0.25, 1.0]
    down = torch.tensor([[[[-5.0, 1.0]]]])
    assert response_maps(down).argmax() == 1
    assert response_maps(down, "norm").argmax() == 0


def test_each_picture_has_its_own_scale_and_a_flat_map_is_0() -> None:
    maps = torch.stack([torch.ones(4, 2, 2), 7 * torch.eye(2).expand(4, 2, 2)])
    found = response_maps(maps.bfloat16())
    assert found.dtype == np.float32
    assert (found[0] == 0).all()
    np.testing.assert_array_equal(found[1], np.eye(2))


def test_strong_places_turn_red_and_weak_ones_blue() -> None:
    grey = np.full((40, 20, 3), 128, np.uint8)
    response = np.zeros((4, 2))
    response[0] = 1
    laid = overlaid(grey, response).astype(int)
    assert laid.shape == (40, 20, 3)
    assert laid[0, 0, 0] > laid[0, 0, 2] + 20
    assert laid[-1, 0, 2] > laid[-1, 0, 0]
    assert (overlaid(grey, response, weight=0) == grey).all()


def test_a_strip_holds_each_picture_and_its_maps() -> None:
    grey = np.full((8, 4, 3), 90, np.uint8)
    maps = {"baseline": np.eye(2), "<ccsc>": np.ones((2, 2))}
    pictures = [Looked(grey, "camera 1", maps), Looked(grey, "camera 2", maps)]
    markup = response_strip("Person 7", "a note", pictures)
    assert markup.count("<img") == 6
    assert "where baseline looks, camera 2" in markup
    assert "&lt;ccsc&gt;" in markup
    with pytest.raises(ValueError, match="needs a picture"):
        response_strip("Person 7", "", [])
