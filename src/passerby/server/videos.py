"""The folder out of which videos may be taken in, and nothing else on the machine."""

from pathlib import Path

from passerby.core.errors import PasserbyError

_SUFFIXES = frozenset(
    (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ts", ".webm", ".wmv")
)
_IMAGES = frozenset((".bmp", ".jpeg", ".jpg", ".png", ".webp"))
_MOST = 1000


def videos_in(folder: Path) -> dict[str, int]:
    """Name below `folder` -> bytes, 0 for a folder of images; sorted, the first 1,000.

    Hidden files and links that lead out of the folder are left out.
    """
    found: dict[str, int] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if len(found) == _MOST:
            break
        if not _inside(folder, path):
            continue
        if path.suffix.lower() in _SUFFIXES and path.is_file():
            found[name] = path.stat().st_size
        elif path.is_dir() and any(p.suffix.lower() in _IMAGES for p in path.iterdir()):
            found[name] = 0
    return found


def require_video(folder: Path, name: str) -> Path:
    """The path of a video, or folder of images, below `folder`.

    Raises PasserbyError when there is none, whatever `name` tries.
    """
    if name in videos_in(folder):
        return folder / name
    raise PasserbyError("there is no such video in the service's folder; GET /videos lists them")


def _inside(folder: Path, path: Path) -> bool:
    if any(part.startswith(".") for part in path.relative_to(folder).parts):
        return False
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except OSError:
        return False
