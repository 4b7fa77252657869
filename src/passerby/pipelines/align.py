"""Align: two pictures and a model -> a picture of how it matches them from head to foot."""

from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically
from passerby.data.images import read_image
from passerby.data.preprocess import prepare
from passerby.engine.checkpoint import load_checkpoint
from passerby.methods.aligned_mutual import AlignedMutual
from passerby.methods.aligned_reid import AlignedReID
from passerby.reports.alignment import alignment_figure


def align(run: Path, image: Path, other: Path, out: Path = Path("alignment.png")) -> Path:
    """Show how a model of AlignedReID matches the parts of two pictures; the path of the result.

    Both pictures stand side by side with lines between the parts that the shortest path joins, as
    thick as learning pulls on them, beside the distances of all parts.

    Raises PasserbyError when the model has no local features, a picture cannot be read, or the
    result cannot be written.

    Args:
        run: a run folder, or a checkpoint, of AlignedReID or AlignedMutual
        image: the picture on the left, cut to the person's outline
        other: the picture on the right
        out: what to write, a .png or an .svg
    """
    out = Path(out)
    if out.suffix.lower() not in (".png", ".svg"):
        raise PasserbyError(f"'{out}' is no picture that can be written; name a .png or an .svg")
    method, preprocess, _ = load_checkpoint(Path(run))
    if not isinstance(method, AlignedReID | AlignedMutual):
        raise PasserbyError(
            f"'{run}' holds the method {type(method).__name__}, which has no parts to align; give "
            "a run of AlignedReID or AlignedMutual"
        )
    left, right = read_image(Path(image)), read_image(Path(other))
    with torch.inference_mode():
        parts = method.parts(prepare([left, right], preprocess))  # (2, H, c)
    figure = alignment_figure(left, right, parts[0], parts[1], name=out.stem)
    with TemporaryDirectory() as folder:
        png, svg = figure.save(Path(folder))
        chosen = png if out.suffix.lower() == ".png" else svg
        return write_atomically(out, lambda to: to.write_bytes(chosen.read_bytes()))
