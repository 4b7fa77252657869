"""Which hardware decodes video, and opening a video with it."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from passerby.core.errors import PasserbyError

log = logging.getLogger(__name__)

# Device -> a file whose presence says that trying is worth while; "" where only trying tells.
_SIGNS = {
    "cuda": ("/dev/nvidia0", "/dev/dxg"),
    "vaapi": ("/dev/dri/renderD128",),
    "qsv": ("/dev/dri/renderD128",),
    "drm": (),
    "videotoolbox": ("",) if sys.platform == "darwin" else (),
    "d3d11va": ("",) if sys.platform == "win32" else (),
}


def devices() -> tuple[str, ...]:
    """Kinds of hardware that PyAV can decode with and that this machine seems to have."""
    from av.codec.hwaccel import hwdevices_available

    built_in = set(hwdevices_available())
    return tuple(
        kind
        for kind, signs in _SIGNS.items()
        if kind in built_in and any(not sign or Path(sign).exists() for sign in signs)
    )


def chosen(hardware: str, present: Sequence[str] | None = None) -> tuple[str, ...]:
    """The kinds to try, in order, for what the user asked for.

    hardware: "cpu" is none of them, "auto" is what `devices` finds, or the name of one kind
    present:  what `devices` says, unless given

    Raises PasserbyError when PyAV was built without that kind.

    >>> chosen("auto", present=["cuda"]), chosen("cpu")
    (('cuda',), ())
    """
    if hardware == "cpu":
        return ()
    if hardware == "auto":
        return tuple(devices() if present is None else present)
    from av.codec.hwaccel import hwdevices_available

    if hardware not in hwdevices_available():
        raise PasserbyError(
            f"video cannot be decoded by {hardware!r} here; choose auto, cpu"
            + "".join(f", {kind}" for kind in hwdevices_available())
        )
    return (hardware,)


def open_with(kinds: Sequence[str], place: str, **options: Any) -> Any:
    """`av.open(place, **options)` decoding by the first kind of hardware that works, or by the CPU.

    What does not work is logged in words; it costs speed, nothing else.
    """
    import av
    from av.codec.hwaccel import HWAccel

    for kind in kinds:
        try:
            container = av.open(place, hwaccel=HWAccel(kind, None, True), **options)
        except (av.FFmpegError, NotImplementedError, RuntimeError, ValueError) as error:
            log.info("%s cannot decode here (%s)", kind, error)
            continue
        if any(stream.codec_context.is_hwaccel for stream in container.streams.video):
            return container
        container.close()
        log.info("%s does not decode this kind of video", kind)
    if kinds:
        log.warning(
            "%s decode(s) nothing here; the CPU does it, more slowly. `--hardware cpu` asks for "
            "that at once",
            " and ".join(kinds),
        )
    return av.open(place, **options)
