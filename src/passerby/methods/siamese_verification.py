"""Siamese verification: an embedding and a learned matching score, trained on hard pairs.

"A Discriminatively Learned CNN Embedding for Person Re-identification", Zhedong Zheng, Liang
Zheng, Yi Yang, arXiv 2016 (ACM TOMM 2017).

Needs at least two pictures of each person in a batch, from any camera: use `PKSampler`. Where
`TriNet` compares pictures by a distance that is given, here the comparison is learnt too.
"""

from typing import Literal

from torch import Tensor, nn, optim

from passerby.core.batch import Batch
from passerby.core.distances import Metric
from passerby.core.errors import PasserbyError
from passerby.losses.identification import identification_loss
from passerby.losses.monotone import MonotoneHead
from passerby.losses.verification import MatchingHead, batch_verification_loss
from passerby.methods.method import Method
from passerby.methods.schedules import Falling
from passerby.methods.warm_start import first_backbone, warm_start
from passerby.models.pooling import average


class SiameseVerification(Method):
    """One backbone for both pictures of a pair, a classifier, and a matching head on the pair.

    The pooled map is the embedding f. Each f names its person, and each pair of f is told same or
    different by the square of their difference. The paper weighs the identification of either
    picture of a pair by 0.5 and verification by 1; every picture of a batch being in pairs on
    both sides, that is 1 and 1 here.

    The paper feeds pairs drawn at random, with more and more negative ones. Here a batch's pictures
    are all compared with each other, and each has one pair with its own person and one with
    another: those that the head at present finds least and most alike. That is ours; `mining=
    "random"` draws both. Momentum is 0.9, as in the authors' code.

    Evaluation ranks by the learned score (`distances`). Where only embeddings compare, as in a
    gallery, it is by Euclidean distance; `passerby evaluate --metric euclidean` ranks by that too.

    Args:
        num_persons: people in the training set
        backbone: name of the network, see `passerby.models.backbones.NAMES`, or timm/NAME
        pretrained: begin with ImageNet weights
        initial_weights: begin with these instead: a public model such as osnet_x0_25_msmt17, or a
            file, or the folder of a finished run; all but the classifier is taken from there
        last_stride: stride of a ResNet's last stage
        identification: learn by naming people
        verification: learn by comparing pairs; without it the learned score means nothing, and
            retrieval compares by Euclidean distance
        mining: which pairs a picture is in: "hard", the least alike of its own person and the most
            alike of the others, or "random"
        head: what compares two embeddings: "linear", the paper's, or "monotone", see
            `passerby.losses.monotone`
        hidden: units of a layer in the linear head; null for none, as in the paper
        dropout: of the squared differences
        identification_weight: of its loss
        verification_weight: of its loss
        optimizer: "sgd", as in the paper, or "adam", which learns from small features as fast as
            from large ones; 3e-4 is a rate for that
        learning_rate: at its highest
        momentum: of stochastic gradient descent
        milestones: epochs after which the rate falls to a tenth
        weight_decay: L2 penalty
    """

    metric: Metric = "euclidean"

    def __init__(
        self,
        num_persons: int,
        backbone: str = "resnet50",
        pretrained: bool = True,
        initial_weights: str | None = None,
        last_stride: int = 2,
        identification: bool = True,
        verification: bool = True,
        mining: Literal["hard", "random"] = "hard",
        head: Literal["linear", "monotone"] = "linear",
        hidden: int | None = None,
        dropout: float = 0.9,
        identification_weight: float = 1.0,
        verification_weight: float = 1.0,
        optimizer: Literal["sgd", "adam"] = "sgd",
        learning_rate: float = 1e-3,
        momentum: float = 0.9,
        milestones: tuple[int, ...] = (70,),
        weight_decay: float = 5e-4,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        if head == "monotone" and hidden:
            raise PasserbyError("only the linear head has a hidden layer; leave hidden out")
        if not (identification or verification):
            raise PasserbyError(
                "identification and verification are both off, so there is nothing to learn; "
                "switch one on"
            )
        self.backbone = first_backbone(backbone, pretrained, initial_weights, last_stride)
        channels = self.backbone.channels
        self.classifier = nn.Linear(channels, num_persons) if identification else None
        self.matching: MatchingHead | MonotoneHead | None = None
        if verification:
            self.matching = (
                MatchingHead(channels, hidden, dropout)
                if head == "linear"
                else MonotoneHead(channels, dropout)
            )
        warm_start(self, initial_weights)
        self.needs_pairs = self.learned_distances = verification
        self.mining: Literal["hard", "random"] = mining
        self.identification_weight = identification_weight
        self.verification_weight = verification_weight
        self.rate = Falling(learning_rate, milestones)
        self.optimizer_name = optimizer
        self.momentum = momentum
        self.weight_decay = weight_decay

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> the embedding f (B, C)."""
        return average(self.backbone(images))

    def distances(self, query: Tensor, gallery: Tensor) -> Tensor:
        """-log of the learned probability that two embeddings are of one person, (Q, G)."""
        if self.matching is None:
            return super().distances(query, gallery)
        return self.matching.distances(query, gallery)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """identification and verification, where they are switched on."""
        features, persons = self(batch.images), batch.persons
        terms = {}
        if self.classifier is not None:
            named = identification_loss(self.classifier(features), persons, smoothing=0)
            terms["identification"] = self.identification_weight * named
        if self.matching is not None:
            verified = batch_verification_loss(self.matching, features, persons, self.mining)
            terms["verification"] = self.verification_weight * verified
        return terms

    def learning_rate(self) -> float:
        """A tenth after each of the milestones."""
        return self.rate.at(self.current_epoch)

    def configure_optimizers(self) -> optim.Optimizer:
        """Stochastic gradient descent with momentum, or Adam with its usual betas."""
        rate, decay = self.rate.highest, self.weight_decay
        if self.optimizer_name == "adam":
            return optim.Adam(self.parameters(), lr=rate, weight_decay=decay)
        return optim.SGD(self.parameters(), lr=rate, momentum=self.momentum, weight_decay=decay)
