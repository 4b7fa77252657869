"""Making sure that a signal can be handled at all."""

import ctypes
import sys

_SS_DISABLE = 2


class _Stack(ctypes.Structure):
    """`stack_t` of Linux."""

    _fields_ = (
        ("ss_sp", ctypes.c_void_p),
        ("ss_flags", ctypes.c_int),
        ("ss_size", ctypes.c_size_t),
    )


def handle_on_main_stack() -> None:
    """Have this thread's signals handled on its ordinary stack from now on; Linux only.

    OpenVINO's CPU plugin sets a stack of its own for them and leaves it set when it is unloaded
    and that memory is gone, so that the next Ctrl-C in the same process is a segmentation fault.

    >>> handle_on_main_stack()
    """
    if sys.platform == "linux":
        disabled = _Stack(None, _SS_DISABLE, 0)
        ctypes.CDLL(None).sigaltstack(ctypes.byref(disabled), None)
