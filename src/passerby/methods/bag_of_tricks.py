"""The strong baseline: identification and triplet loss, and a bag of tricks.

"Bag of Tricks and A Strong Baseline for Deep Person Re-identification", Hao Luo, Youzhi Gu,
Xingyu Liao, Shenqi Lai, Wei Jiang, CVPR Workshops 2019.

Needs at least two pictures of each person in a batch, from any camera: use `PKSampler`. Against
`TriNet` it adds a classifier over the training people and the tricks; most methods since
begin where it ends.
"""

from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn, optim

from passerby.core.batch import Batch
from passerby.core.distances import Metric
from passerby.core.errors import PasserbyError
from passerby.losses.centre import CentreLoss
from passerby.losses.cosines import unit
from passerby.losses.identification import identification_loss
from passerby.losses.triplet import batch_hard_triplet_loss
from passerby.methods.added_loss import AddedLoss, Name
from passerby.methods.method import Method
from passerby.methods.schedules import Falling, cosine, warm_up
from passerby.methods.warm_start import first_backbone, warm_start
from passerby.models.heads import person_classifier, reduction
from passerby.models.neck import BNNeck
from passerby.models.part_features import PartFeatures
from passerby.models.pooling import build_pooling


class Features(NamedTuple):
    """What the network makes of pictures.

    before, after: the neck (B, C)
    embedding:     (B, D), what retrieval compares: `after`, and the parts where there are some
    """

    before: Tensor
    after: Tensor
    embedding: Tensor


class BagOfTricks(Method):
    """Backbone, pooling, BN neck, classifier; Adam with warm-up and steps.

    The defaults are the paper's. The rows of its ablation table (tables 1 and 2) are the switches
    `warmup_epochs=0`, `label_smoothing=0`, `last_stride=2`, `bnneck=False`, `centre=True`, and
    `erase=0` of the data.

    `loss` adds any other loss of the field to it, or with `triplet=False` puts it in the triplet
    loss's place: methods that are only "identification and this loss" are settings of this one.
    Losses that name people themselves (arcface, cosface, circle_classes) take the identification
    loss's place.

    The triplet and the centre loss see the feature before the neck, the identification loss the
    one after it, which is also the embedding, compared by cosine. Without a neck there is one
    feature for all, compared by Euclidean distance.

    Args:
        num_persons: people in the training set
        backbone: name of the network, see `passerby.models.backbones.NAMES`, or timm/NAME
        pretrained: begin with ImageNet weights
        initial_weights: begin with these instead: a public model such as osnet_x0_25_msmt17, or a
            file, or the folder of a finished run; all but the classifier is taken from there
        last_stride: stride of a ResNet's last stage
        pooling: how the map becomes one feature; the paper's is "average", and "gem" learns its
            power, see `passerby.models.pooling`
        bnneck: normalise between the two losses' features
        embedding: length of a fully connected layer with batch normalisation and ReLU on the
            pooled map, as OSNet has (512); none in the paper
        parts: beside the whole person embed so many parts from head to foot, whose cosines count as
            much together as the whole's, and let another triplet loss see both; none in the
            paper, see `passerby.models.part_features`
        part_length: length of a part's feature
        label_smoothing: of the identification loss
        triplet: add the batch-hard triplet loss
        margin: of the triplet loss; null is the soft margin
        centre: add the centre loss
        centre_weight: beta, weight of the centre loss
        centre_rate: how far centres follow their people in a step
        loss: another loss, see `passerby.methods.added_loss`
        loss_weight: of that loss; null is 1, or what that page says
        loss_options: of that loss, such as {"margin": 0.5}; its own defaults are its paper's
        learning_rate: at its highest
        warmup_epochs: over these the rate rises from a `warmup_epochs`-th to its highest; 0 begins
            there
        schedule: "steps" falls by `decay` after each of the milestones; "cosine" falls smoothly
            to 0 at the last epoch
        milestones: epochs after which the rate falls
        decay: factor by which it falls
        weight_decay: L2 penalty of Adam, as in the authors' published settings
    """

    def __init__(
        self,
        num_persons: int,
        backbone: str = "resnet50",
        pretrained: bool = True,
        initial_weights: str | None = None,
        last_stride: int = 1,
        pooling: Literal["average", "maximum", "gem"] = "average",
        bnneck: bool = True,
        embedding: int | None = None,
        parts: int = 0,
        part_length: int = 64,
        label_smoothing: float = 0.1,
        triplet: bool = True,
        margin: float | None = 0.3,
        centre: bool = False,
        centre_weight: float = 5e-4,
        centre_rate: float = 0.5,
        loss: Name | None = None,
        loss_weight: float | None = None,
        loss_options: dict[str, Any] | None = None,
        learning_rate: float = 3.5e-4,
        warmup_epochs: int = 10,
        schedule: Literal["steps", "cosine"] = "steps",
        milestones: tuple[int, ...] = (40, 70),
        decay: float = 0.1,
        weight_decay: float = 5e-4,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        if parts < 0 or part_length < 1:
            raise PasserbyError(
                f"{parts} parts of length {part_length} cannot be; --model.parts must be 0 or "
                "more, --model.part_length 1 or more"
            )
        if parts and not (bnneck and triplet):
            raise PasserbyError(
                "parts are compared by cosine and learnt by the triplet loss: pass --model.bnneck "
                "true and --model.triplet true, or --model.parts 0 to do without them"
            )
        self.backbone = first_backbone(backbone, pretrained, initial_weights, last_stride)
        self.pooling = build_pooling(pooling)
        channels = embedding or self.backbone.channels
        self.embedding = nn.Sequential()
        if embedding:
            self.embedding = reduction(self.backbone.channels, embedding)
        self.neck = BNNeck(channels) if bnneck else None
        self.parts = None
        if parts:
            self.parts = PartFeatures(self.backbone.channels, parts, part_length)
        self.centre = CentreLoss(num_persons, channels, centre_rate) if centre else None
        self.added = AddedLoss(loss, num_persons, channels, loss_weight, loss_options)
        self.classifier = None
        if not self.added.classifies:
            self.classifier = person_classifier(channels, num_persons, bias=not bnneck)
        warm_start(self, initial_weights)

        self.metric: Metric = "cosine" if bnneck else "euclidean"
        self.label_smoothing = label_smoothing
        self.triplet = triplet
        self.needs_pairs = triplet or self.added.needs_pairs
        self.margin = margin
        self.centre_weight = centre_weight
        self.rate = Falling(learning_rate, milestones, decay)
        self.warmup_epochs = warmup_epochs
        self.schedule = schedule
        self.weight_decay = weight_decay

    def features(self, images: Tensor) -> Features:
        """What becomes of images (B, 3, H, W)."""
        maps = self.backbone(images)
        before = self.embedding(self.pooling(maps))
        after = before if self.neck is None else self.neck(before)[1]
        if self.parts is None:
            return Features(before, after, after)
        return Features(before, after, torch.cat([unit(after), self.parts(maps)], dim=1))

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> the embedding (B, D)."""
        return self.features(images).embedding

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """identification, and triplet, parts, centre and the added loss where switched on."""
        before, after, embedding = self.features(batch.images)
        terms, logits = {}, None
        if self.classifier is not None:
            logits = self.classifier(after)
            terms["identification"] = identification_loss(
                logits, batch.persons, self.label_smoothing
            )
        if self.triplet:
            terms["triplet"] = batch_hard_triplet_loss(before, batch.persons, self.margin)
        if self.parts is not None:
            terms["parts"] = batch_hard_triplet_loss(embedding, batch.persons, self.margin)
        if self.centre is not None:
            terms["centre"] = self.centre_weight * self.centre(before, batch.persons)
        if self.added.name:
            terms[self.added.name] = self.added(before, after, batch.persons, logits)
        return terms

    def learning_rate(self) -> float:
        """Warm-up, then steps or half a cosine, by the epoch."""
        epoch = self.current_epoch
        if self.schedule == "cosine":
            rate = self.rate.highest * cosine(epoch, self.trainer.max_epochs or 1)
        else:
            rate = self.rate.at(epoch)
        return warm_up(epoch, self.warmup_epochs) * rate

    def configure_optimizers(self) -> optim.Optimizer:
        """Adam on everything that is learnt."""
        learnt = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return optim.Adam(learnt, lr=self.rate.highest, weight_decay=self.weight_decay)
