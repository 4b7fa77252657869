"""`Embeddings`: features and what is known of the crops they came from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.core.sample import Sample

_FORMAT = "passerby-embeddings-1"


@dataclass(frozen=True, eq=False)
class Embeddings:
    """N features with their labels, and the model that made them.

    features:   (N, D) float32, finite
    persons:    (N,) int64, see `Sample.person`
    cameras:    (N,) int64
    times:      (N,) float64 seconds, NaN where unknown
    tracklets:  (N,) int64, -1 where there is none
    modalities: N strings
    keys:       N strings, see `Sample.key`
    model:      the model's name
    model_hash: SHA-256 of the model's weights; features of different models do not compare

    Raises PasserbyError when lengths differ or a feature is NaN or infinite.

    >>> one = Embeddings.of(torch.ones(1, 4), [Sample(Path("a.png"), 7, 1)], "toy", "00")
    >>> len(one), one.persons.tolist(), one.keys
    (1, [7], ('a.png',))
    """

    features: Tensor
    persons: Tensor
    cameras: Tensor
    times: Tensor
    tracklets: Tensor
    modalities: tuple[str, ...]
    keys: tuple[str, ...]
    model: str
    model_hash: str

    def __post_init__(self) -> None:
        for name in ("persons", "cameras", "times", "tracklets", "modalities", "keys"):
            if len(getattr(self, name)) != len(self.features):
                raise PasserbyError(
                    f"{len(self.features)} features came with {len(getattr(self, name))} {name}; "
                    "there must be one for each"
                )
        # A sum is not finite if a part is not; looking at each part would take a mask (N, D).
        finite = self.features.sum(dim=1).isfinite()
        if not finite.all():
            doubtful = (~finite).nonzero().flatten()
            finite[doubtful] = self.features[doubtful].isfinite().all(dim=1)
        if not finite.all():
            first = int((~finite).nonzero()[0])
            raise PasserbyError(
                f"{int((~finite).sum())} of {len(finite)} embeddings by model {self.model!r} hold "
                f"NaN or infinity, the first of '{self.keys[first]}'. The model has diverged: "
                "take an earlier checkpoint, or train with a lower learning rate or in float32."
            )

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, which: Tensor | slice) -> Self:
        """A part: by slice, by index tensor (M,) int64, or by mask (N,) bool."""
        rows = torch.arange(len(self))[which.cpu() if isinstance(which, Tensor) else which]
        chosen = rows.tolist()
        at = rows.to(self.features.device)
        return replace(
            self,
            features=self.features[at],
            persons=self.persons[rows],
            cameras=self.cameras[rows],
            times=self.times[rows],
            tracklets=self.tracklets[rows],
            modalities=tuple(self.modalities[row] for row in chosen),
            keys=tuple(self.keys[row] for row in chosen),
        )

    @classmethod
    def of(cls, features: Tensor, samples: Sequence[Sample], model: str, model_hash: str) -> Self:
        """Features (N, D) of N samples, in their order."""
        return cls(
            features=features.float(),
            persons=torch.tensor([s.person for s in samples], dtype=torch.int64),
            cameras=torch.tensor([s.camera for s in samples], dtype=torch.int64),
            times=torch.tensor(
                [float("nan") if s.time is None else s.time for s in samples], dtype=torch.float64
            ),
            tracklets=torch.tensor([s.tracklet for s in samples], dtype=torch.int64),
            modalities=tuple(s.modality for s in samples),
            keys=tuple(s.key for s in samples),
            model=model,
            model_hash=model_hash,
        )

    @classmethod
    def unembedded(cls, samples: Sequence[Sample]) -> Self:
        """What is known of samples before they are embedded: features (N, 0).

        >>> Embeddings.unembedded([Sample(Path("a.png"), 7, 1)]).persons
        tensor([7])
        """
        return cls.of(torch.zeros(len(samples), 0), samples, "", "")

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """One after the other; all must come from one model.

        Raises PasserbyError when there is nothing to join or the models differ.
        """
        if not parts:
            raise PasserbyError("there are no embeddings to join; embed at least one picture")
        for part in parts:
            part.require_model_of(parts[0])
        return cls(
            **{
                field.name: torch.cat([getattr(part, field.name) for part in parts])
                for field in fields(cls)
                if isinstance(getattr(parts[0], field.name), Tensor)
            },
            modalities=tuple(m for part in parts for m in part.modalities),
            keys=tuple(key for part in parts for key in part.keys),
            model=parts[0].model,
            model_hash=parts[0].model_hash,
        )

    def require_model_of(self, other: "Embeddings") -> None:
        """Raise PasserbyError unless both were made by the same model."""
        if self.model_hash != other.model_hash:
            raise PasserbyError(
                f"features of {self.model!r} ({self.model_hash[:12]}) cannot be compared with "
                f"those of {other.model!r} ({other.model_hash[:12]}); embed both with the same "
                "model"
            )

    def save(self, path: Path) -> Path:
        """Write one safetensors file, in one step: an interruption leaves the old one whole."""
        tensors = {
            "features": self.features.cpu().contiguous(),
            "persons": self.persons,
            "cameras": self.cameras,
            "times": self.times,
            "tracklets": self.tracklets,
            "modalities": _pack(self.modalities),
            "keys": _pack(self.keys),
        }
        about = {"format": _FORMAT, "model": self.model, "model_hash": self.model_hash}
        return write_atomically(path, lambda to: save_file(tensors, to, metadata=about))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Embeddings written by `save`. Raises PasserbyError when `path` holds none."""
        try:
            with safe_open(path, framework="pt") as file:
                about = file.metadata() or {}
                values: dict[str, Any] = {
                    name: file.get_tensor(name)
                    for name in file.keys()  # noqa: SIM118
                }
        except (OSError, SafetensorError) as error:
            raise PasserbyError(f"{path} holds no embeddings: {error}") from error
        if about.get("format") != _FORMAT:
            raise PasserbyError(
                f"{path} is a safetensors file but holds no embeddings "
                f"(format {about.get('format')!r}, wanted {_FORMAT!r})"
            )
        for name in ("modalities", "keys"):
            values[name] = _unpack(values[name])
        return cls(**values, model=about["model"], model_hash=about["model_hash"])


def _pack(strings: Sequence[str]) -> Tensor:
    """Strings as one (bytes,) uint8 tensor: a file header could not hold a million of them."""
    return torch.frombuffer(bytearray(json.dumps(list(strings)).encode()), dtype=torch.uint8)


def _unpack(packed: Tensor) -> tuple[str, ...]:
    return tuple(json.loads(packed.numpy().tobytes()))
