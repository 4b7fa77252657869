"""CCSC: features that different cameras make alike.

"Learning Cross Camera Invariant Features with CCSC Loss for Person Re-identification", Zhao et
al., ICIG 2019.

Needs people in a batch with pictures by two cameras: use `PKSampler`; a batch without any learns
by identification alone. Against `BagOfTricks` it has a shorter feature and no neck, and in place
of the triplet loss one that knows the cameras.
"""

import logging

from torch import Tensor, optim

from passerby.core.batch import Batch
from passerby.core.distances import Metric
from passerby.losses.ccsc import ccsc_loss, ccsc_pairs
from passerby.losses.centre import CentreLoss
from passerby.losses.identification import identification_loss
from passerby.losses.triplet import batch_hard_triplet_loss
from passerby.methods.method import Method
from passerby.methods.schedules import Falling
from passerby.methods.warm_start import first_backbone, warm_start
from passerby.models.heads import person_classifier, reduction
from passerby.models.pooling import average

log = logging.getLogger(__name__)


class CCSC(Method):
    """Backbone, average pooling to g, one layer to f; f is classified, compared and searched by.

    total = identification + `ccsc_weight` x CCSC, all of f, which is also the embedding,
    compared by Euclidean distance. f comes after a ReLU, so that cosines lie in [0, 1] and
    the CCSC loss in [0.5, 1].

    The defaults are the paper's, but for what it does not state: the triplet loss's margin, the
    centre loss's weight and rate, the weight decay and the absence of label smoothing are ours. The
    rows of its tables 1 to 3 are the switches `ccsc=False` (the baseline), none (CCSC),
    `cross_camera=False` with `self_pairs` True (as printed) or False, and `ccsc=False` or not with
    `triplet=True` or `centre=True`.

    Args:
        num_persons: people in the training set
        backbone: name of the network, see `passerby.models.backbones.NAMES`, or timm/NAME
        pretrained: begin with ImageNet weights
        initial_weights: begin with these instead: a public model such as osnet_x0_25_msmt17, or a
            file, or the folder of a finished run; all but the classifier is taken from there
        last_stride: stride of a ResNet's last stage
        dimensions: length of f
        ccsc: add the CCSC loss
        ccsc_weight: lambda
        cross_camera: compare pairs by different cameras only
        self_pairs: without `cross_camera`: let a picture be a pair with itself, as printed
        triplet: add the batch-hard triplet loss
        margin: of the triplet loss; null is the soft margin
        centre: add the centre loss
        centre_weight: weight of the centre loss
        centre_rate: how far centres follow their people in a step
        label_smoothing: of the identification loss
        learning_rate: at its highest
        warmup_epochs: over these the rate rises from a tenth to its highest; 0 begins there
        milestones: epochs after which the rate falls
        decay: factor by which it falls
        weight_decay: L2 penalty of Adam
    """

    metric: Metric = "euclidean"

    def __init__(
        self,
        num_persons: int,
        backbone: str = "resnet50",
        pretrained: bool = True,
        initial_weights: str | None = None,
        last_stride: int = 1,
        dimensions: int = 512,
        ccsc: bool = True,
        ccsc_weight: float = 1.5,
        cross_camera: bool = True,
        self_pairs: bool = True,
        triplet: bool = False,
        margin: float | None = 0.3,
        centre: bool = False,
        centre_weight: float = 5e-4,
        centre_rate: float = 0.5,
        label_smoothing: float = 0.0,
        learning_rate: float = 3.5e-4,
        warmup_epochs: int = 5,
        milestones: tuple[int, ...] = (35, 55),
        decay: float = 0.1,
        weight_decay: float = 5e-4,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.backbone = first_backbone(backbone, pretrained, initial_weights, last_stride)
        # On the 1 x 1 map that pooling leaves, a linear layer is the paper's 1 x 1 convolution.
        self.embedding = reduction(self.backbone.channels, dimensions)
        self.classifier = person_classifier(dimensions, num_persons)
        self.centre = CentreLoss(num_persons, dimensions, centre_rate) if centre else None
        warm_start(self, initial_weights)

        self.ccsc = ccsc
        self.ccsc_weight = ccsc_weight
        self.cross_camera = cross_camera
        self.self_pairs = self_pairs
        self.triplet = triplet
        self.needs_pairs = ccsc or triplet
        self.margin = margin
        self.centre_weight = centre_weight
        self.label_smoothing = label_smoothing
        self.rate = Falling(learning_rate, milestones, decay)
        self.warmup_epochs = warmup_epochs
        self.weight_decay = weight_decay
        self._told = False

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> the embedding f (B, dimensions), nowhere negative."""
        return self.embedding(average(self.backbone(images)))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """identification, and ccsc, triplet and centre where they are switched on."""
        features = self(batch.images)
        terms = {
            "identification": identification_loss(
                self.classifier(features), batch.persons, self.label_smoothing
            )
        }
        if self.ccsc:
            terms["ccsc"] = self.ccsc_weight * ccsc_loss(
                features, batch.persons, batch.cameras, self.cross_camera, self.self_pairs
            )
        if self.triplet:
            terms["triplet"] = batch_hard_triplet_loss(features, batch.persons, self.margin)
        if self.centre is not None:
            terms["centre"] = self.centre_weight * self.centre(features, batch.persons)
        return terms

    def on_before_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Say once when a batch has nothing for the CCSC loss, while it is still on the CPU."""
        if self.ccsc and not self._told:
            pairs = ccsc_pairs(batch.persons, batch.cameras, self.cross_camera, self.self_pairs)
            if not pairs.any():
                self._told = True
                log.warning(
                    "a batch of %d pictures shows nobody by two cameras, so the CCSC loss adds "
                    "nothing there; --data.two_cameras true draws pictures of two cameras where "
                    "there are any",
                    len(batch),
                )
        return batch

    def learning_rate(self) -> float:
        """A tenth, rising by equal steps to the whole at `warmup_epochs`, then falling in steps."""
        epoch = self.current_epoch
        risen = min(1.0, epoch / self.warmup_epochs) if self.warmup_epochs > 0 else 1.0
        return (0.1 + 0.9 * risen) * self.rate.at(epoch)

    def configure_optimizers(self) -> optim.Optimizer:
        """Adam on everything that is learnt."""
        return optim.Adam(self.parameters(), lr=self.rate.highest, weight_decay=self.weight_decay)
