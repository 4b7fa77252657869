import errno
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from passerby.core.errors import PasserbyError
from passerby.core.files import write_atomically


def full_disk(to: Path) -> None:
    to.write_text("half of")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_writes_and_makes_folders(tmp_path: Path) -> None:
    path = write_atomically(tmp_path / "a" / "b" / "note.txt", lambda to: to.write_text("new"))
    assert path.read_text() == "new"
    assert [p.name for p in path.parent.iterdir()] == ["note.txt"]


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        path = write_atomically(tmp_path / "note.txt", lambda to: to.write_text("new"))
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640


def test_the_temporary_file_keeps_the_suffix_and_the_folder(tmp_path: Path) -> None:
    seen: list[Path] = []

    def write(to: Path) -> None:
        seen.append(to)
        to.write_bytes(b"x")

    write_atomically(tmp_path / "picture.png", write)
    assert seen[0].suffix == ".png"
    assert seen[0].parent == tmp_path


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text("old")
    with pytest.raises(PasserbyError, match=r"scores.json: No space left.*free some space"):
        write_atomically(path, full_disk)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files of this process may not pass 64 bytes: a real refusal by the system."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("small_disk")
@pytest.mark.parametrize(
    "write",
    [lambda to: to.write_bytes(b"x" * 1000), lambda to: save_file({"w": torch.ones(1000)}, to)],
    ids=["bytes", "safetensors"],
)
def test_a_disk_that_fills_while_writing(tmp_path: Path, write: Callable[[Path], object]) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(b"old")
    with pytest.raises(PasserbyError, match=r"File too large.*free some space"):
        write_atomically(path, write)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text("old")

    def interrupted(to: Path) -> None:
        to.write_text("half of")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, interrupted)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_place_of_the_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file")
    with pytest.raises(PasserbyError, match=r"run/note\.txt"):
        write_atomically(tmp_path / "run" / "note.txt", lambda to: to.write_text("x"))
