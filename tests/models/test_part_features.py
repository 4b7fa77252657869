"""Parts from head to foot."""

import torch
from torch.nn.functional import cosine_similarity

from passerby.models.part_features import PartFeatures


def test_a_cosine_of_parts_is_the_mean_of_their_own() -> None:
    module = PartFeatures(6, parts=5, length=4).eval()
    module.norm.running_mean = torch.randn(20)
    module.norm.running_var = torch.rand(20) + 0.5
    maps = torch.randn(2, 6, 10, 3)
    with torch.no_grad():
        features = module(maps)
        rows = maps.mean(3).unflatten(2, (5, 2)).mean(3)  # (2, 6, 5)
        parts = torch.stack([module.reduce(rows[:, :, part]) for part in range(5)], 1)
        assert module.norm.running_mean is not None
        assert module.norm.running_var is not None
        parts = parts - module.norm.running_mean.view(5, 4)
        parts = parts / (module.norm.running_var.view(5, 4) + module.norm.eps).sqrt()
    own = cosine_similarity(parts[0], parts[1], dim=1)
    torch.testing.assert_close(features[0] @ features[1], own.mean())


def test_no_part_counts_more_than_another() -> None:
    module = PartFeatures(6, parts=2, length=4)
    maps = torch.randn(8, 6, 10, 3)
    maps[:, :, :5] *= 100
    features = module(maps).unflatten(1, (2, 4))
    torch.testing.assert_close(features.norm(dim=2), torch.full((8, 2), 0.5**0.5))


def test_under_mixed_precision_it_is_worked_out_exactly() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        features = PartFeatures(6, parts=2, length=4)(torch.randn(8, 6, 10, 3))
    assert features.dtype == torch.float32
