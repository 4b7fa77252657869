import subprocess
import sys

import torch

from passerby.core.torchvision_shim import ensure_torchvision


def test_torchvision_imports_after_passerby_in_a_fresh_process() -> None:
    """Whichever build of torchvision is installed; core mends the import by being imported."""
    program = (
        "import passerby.core, torch, torchvision.transforms.v2 as v2\n"
        "print(tuple(v2.functional.horizontal_flip(torch.zeros(3, 4, 2)).shape))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "(3, 4, 2)"


def test_asking_again_changes_nothing() -> None:
    assert ensure_torchvision() == ensure_torchvision()
    assert hasattr(torch.ops.torchvision, "nms")
