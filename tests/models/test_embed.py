import pytest
import torch
from torch import nn

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.models.embed import embed


class LeftColumn(nn.Module):
    """A feature that mirroring changes, with a layer that behaves differently in training."""

    def __init__(self) -> None:
        super().__init__()
        self.frozen = nn.Dropout(0.5).eval()
        self.dropout = nn.Dropout(0.5)
        self.linear = nn.Linear(3, 2)

    def forward(self, images):
        return self.linear(self.frozen(self.dropout(images[:, :, :, 0].mean(2))))


def batches(images, size=4):
    for start in range(0, len(images), size):
        part = images[start : start + size]
        number = torch.zeros(len(part), dtype=torch.int64)
        yield Batch(part, number, number, number, number)


def test_averages_the_picture_and_its_mirror():
    model, images = LeftColumn().eval(), torch.randn(10, 3, 4, 6)
    with torch.no_grad():
        expected = (model(images) + model(images.flip(3))) / 2
        plain = model(images)
    torch.testing.assert_close(embed(model, batches(images)), expected)
    torch.testing.assert_close(embed(model, batches(images), flip=False), plain)
    assert (expected - plain).abs().max() > 0.01


def test_mirroring_a_picture_changes_nothing():
    images = torch.randn(3, 3, 4, 6)
    model = LeftColumn()
    mirrored = embed(model, batches(images.flip(-1)))
    torch.testing.assert_close(embed(model, batches(images)), mirrored)


def test_works_in_evaluation_mode_and_restores_every_layer():
    model = LeftColumn()
    assert model.training
    embed(model, batches(torch.randn(3, 3, 4, 6)))
    assert model.training
    assert model.dropout.training
    assert not model.frozen.training


def test_restores_the_mode_after_an_error():
    model = LeftColumn()
    with pytest.raises(RuntimeError):
        embed(model, batches(torch.randn(3, 5, 4, 6)))
    assert model.dropout.training


def test_features_can_be_learned_from():
    model = LeftColumn()
    features = embed(model, batches(torch.randn(3, 3, 4, 6)))
    assert not features.requires_grad
    head = nn.Linear(2, 1)
    head(features).sum().backward()
    assert head.weight.grad.isfinite().all()


def test_tells_how_far_it_is():
    heard = []
    embed(LeftColumn(), batches(torch.randn(10, 3, 4, 6)), progress=heard.append)
    assert heard == [4, 8, 10]


def test_half_precision_models_give_float32():
    features = embed(LeftColumn().to(torch.bfloat16), batches(torch.ones(2, 3, 4, 6).bfloat16()))
    assert features.dtype == torch.float32


def test_reads_one_batch_at_a_time():
    alive = []

    def loader():
        for batch in batches(torch.randn(8, 3, 4, 6), size=2):
            alive.append(batch)
            assert len(alive) == 1
            yield batch
            alive.clear()

    assert embed(LeftColumn(), loader()).shape == (8, 2)


def test_nothing_to_embed_is_an_error():
    with pytest.raises(PasserbyError, match="no picture to embed"):
        embed(LeftColumn(), [])
