"""Writing files so that an interruption or a full disk never leaves half of one behind."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from safetensors import SafetensorError

from passerby.core.errors import PasserbyError


def write_atomically(path: Path, write: Callable[[Path], object]) -> Path:
    """Call `write(temporary)` and move the result to `path` in one step.

    Until the move, whatever stood at `path` is untouched; a failed write removes its temporary
    file. Parent folders are made.

    Raises PasserbyError when the disk is full or the folder cannot be written.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_atomically(folder / "a" / "note.txt", lambda to: to.write_text("hi")).read_text()
    'hi'
    """
    path = Path(path)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The suffix stays: writers such as Pillow choose their format by it.
        temporary = path.with_name(f".{path.stem}-{secrets.token_hex(4)}{path.suffix}")
        write(temporary)
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    # safetensors reports a full disk by an error of its own, which is no OSError.
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PasserbyError(
            f"could not write {path}: {reason}. Whatever was there before is "
            "untouched; free some space or choose a folder you may write to, and run again."
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return path
