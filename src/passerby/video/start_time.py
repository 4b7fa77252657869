"""When a recording began, by its container or its file's name."""

from datetime import UTC, datetime
from pathlib import Path

from passerby.core.errors import PasserbyError


def container_time(path: Path) -> float:
    """Seconds since the epoch that the container says it was made at (`creation_time`).

    Most cameras write when the recording began; some, when it was closed.
    Raises PasserbyError when it says nothing.
    """
    import av

    try:
        with av.open(str(path)) as container:
            said = container.metadata.get("creation_time") or ""
            for stream in container.streams.video:
                said = said or stream.metadata.get("creation_time", "")
    except (av.FFmpegError, OSError) as error:
        raise PasserbyError(f"{path} cannot be read as a video ({error})") from error
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        raise PasserbyError(
            f"{path} does not say when it was made (creation_time is {said!r}); give its start "
            "itself, such as 2026-05-31T14:30:00, or by name:PATTERN from its file name"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def name_time(path: Path, pattern: str) -> float:
    """Seconds since the epoch that a file's name says, by a pattern in the words of `strptime`.

    pattern: of the name without its suffix, such as front_%Y-%m-%d_%H-%M-%S; taken as UTC unless
             it holds %z
    Raises PasserbyError when the name does not read so.

    >>> name_time(Path("videos/front_2001-09-09_01-46-40.mp4"), "front_%Y-%m-%d_%H-%M-%S")
    1000000000.0
    """
    try:
        moment = datetime.strptime(path.stem, pattern)
    except ValueError as error:
        raise PasserbyError(
            f"the name of {path} does not read as {pattern!r} ({error}); %Y is the year, then %m, "
            "%d, %H, %M, %S; everything else stands for itself"
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
