"""Deep-Person: an LSTM over body parts, a global feature and a ranking loss, learnt together.

"Deep-Person: Learning Discriminative Deep Features for Person Re-Identification", Xiang Bai,
Mingkun Yang, Tengteng Huang, Zhiyong Dou, Rui Yu, Yongchao Xu, Pattern Recognition 2020 (arXiv
2017).

Needs at least two pictures of each person in a batch, from any camera: use `PKSampler`. It adds
two identification branches to what `TriNet` learns by, and drops them when a picture is
embedded; where `BagOfTricks` classifies the one feature that it ranks with, each branch here
has its own.
"""

from typing import Literal

import torch
from torch import Tensor, nn, optim

from passerby.core.batch import Batch
from passerby.core.distances import Metric
from passerby.core.errors import PasserbyError
from passerby.losses.identification import identification_loss
from passerby.losses.triplet import batch_hard_triplet_loss
from passerby.methods.method import Method
from passerby.methods.schedules import above_zero, exponential_tail
from passerby.methods.warm_start import first_backbone, warm_start
from passerby.models.part_lstm import PartLinear, PartLSTM
from passerby.models.pooling import average


class DeepPerson(Method):
    """Three branches on one map: parts in a row, the whole for naming, the whole for ranking.

    The defaults are the paper's. Of a picture of 256 x 128 the backbone makes the map f_b, 8 x 4
    x 2048. The part branch joins the features of 8 parts, the global branch has a fully connected
    layer on the pooled map, and a classifier stands on each. The ranking branch pools the map to
    f_m, which the triplet loss sees and nothing else. Maps of other heights, such as OSNet's, are
    pooled to the same number of parts.

    The rows of tables 4, 6 and 7 are the switches `part_branch`, `global_branch`, `ranking_branch`,
    `lstm` and `descriptor`; f_m is the pooled map whether or not it is ranked by.

    Ours, where the paper is silent: the formula of the rate's decay and the width of the global
    branch's layer (both as in the authors' published code), the fully connected layer that all
    parts share, f_c's taking in f_m, and the threshold at which the recipes clip gradients
    (`--trainer.gradient_clip_val`).

    Args:
        num_persons: people in the training set
        backbone: name of the network, see `passerby.models.backbones.NAMES`, or timm/NAME
        pretrained: begin with ImageNet weights
        initial_weights: begin with these instead: a public model such as osnet_x0_25_msmt17, or a
            file, or the folder of a finished run; all but the classifiers is taken from there
        last_stride: stride of a ResNet's last stage
        part_branch: classify by the joined features of the parts
        global_branch: classify by a feature of the whole picture
        ranking_branch: learn f_m by the triplet loss
        lstm: read the parts by a bidirectional LSTM; without it each part has a fully connected
            layer of its own, on its row alone
        parts: length of the sequence from head to foot
        part_units: units of the LSTM in each direction, and length of a part's feature
        lstm_layers: layers of the LSTM
        global_units: length of the global branch's feature
        descriptor: what retrieval compares: "f_m", or "f_c", the last features of all branches
            that are on, joined: part, global, f_m
        part_weight: weight of the part branch's loss
        global_weight: weight of the global branch's loss
        ranking_weight: weight of the triplet loss
        margin: of the triplet loss; null is the soft margin
        learning_rate: until `decay_start`
        decay_start: epoch at which the rate begins to fall
        decay_end: epoch at which it has fallen to a thousandth
        weight_decay: L2 penalty of Adam; none in the paper, 5e-4 in the authors' code
    """

    metric: Metric = "euclidean"
    test_time = ("descriptor",)

    def __init__(
        self,
        num_persons: int,
        backbone: str = "resnet50",
        pretrained: bool = True,
        initial_weights: str | None = None,
        last_stride: int = 2,
        part_branch: bool = True,
        global_branch: bool = True,
        ranking_branch: bool = True,
        lstm: bool = True,
        parts: int = 8,
        part_units: int = 256,
        lstm_layers: int = 2,
        global_units: int = 2048,
        descriptor: Literal["f_m", "f_c"] = "f_m",
        part_weight: float = 1.0,
        global_weight: float = 1.0,
        ranking_weight: float = 1.0,
        margin: float | None = 0.5,
        learning_rate: float = 3e-4,
        decay_start: int = 100,
        decay_end: int = 150,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        if not (part_branch or global_branch or ranking_branch):
            raise PasserbyError(
                "part_branch, global_branch and ranking_branch are all off, so there is nothing to "
                "learn; switch one on"
            )
        self.backbone = first_backbone(backbone, pretrained, initial_weights, last_stride)
        channels = self.backbone.channels
        widths: dict[str, int] = {}
        self.part = self.whole = None
        if part_branch:
            self.part = (
                PartLSTM(channels, parts, part_units, lstm_layers)
                if lstm
                else PartLinear(channels, parts, part_units)
            )
            widths["part"] = parts * part_units
        if global_branch:
            self.whole = nn.Linear(channels, global_units)
            widths["global"] = global_units
        self.classifier = nn.ModuleDict(
            {branch: nn.Linear(width, num_persons) for branch, width in widths.items()}
        )
        warm_start(self, initial_weights)
        self.ranking = self.needs_pairs = ranking_branch
        self.descriptor = descriptor
        self.weights = {"part": part_weight, "global": global_weight, "ranking": ranking_weight}
        self.margin = margin
        self.highest_rate = above_zero(learning_rate)
        self.decay_start = decay_start
        self.decay_end = decay_end
        self.weight_decay = weight_decay

    def branches(self, images: Tensor) -> dict[str, Tensor]:
        """Images (B, 3, H, W) -> the last feature (B, D) of each branch that is on, by name."""
        maps = self.backbone(images)
        features = {}
        if self.part is not None:
            features["part"] = self.part(maps).flatten(1)  # (B, parts, units) -> (B, parts units)
        if self.whole is not None:
            features["global"] = self.whole(average(maps))
        if self.ranking:
            features["ranking"] = average(maps)
        return features

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> f_m (B, C), of which the branches are no part, or f_c."""
        if self.descriptor == "f_m":
            return average(self.backbone(images))
        return torch.cat(list(self.branches(images).values()), dim=1)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """part and global, cross entropies, and ranking, batch hard; of branches that are on."""
        terms = {}
        for branch, feature in self.branches(batch.images).items():
            if branch == "ranking":
                term = batch_hard_triplet_loss(feature, batch.persons, self.margin)
            else:
                logits = self.classifier[branch](feature)
                term = identification_loss(logits, batch.persons, smoothing=0)
            terms[branch] = self.weights[branch] * term
        return terms

    def learning_rate(self) -> float:
        """Constant until `decay_start`, then exponentially down, by the epoch."""
        return self.highest_rate * exponential_tail(
            self.current_epoch, self.decay_start, self.decay_end
        )

    def configure_optimizers(self) -> optim.Optimizer:
        """Adam with its usual betas."""
        return optim.Adam(self.parameters(), lr=self.highest_rate, weight_decay=self.weight_decay)
