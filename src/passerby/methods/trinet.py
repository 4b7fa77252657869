"""TriNet: the triplet loss alone, on the hardest pairs of a batch.

"In Defense of the Triplet Loss for Person Re-Identification", Alexander Hermans, Lucas Beyer,
Bastian Leibe, arXiv 2017.

Needs at least two pictures of each person in a batch, from any camera: use `PKSampler`. It has no
classifier, so people may come and go between epochs; `BagOfTricks` has one, and more tricks.
"""

from torch import Tensor, nn, optim

from passerby.core.batch import Batch
from passerby.core.distances import Metric
from passerby.losses.triplet import batch_hard_triplet_loss
from passerby.methods.method import Method
from passerby.methods.schedules import above_zero, exponential_tail
from passerby.methods.warm_start import first_backbone, warm_start
from passerby.models.pooling import average


class TriNet(Method):
    """Pretrained ResNet-50, then 1024 and 128 units; Adam, whose rate falls exponentially at last.

    The defaults are the paper's: section 5 for the network, equation 9 for the rate. The embedding
    is the last layer's output, not normalised, compared by Euclidean distance. The paper
    averages the embeddings of five crops and their mirrors at test time; here, as for every
    method, the whole picture and its mirror are averaged.

    Args:
        backbone: name of the network, see `passerby.models.backbones.NAMES`, or timm/NAME
        pretrained: begin with ImageNet weights
        initial_weights: begin with these instead: a public model such as osnet_x0_25_msmt17, or a
            file, or the folder of a finished run
        last_stride: stride of a ResNet's last stage
        hidden: units of the first fully connected layer
        dimensions: units of the second, the length of the embedding
        margin: m of the triplet loss; null is the soft margin
        learning_rate: epsilon_0
        decay_start: t_0, iteration at which the rate begins to fall
        decay_end: t_1, iteration at which it has fallen to a thousandth
        late_beta1: Adam's first beta from `decay_start` on; 0.9 before
    """

    metric: Metric = "euclidean"
    needs_pairs = True

    def __init__(
        self,
        backbone: str = "resnet50",
        pretrained: bool = True,
        initial_weights: str | None = None,
        last_stride: int = 2,
        hidden: int = 1024,
        dimensions: int = 128,
        margin: float | None = None,
        learning_rate: float = 3e-4,
        decay_start: int = 15_000,
        decay_end: int = 25_000,
        late_beta1: float = 0.5,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.backbone = first_backbone(backbone, pretrained, initial_weights, last_stride)
        self.head = nn.Sequential(
            nn.Linear(self.backbone.channels, hidden),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Linear(hidden, dimensions),
        )
        warm_start(self, initial_weights)
        self.margin = margin
        self.highest_rate = above_zero(learning_rate)
        self.decay_start = decay_start
        self.decay_end = decay_end
        self.late_beta1 = late_beta1

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> the embedding (B, dimensions)."""
        return self.head(average(self.backbone(images)))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """triplet: batch hard, with a margin or the soft margin."""
        return {"triplet": batch_hard_triplet_loss(self(batch.images), batch.persons, self.margin)}

    def learning_rate(self) -> float:
        """Constant until `decay_start`, then exponentially down."""
        return self.highest_rate * exponential_tail(
            self.global_step, self.decay_start, self.decay_end
        )

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Set the learning rate of this step, and Adam's first beta with it."""
        super().on_train_batch_start(batch, batch_idx)
        if self.global_step >= self.decay_start:
            for optimizer in self.trainer.optimizers:
                for group in optimizer.param_groups:
                    group["betas"] = (self.late_beta1, group["betas"][1])

    def configure_optimizers(self) -> optim.Optimizer:
        """Adam with its usual betas."""
        return optim.Adam(self.parameters(), lr=self.highest_rate)
