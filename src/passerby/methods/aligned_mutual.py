"""AlignedReID with mutual learning: two students that teach each other.

"AlignedReID: Surpassing Human-Level Performance in Person Re-Identification", Xuan Zhang, Hao Luo,
Xing Fan, Weilai Xiang, Yixiao Sun, Qiqi Xiao, Wei Jiang, Chi Zhang, Jian Sun, arXiv 2017.

Needs what `AlignedReID` needs: at least two pictures of each person in a batch. Each student is one
`AlignedReID`, with its own losses; `passerby.losses.mutual` joins them.
"""

import logging
from typing import Literal, cast

from torch import Tensor, nn, optim

from passerby.core.batch import Batch
from passerby.core.distances import Metric
from passerby.core.errors import PasserbyError
from passerby.losses.mutual import classification_mutual_loss, metric_mutual_loss
from passerby.losses.pairs import distances_within
from passerby.methods.aligned_reid import AlignedReID
from passerby.methods.method import Method
from passerby.methods.schedules import above_zero, at_least_one_batch, epoch_at
from passerby.models.backbones import XCEPTION

_log = logging.getLogger(__name__)


class AlignedMutual(Method):
    """Two students, one Adam; their own losses, and the mutual losses between them.

    The defaults are the paper's. The ablation's rows are the switches `local` and `mutual`, and
    `student` for the backbone; `mutual="none"` trains both side by side without a word between
    them.

    No public ImageNet weights are at hand for ResNet-50-Xception. Such a student begins with random
    weights unless it is given `initial_weights`, while one with another backbone begins with
    ImageNet's; `begun` says how each did, and so does the log when a run begins.

    Args:
        num_persons: people in the training set
        backbones: names of the two networks, see `AlignedReID`
        pretrained: begin with ImageNet weights where there are some; resnet50_xception has none
        initial_weights: begin with these instead, one entry for each student; null leaves a
            student as `pretrained` says
        student: which of the two, 1 or 2, is the embedding. Both are kept
        mutual: which mutual losses: none, classification, or both, with the metric one
        classification_weight: of the classification mutual loss
        metric_weight: of the metric mutual loss
        last_stride: stride of a ResNet's last stage
        local: learn the local branches too
        local_channels: c, length of each local feature
        margin: of the triplet loss on global distances
        local_margin: of that on local distances
        label_smoothing: of the identification loss
        embed_local: join the local features to the embedding and rank by both, see `AlignedReID`
        learning_rate: at the beginning
        milestones: epochs after which the rate changes
        later_rates: the rate after each milestone
        batches_per_epoch: batches that count as an epoch for the milestones; null counts
            passes over the data
        weight_decay: L2 penalty of Adam
    """

    metric: Metric = "euclidean"
    needs_pairs = True
    test_time = ("embed_local", "student")

    def __init__(
        self,
        num_persons: int,
        backbones: tuple[str, str] = ("resnet50", XCEPTION),
        pretrained: bool = True,
        initial_weights: tuple[str | None, str | None] | None = None,
        student: Literal[1, 2] = 1,
        mutual: Literal["none", "classification", "both"] = "both",
        classification_weight: float = 0.01,
        metric_weight: float = 0.001,
        last_stride: int = 2,
        local: bool = True,
        local_channels: int = 128,
        margin: float = 0.3,
        local_margin: float = 0.3,
        label_smoothing: float = 0.0,
        embed_local: bool = False,
        learning_rate: float = 3e-4,
        milestones: tuple[int, ...] = (60, 120),
        later_rates: tuple[float, ...] = (1e-4, 1e-5),
        batches_per_epoch: int | None = 2000,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        if len(milestones) != len(later_rates):
            raise PasserbyError(
                f"{len(milestones)} milestones came with {len(later_rates)} later_rates; each "
                "milestone needs the rate that follows it"
            )
        files = initial_weights or (None, None)
        self.students = nn.ModuleList(
            AlignedReID(
                num_persons,
                backbone,
                pretrained=pretrained and backbone != XCEPTION,
                initial_weights=file,
                last_stride=last_stride,
                local=local,
                local_channels=local_channels,
                margin=margin,
                local_margin=local_margin,
                label_smoothing=label_smoothing,
                embed_local=embed_local,
            )
            for backbone, file in zip(backbones, files, strict=True)
        )
        self.begun = tuple(
            f"student {number} ({backbone}) begins with {_beginning(backbone, file, pretrained)}"
            for number, (backbone, file) in enumerate(zip(backbones, files, strict=True), start=1)
        )
        self.learned_distances = embed_local
        self.student = student
        self.mutual = mutual
        self.classification_weight = classification_weight
        self.metric_weight = metric_weight
        self.rates = tuple(above_zero(rate) for rate in (learning_rate, *later_rates))
        self.milestones = milestones
        self.batches_per_epoch = at_least_one_batch(batches_per_epoch)
        self.weight_decay = weight_decay

    @property
    def chosen(self) -> AlignedReID:
        """The student that is the embedding."""
        return cast(AlignedReID, self.students[self.student - 1])

    def parts(self, images: Tensor) -> Tensor:
        """The chosen student's local features (B, h, c), see `AlignedReID.parts`."""
        return self.chosen.parts(images)

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> the chosen student's embedding (B, D)."""
        return self.chosen(images)

    def distances(self, query: Tensor, gallery: Tensor) -> Tensor:
        """How far embeddings are apart, see `AlignedReID.distances`."""
        return self.chosen.distances(query, gallery)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Each student's own losses with its number, and the mutual losses that are on."""
        students = [cast(AlignedReID, student) for student in self.students]
        first, second = outputs = [student.outputs(batch.images) for student in students]
        terms = {
            f"{name}_{number}": term
            for number, (student, made) in enumerate(zip(students, outputs, strict=True), start=1)
            for name, term in student.terms(made, batch.persons).items()
        }
        if self.mutual != "none":
            loss = classification_mutual_loss(first.logits, second.logits)
            terms["classification_mutual"] = self.classification_weight * loss
        if self.mutual == "both":
            loss = metric_mutual_loss(*(distances_within(made.features) for made in outputs))
            terms["metric_mutual"] = self.metric_weight * loss
        return terms

    def learning_rate(self) -> float:
        """The rate of this epoch, by steps."""
        epoch = epoch_at(self.global_step, self.batches_per_epoch, self.current_epoch)
        return self.rates[sum(epoch >= milestone for milestone in self.milestones)]

    def configure_optimizers(self) -> optim.Optimizer:
        """Adam on both students: none of its steps mixes them."""
        return optim.Adam(self.parameters(), lr=self.rates[0], weight_decay=self.weight_decay)

    def on_fit_start(self) -> None:
        """Say how each student began: a table that compares them is read by it."""
        if self.trainer.is_global_zero:
            _log.warning("%s", "; ".join(self.begun))


def _beginning(backbone: str, file: str | None, pretrained: bool) -> str:
    """Which weights a student begins with, in words."""
    if file is not None:
        return f"the weights {file!r}"
    return "ImageNet weights" if pretrained and backbone != XCEPTION else "random weights"
