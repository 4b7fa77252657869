"""Transition times: how long people take from one camera to the next, learnt, and used to rank."""

from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Self

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import conv1d, pad

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.ranking.moves import moves

_FORMAT = "passerby-transition-times-1"
_MOST_BINS = 100_000
_REACH = 3  # standard deviations, where the Parzen window ends


@dataclass(frozen=True, eq=False)
class TransitionTimes:
    """For ordered pairs of cameras, the distribution of the time from the first to the second.

    pairs:       (P, 2) int64: from which camera to which, each pair once, rising
    histograms:  (P, B) float32: the probability of each bin of time; rows sum to 1
    bin_seconds: width of a bin; bin b holds times from b to b + 1 widths
    smoothing:   standard deviation of the Parzen window in bins, 0 for none

    Wang, Lai, Huang, Xie: "Spatial-Temporal Person Re-identification", 2019 (st-ReID).

    >>> times = TransitionTimes(torch.tensor([[1, 2]]), torch.tensor([[0.25, 0.75]]), 10.0, 0.0)
    >>> at = torch.tensor([0.0, 0.0, 15.0])
    >>> times.probability(torch.tensor(1), at, torch.tensor(2), at[[1, 2, 0]]).tolist()
    [0.25, 0.75, 0.0]
    """

    pairs: Tensor
    histograms: Tensor
    bin_seconds: float
    smoothing: float

    @classmethod
    def learn(
        cls, embeddings: Embeddings, bin_seconds: float = 4.0, smoothing: float = 50.0
    ) -> Self:
        """Histograms of the transitions of known people, smoothed by a Gaussian Parzen window.

        Each tracklet counts once, at the mean of its crops' times; crops without a tracklet count
        as one per person and camera. Each two tracklets of one person in different cameras are a
        transition, from the earlier to the later one. So a pair of cameras has two histograms,
        one for each direction, and each sums to 1: this is how the paper's program keeps the sign
        of the time difference. Features are not looked at, nor junk and distractors.

        Defaults are those of the paper's program for Market-1501: bins of 100 frames at 25 frames
        a second, and a window of 50 bins. For shorter waits take narrower bins, not a narrower
        window: `lift` weighs the probability of one bin, and its constants are meant for
        about 0.01; spread over a few bins only, time outvotes looks.

        Raises PasserbyError when a time is unknown, nobody is seen by two cameras, or the numbers
        make no histogram.

        >>> from passerby.core.sample import Sample
        >>> crops = [Sample(Path("a"), 7, 1, time=100.0), Sample(Path("b"), 7, 2, time=112.0)]
        >>> seen = Embeddings.of(torch.ones(2, 1), crops, "toy", "00")
        >>> TransitionTimes.learn(seen, bin_seconds=5, smoothing=0).histograms
        tensor([[0., 0., 1.]])
        """
        if not 0 < bin_seconds < torch.inf or not 0 <= smoothing < torch.inf:
            raise PasserbyError(
                f"bins of {bin_seconds} seconds, smoothed over {smoothing} bins, make no "
                "histogram; take bins longer than 0 and smoothing of 0 or more"
            )
        routes, seconds = moves(embeddings)
        pairs, which = routes.unique(dim=0, return_inverse=True)
        reach = ceil(_REACH * smoothing)
        longest = float(seconds.max() / bin_seconds)
        if longest + reach >= _MOST_BINS:
            raise PasserbyError(
                f"a transition of {float(seconds.max()):,.0f} seconds does not fit into "
                f"{_MOST_BINS:,} bins of {bin_seconds} seconds; take wider bins, or learn from one "
                "recording at a time"
            )
        width = int(longest) + 1 + reach
        bins = (seconds / bin_seconds).long()
        counts = torch.bincount(which * width + bins, minlength=len(pairs) * width)
        smooth = _parzen(counts.view(len(pairs), width).double(), smoothing, reach)
        histograms = (smooth / smooth.sum(1, keepdim=True)).float()
        return cls(pairs, histograms, float(bin_seconds), float(smoothing))

    def probability(
        self, cameras_a: Tensor, times_a: Tensor, cameras_b: Tensor, times_b: Tensor
    ) -> Tensor:
        """How likely one person is in camera a at time a, and in camera b at time b.

        cameras: int64, times: float64 seconds, of shapes that broadcast, on the histograms' device

        Returns float32 of the shape that they broadcast to: the probability of the time's bin from
        the earlier camera to the later one; at equal times from the camera of the smaller number.
        A direction that nobody took, where some took the other, is 0, and so is a time longer
        than any. Where a time is unknown (NaN), or the two cameras were never connected, a camera
        with itself among them, all times are as likely: 1 over the number of bins.
        """
        cameras, routes, table = self._tables()
        a, b = _places(cameras, cameras_a), _places(cameras, cameras_b)
        wait = times_b - times_a
        backwards = (wait < 0) | ((wait == 0) & (b < a))
        row = torch.where(backwards, routes[b, a], routes[a, b])
        unknown = ~wait.isfinite()
        row = row.masked_fill(unknown, len(table) - 1)
        last = table.shape[1] - 1
        bins = (wait.abs() / self.bin_seconds).nan_to_num(last).clamp(max=last).long()
        return table.view(-1)[row * table.shape[1] + bins]

    def _tables(self) -> tuple[Tensor, Tensor, Tensor]:
        """Cameras (C,); row of the table for each two of them (C + 1, C + 1), the last for cameras
        that are unknown; and the table (P + 2, B + 1): histograms, a row of 0, an even row."""
        cameras = self.pairs.unique()
        count, (size, width) = len(cameras), self.histograms.shape
        table = self.histograms.new_zeros(size + 2, width + 1)
        table[:size, :width] = self.histograms
        table[size + 1] = 1 / width
        routes = self.pairs.new_full((count + 1, count + 1), size + 1)
        start, end = (torch.searchsorted(cameras, side.contiguous()) for side in self.pairs.T)
        routes[end, start] = size
        routes[start, end] = torch.arange(size, device=routes.device)
        return cameras, routes, table

    def to(self, device: torch.device | str) -> Self:
        """The same on another device."""
        return replace(self, pairs=self.pairs.to(device), histograms=self.histograms.to(device))

    def save(self, path: Path) -> Path:
        """Write one safetensors file, in one step: an interruption leaves the old one whole."""
        here = self.to("cpu")
        tensors = {"pairs": here.pairs.contiguous(), "histograms": here.histograms.contiguous()}
        numbers = {"bin_seconds": repr(self.bin_seconds), "smoothing": repr(self.smoothing)}
        about = {"format": _FORMAT, **numbers}
        return write_atomically(path, lambda to: save_file(tensors, to, metadata=about))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Transition times written by `save`. Raises PasserbyError when `path` holds none."""
        try:
            with safe_open(path, framework="pt") as file:
                about = file.metadata() or {}
                if about.get("format") != _FORMAT:
                    raise PasserbyError(
                        f"{path} is a safetensors file but holds no transition times "
                        f"(format {about.get('format')!r}, wanted {_FORMAT!r})"
                    )
                return cls(
                    pairs=file.get_tensor("pairs"),
                    histograms=file.get_tensor("histograms"),
                    bin_seconds=float(about["bin_seconds"]),
                    smoothing=float(about["smoothing"]),
                )
        except (OSError, SafetensorError) as error:
            raise PasserbyError(
                f"{path} holds no transition times: {error}. Learn them from people whose times "
                "are known: passerby data times DATASET ROOT --out FILE"
            ) from error


def _parzen(histograms: Tensor, smoothing: float, reach: int) -> Tensor:
    """Histograms (P, B) convolved with a Gaussian that is cut `reach` bins from its middle."""
    if reach == 0:
        return histograms
    window = torch.arange(-reach, reach + 1, dtype=torch.float64).div(smoothing).square()
    window = window.div(-2).exp()
    return conv1d(pad(histograms, (reach, reach))[:, None], window[None, None])[:, 0]


def _places(known: Tensor, cameras: Tensor) -> Tensor:
    """Where `cameras` stand in `known` (C,), sorted; C where they do not."""
    at = torch.searchsorted(known, cameras.contiguous()).clamp(max=len(known) - 1)
    return at.masked_fill(known[at] != cameras, len(known))
