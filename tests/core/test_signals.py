"""Signals after somebody has left a broken signal stack behind."""

import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, signal, sys
from passerby.core.signals import _Stack, handle_on_main_stack

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
# Private, anonymous memory that nobody may touch.
where = libc.mmap(None, ctypes.c_size_t(65536), 0, 0x22, -1, ctypes.c_long(0))
libc.sigaltstack(ctypes.byref(_Stack(where, 0, 65536)), None)
if sys.argv[1] == "mend":
    handle_on_main_stack()
signal.signal(signal.SIGINT, lambda *_: print("handled"))
signal.raise_signal(signal.SIGINT)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="stack_t is Linux's here")
def test_a_signal_is_handled_although_its_stack_is_gone() -> None:
    def run(how: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, check=False
        )

    assert run("leave").returncode != 0, "the trap is gone, and the mend with it"
    mended = run("mend")
    assert (mended.returncode, mended.stdout) == (0, "handled\n")
