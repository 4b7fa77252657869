"""AlignedReID: a global feature that learns from an alignment of local ones.

"AlignedReID: Surpassing Human-Level Performance in Person Re-Identification", Xuan Zhang, Hao Luo,
Xing Fan, Weilai Xiang, Yixiao Sun, Qiqi Xiao, Wei Jiang, Chi Zhang, Jian Sun, arXiv 2017.

Needs at least two pictures of each person in a batch, from any camera: use `PKSampler`. Against
`TriNet` it adds a classifier and the local branch; `AlignedMutual` trains two of these that teach
each other.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn, optim

from passerby.core.batch import Batch
from passerby.core.distances import Metric
from passerby.core.errors import PasserbyError
from passerby.losses.aligned import aligned_triplet_loss
from passerby.losses.identification import identification_loss
from passerby.methods.method import Method
from passerby.methods.schedules import Falling, at_least_one_batch, epoch_at
from passerby.methods.warm_start import first_backbone, warm_start
from passerby.models.heads import person_classifier
from passerby.models.pooling import average
from passerby.ranking.local_distances import joint_distances


class Outputs(NamedTuple):
    """What the network makes of pictures.

    features: global features (B, C)
    parts:    local features (B, H, c), from head to foot; None without the local branch
    logits:   (B, people)
    """

    features: Tensor
    parts: Tensor | None
    logits: Tensor


class AlignedReID(Method):
    """ResNet-50, global and horizontal pooling; identification and two triplet losses; Adam.

    The defaults are the paper's. The feature map of a 224 x 224 picture is 7 x 7, so that there are
    7 parts. The embedding is the global feature, not normalised, compared by Euclidean distance.
    `local=False` is the baseline of the ablation. The paper ranks by the global feature alone,
    which it finds almost as good as both together, `embed_local=True`.

    The paper does not say how maps are pooled (here by their mean), what follows the 1 x 1
    convolution (nothing) nor whether labels are smoothed or weights decay (no): these are ours.

    Args:
        num_persons: people in the training set
        backbone: name of the network, resnet50 or resnet50_xception in the paper; see
            `passerby.models.backbones.NAMES` for others, or timm/NAME
        pretrained: begin with ImageNet weights, of which there are none for resnet50_xception
        initial_weights: begin with these instead: a public model such as osnet_x0_25_msmt17, or a
            file, or the folder of a finished run
        last_stride: stride of a ResNet's last stage
        local: learn the local branch too
        local_channels: c, length of each local feature
        margin: of the triplet loss on global distances
        local_margin: of that on local distances
        label_smoothing: of the identification loss
        embed_local: join the local features to the embedding, and rank by the sum of the global
            and the local distance: first C global values, then c of each part, from head to
            foot, see `passerby.ranking.local_distances`
        learning_rate: at the beginning
        milestones: epochs after which the rate falls
        decay: factor by which it falls
        batches_per_epoch: batches that count as an epoch for the milestones; null counts
            passes over the data
        weight_decay: L2 penalty of Adam
    """

    metric: Metric = "euclidean"
    needs_pairs = True
    test_time = ("embed_local",)

    def __init__(
        self,
        num_persons: int,
        backbone: str = "resnet50",
        pretrained: bool = True,
        initial_weights: str | None = None,
        last_stride: int = 2,
        local: bool = True,
        local_channels: int = 128,
        margin: float = 0.3,
        local_margin: float = 0.3,
        label_smoothing: float = 0.0,
        embed_local: bool = False,
        learning_rate: float = 1e-3,
        milestones: tuple[int, ...] = (80, 160),
        decay: float = 0.1,
        batches_per_epoch: int | None = 2000,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        if embed_local and not local:
            raise PasserbyError(
                "there are no local features to embed without the local branch; pass "
                "--model.local true, or --model.embed_local false"
            )
        self.backbone = first_backbone(backbone, pretrained, initial_weights, last_stride)
        channels = self.backbone.channels
        self.reduce = nn.Conv2d(channels, local_channels, 1) if local else None
        self.classifier = person_classifier(channels, num_persons)
        warm_start(self, initial_weights)

        self.margin = margin
        self.local_margin = local_margin
        self.label_smoothing = label_smoothing
        self.embed_local = self.learned_distances = embed_local
        self.rate = Falling(learning_rate, milestones, decay)
        self.batches_per_epoch = at_least_one_batch(batches_per_epoch)
        self.weight_decay = weight_decay

    def outputs(self, images: Tensor) -> Outputs:
        """Global features, parts and logits of `images` (B, 3, H, W)."""
        maps = self.backbone(images)
        features = average(maps)
        parts = None
        if self.reduce is not None:
            rows = maps.mean(3, keepdim=True)  # (B, C, h, w) -> (B, C, h, 1)
            parts = self.reduce(rows).squeeze(3).transpose(1, 2)  # -> (B, c, h, 1) -> (B, h, c)
        return Outputs(features, parts, self.classifier(features))

    def parts(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> the local features (B, h, c), from head to foot.

        Raises PasserbyError when the local branch was not learnt.
        """
        parts = self.outputs(images).parts
        if parts is None:
            raise PasserbyError(
                "this model has no local features: it was trained with --model.local false; "
                "train one with --model.local true"
            )
        return parts

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> the embedding (B, C), or (B, C + h * c) with `embed_local`."""
        features, parts, _ = self.outputs(images)
        if not self.embed_local or parts is None:
            return features
        return torch.cat([features, parts.flatten(1)], dim=1)

    def distances(self, query: Tensor, gallery: Tensor) -> Tensor:
        """How far embeddings (Q, D) are from (G, D): global, and with `embed_local` plus local."""
        if not self.embed_local or self.reduce is None:
            return super().distances(query, gallery)
        return joint_distances(query, gallery, self.backbone.channels, self.reduce.out_channels)

    def terms(self, outputs: Outputs, persons: Tensor) -> dict[str, Tensor]:
        """identification, triplet and, with the local branch, local_triplet."""
        features, parts, logits = outputs
        triplets = aligned_triplet_loss(features, parts, persons, self.margin, self.local_margin)
        terms = {
            "identification": identification_loss(logits, persons, self.label_smoothing),
            "triplet": triplets.whole,
        }
        return terms if parts is None else terms | {"local_triplet": triplets.local}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """identification, triplet and, with the local branch, local_triplet; all of weight 1."""
        return self.terms(self.outputs(batch.images), batch.persons)

    def learning_rate(self) -> float:
        """Falls after each milestone."""
        return self.rate.at(epoch_at(self.global_step, self.batches_per_epoch, self.current_epoch))

    def configure_optimizers(self) -> optim.Optimizer:
        """Adam on everything that is learnt."""
        return optim.Adam(self.parameters(), lr=self.rate.highest, weight_decay=self.weight_decay)
