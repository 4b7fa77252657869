import torch

from passerby.models.neck import BNNeck


def test_by_hand():
    neck = BNNeck(1)
    pooled = torch.tensor([[1.0], [3.0]])
    before, after = neck.train()(pooled)
    assert before is pooled
    torch.testing.assert_close(after, torch.tensor([[-1.0], [1.0]]), rtol=0, atol=1e-4)


def test_the_shift_is_never_learned():
    neck = BNNeck(8).train()
    optimiser = torch.optim.SGD([p for p in neck.parameters() if p.requires_grad], lr=1.0)
    _, after = neck(torch.randn(16, 8))
    (after - 5).square().mean().backward()
    optimiser.step()
    assert (neck.bn.bias == 0).all()
    assert (neck.bn.weight != 1).all()


def test_evaluation_uses_the_running_statistics():
    neck = BNNeck(2)
    for _ in range(200):
        neck.train()(torch.randn(64, 2) * 3 + 7)
    _, after = neck.eval()(torch.full((1, 2), 7.0))
    assert after.abs().max() < 0.2


def test_gradients_are_finite_for_equal_features():
    pooled = torch.ones(4, 3, requires_grad=True)
    before, after = BNNeck(3).train()(pooled)
    (before.sum() + after.square().sum()).backward()
    assert pooled.grad.isfinite().all()
