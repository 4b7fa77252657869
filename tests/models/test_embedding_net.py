import torch
from torch import nn

from passerby.models.embedding_net import EmbeddingNet
from passerby.models.osnet import WIDTHS, OSNet
from passerby.models.pooling import GeM, average


def test_is_backbone_then_pooling_then_head():
    backbone, head = OSNet(WIDTHS["x0_25"]), nn.Linear(128, 5)
    net = EmbeddingNet(backbone, average, head).eval()
    images = torch.randn(2, 3, 64, 32)
    with torch.no_grad():
        torch.testing.assert_close(net(images), head(backbone(images).mean((2, 3))))
        pooled = EmbeddingNet(backbone, average).eval()(images)
        torch.testing.assert_close(pooled, backbone(images).mean((2, 3)))


def test_learns_a_pooling_that_learns():
    net = EmbeddingNet(OSNet(WIDTHS["x0_25"]), GeM())
    assert "pooling.p" in dict(net.named_parameters())
    net(torch.randn(2, 3, 64, 32)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
