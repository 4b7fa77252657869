"""The Siamese verification network, and ranking by what it has learnt."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from passerby.core.batch import Batch
from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.engine.checkpoint import load_checkpoint, save_checkpoint
from passerby.losses.identification import identification_loss
from passerby.losses.verification import MatchingHead
from passerby.methods.method import Method
from passerby.methods.siamese_verification import SiameseVerification

Learn = Callable[[Method, Batch, int], list[float]]


def small(**options: Any) -> SiameseVerification:
    settings: dict[str, Any] = {"pretrained": False} | options
    return SiameseVerification(4, "osnet_x0_25", **settings)


def test_the_defaults_are_the_papers() -> None:
    method = SiameseVerification(751, pretrained=False).eval()
    assert method(torch.zeros(1, 3, 224, 224)).shape == (1, 2048)
    assert method.matching is not None
    assert isinstance(method.matching, MatchingHead)
    assert method.matching.logits.weight.shape == (2, 2048)
    assert method.matching.hidden is None
    assert method.matching.dropout.p == 0.9
    assert method.learned_distances
    optimizer = method.configure_optimizers()
    assert isinstance(optimizer, torch.optim.SGD)
    assert [optimizer.defaults[k] for k in ("lr", "momentum", "weight_decay")] == [1e-3, 0.9, 5e-4]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"mining": "random"},
        {"identification": False, "optimizer": "adam", "learning_rate": 2e-3},
        {"verification": False},
        {"hidden": 16},
        {"head": "monotone"},
        {"optimizer": "adam", "learning_rate": 2e-3},
    ],
)
def test_overfits_a_batch(options: dict[str, Any], batch: Batch, learn: Learn) -> None:
    method = small(**{"learning_rate": 0.05, "dropout": 0.0} | options)
    totals = learn(method, batch, 50)
    assert totals[-1] < totals[0] / 3
    with torch.no_grad():
        features = method.train()(batch.images)
    nearest = method.distances(features, features).fill_diagonal_(torch.inf).argmin(1)
    assert (batch.persons[nearest] == batch.persons).all()


def test_terms_by_a_loop_over_pairs(batch: Batch) -> None:
    method = small(dropout=0.0)
    terms = method.losses(batch)
    assert method.classifier is not None
    assert method.matching is not None
    features, persons = method(batch.images), batch.persons.tolist()
    wanted = identification_loss(method.classifier(features), batch.persons, smoothing=0)
    torch.testing.assert_close(terms["identification"], wanted)

    def cost(i: int, j: int) -> float:
        assert method.matching is not None
        shares = method.matching(features[i], features[j]).detach().log_softmax(0)
        return -float(shares[int(persons[i] == persons[j])])

    everyone = range(len(persons))
    total = 0.0
    for i in everyone:
        # The worst pair of each kind: for a matching head the hardest pair is the dearest one.
        total += max(cost(i, j) for j in everyone if j != i and persons[j] == persons[i])
        total += max(cost(i, j) for j in everyone if persons[j] != persons[i])
    assert float(terms["verification"].detach()) == pytest.approx(
        total / (2 * len(persons)), rel=1e-4
    )
    weighed = small(dropout=0.0, identification_weight=2.0, verification_weight=0.5)
    weighed.load_state_dict(method.state_dict())
    for (name, term), factor in zip(weighed.losses(batch).items(), (2.0, 0.5), strict=True):
        torch.testing.assert_close(term, factor * terms[name])


def test_random_pairs_are_other_pairs_each_time_and_never_dearer(batch: Batch) -> None:
    hard, random = small(dropout=0.0), small(dropout=0.0, mining="random")
    random.load_state_dict(hard.state_dict())
    drawn = [float(random.losses(batch)["verification"].detach()) for _ in range(5)]
    assert len(set(drawn)) > 1
    assert max(drawn) < float(hard.losses(batch)["verification"].detach())


@pytest.mark.parametrize("persons", [[0] * 4, [0, 1, 2, 3]], ids=["no negative", "no positive"])
def test_a_batch_without_pairs_of_both_kinds(persons: list[int], batch: Batch) -> None:
    some = Batch(
        batch.images[:4],
        torch.tensor(persons),
        batch.cameras[:4],
        batch.datasets[:4],
        batch.indices[:4],
    )
    method = small(identification=False)
    loss = method.losses(some)["verification"]
    loss.backward()
    assert float(loss.detach()) == 0
    assert all(p.grad is None or (p.grad == 0).all() for p in method.parameters())


def test_without_verification_retrieval_is_by_the_embedding(batch: Batch) -> None:
    method = small(verification=False)
    assert not method.learned_distances
    assert not method.needs_pairs
    features = method(batch.images).detach()
    for row, apart in enumerate(method.distances(features, features)):
        wanted = (features - features[row]).norm(dim=1)
        torch.testing.assert_close(apart, wanted, atol=1e-2, rtol=1e-3)
    with pytest.raises(PasserbyError, match=r"both off.*switch one on"):
        small(identification=False, verification=False)
    with pytest.raises(PasserbyError, match="only the linear head has a hidden layer"):
        small(head="monotone", hidden=8)


@pytest.mark.parametrize("options", [{"hidden": 8}, {"head": "monotone"}])
def test_written_and_read_back(options: dict[str, Any], batch: Batch, tmp_path: Path) -> None:
    method = small(**options).eval()
    path = save_checkpoint(method, Preprocess(64, 32), tmp_path / "model.safetensors")
    loaded = load_checkpoint(path)[0]
    features = method(batch.images).detach()
    torch.testing.assert_close(loaded(batch.images).detach(), features)
    wanted = method.distances(features, features)
    torch.testing.assert_close(loaded.distances(features, features), wanted)
