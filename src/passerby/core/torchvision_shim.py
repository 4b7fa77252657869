"""Let torchvision import beside a torch that was built for another device.

The torchvision wheel on the package index is built for CUDA. Beside a CPU-only torch its
compiled half does not load, and its Python half then fails with "operator torchvision::nms
does not exist", which also breaks timm and transformers. Declaring the two operators that are
missing lets the Python half (transforms, models) work; the compiled operators themselves
(nms, roi_align, decode_jpeg) stay unavailable, and Passerby uses none of them.
"""

import importlib.util
from pathlib import Path

import torch

# Kept for the life of the process: torch forgets the declarations when the library is collected.
_declared: list[torch.library.Library] = []


def ensure_torchvision() -> bool:
    """Declare torchvision's operators if its compiled half cannot load; True if that was needed.

    Does nothing where torchvision is absent or works, and nothing the second time.

    >>> ensure_torchvision() in (True, False)
    True
    """
    if _declared:
        return True
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None or hasattr(torch.ops.torchvision, "nms"):
        return False
    for library in sorted(Path(spec.origin).parent.glob("_C.*")):
        try:
            torch.ops.load_library(str(library))
            return False
        except OSError:
            continue
    operators = torch.library.Library("torchvision", "DEF")
    operators.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    operators.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declared.append(operators)
    return True
