"""Writing that can be interrupted."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.jobs import run_jobs


@dataclass(frozen=True)
class Note:
    """Writes its own name."""

    path: Path

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.path.name)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_only_what_is_missing_is_done(tmp_path: Path) -> None:
    jobs = [Note(tmp_path / "a" / f"{n}.txt") for n in range(5)]
    assert run_jobs(jobs, "notes", tmp_path, 1) == 5
    jobs[2].path.unlink()
    jobs[3].path.write_text("as it was")
    assert run_jobs(jobs, "notes", tmp_path, 1) == 1
    assert jobs[2].path.read_text() == "2.txt"
    assert jobs[3].path.read_text() == "as it was"


def test_halves_of_files_are_cleared_away(tmp_path: Path) -> None:
    for half in (tmp_path / ".0-0123abcd.txt", tmp_path / "truth" / "deep" / ".a.b-0123abcd.json"):
        half.parent.mkdir(parents=True, exist_ok=True)
        half.write_text("hal")
    (tmp_path / ".keep").touch()
    run_jobs([Note(tmp_path / "0.txt")], "notes", tmp_path, 1)
    assert sorted(files(tmp_path)) == [".keep", "0.txt"]


def test_no_workers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="workers is 0; choose 1"):
        run_jobs([Note(tmp_path / "a.txt")], "notes", tmp_path, 0)


def test_rendering_processes_go_with_the_one_that_asked(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    code = (
        "import sys, time; from pathlib import Path\n"
        "from passerby.data.synthetic.jobs import rendering_processes\n"
        "if __name__ == '__main__':\n"
        "    with rendering_processes(1) as pool:\n"
        "        pool.submit(Path(sys.argv[1]).touch).result()\n"
        "        pool.submit(time.sleep, 600).result()\n"
    )
    script = tmp_path / "ask.py"
    script.write_text(code)
    process = subprocess.Popen(
        [sys.executable, str(script), str(begun)], start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_until(begun.exists, 60)
    assert len(workers_of(process.pid)) >= 2  # itself and the one that sleeps
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_until(lambda: not workers_of(process.pid), 20)


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    asked = {
        "people": 6, "test-people": 4, "cameras": 2, "shots": 4, "height": 64, "width": 32,
        "junk": 5, "distractors": 5, "workers": 2,
    }  # fmt: skip
    options = ["street:4", "--truth", *(f"--{name}={value}" for name, value in asked.items())]
    options.append("--out")
    command = [sys.executable, "-m", "passerby", "data", "render", *options]
    subprocess.run([*command, str(tmp_path / "whole")], check=True, capture_output=True)
    broken = tmp_path / "broken"
    process = subprocess.Popen(
        [*command, str(broken)], start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(list(broken.glob("bounding_box_train/*.jpg"))) < 10:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_until(lambda: not workers_of(process.pid), 20)  # they see that nobody asks any more
    stopped = files(broken)
    assert len(stopped) < len(files(tmp_path / "whole"))
    assert "sheet.jpg" not in stopped
    subprocess.run([*command, str(broken)], check=True, capture_output=True)
    assert files(broken) == files(tmp_path / "whole")


def workers_of(session: int) -> list[str]:
    """Processes that are left of a session."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,stat=", "-g", str(session)], capture_output=True, text=True
    )
    return [line for line in listed.stdout.splitlines() if " Z" not in line]


def wait_until(true: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)
