"""The demo, small: all three journeys end to end, and its page in a real browser."""

import shutil
import subprocess
from pathlib import Path

import pytest

from passerby.core.errors import PasserbyError
from passerby.engine.checkpoint import load_checkpoint
from passerby.gallery.opening import open_gallery
from passerby.pipelines.demo import demo


@pytest.mark.slow
def test_the_demo_runs_resumes_and_its_page_needs_nothing_from_outside(tmp_path: Path) -> None:
    said: list[str] = []
    done = demo(tmp_path / "demo", people=16, epochs=1, tell=said.append)
    assert len(said) == 6
    html = done.page.read_text()
    assert 'src="http' not in html
    assert "<script" not in html
    for heading in ("A rendered world", "Learn", "Scores", "Hardest queries", "Find"):
        assert f">{heading}</h2>" in html
    _, _, before = load_checkpoint(done.run)
    with open_gallery(done.gallery) as gallery:
        held = gallery.stats()
    again = demo(tmp_path / "demo", people=16, epochs=1, tell=said.append)
    _, _, after = load_checkpoint(again.run)
    assert after == before
    with open_gallery(again.gallery) as gallery:
        assert gallery.stats() == held
    assert again.seconds["render"] < done.seconds["render"]


def test_too_few_people_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="16 at least"):
        demo(tmp_path / "demo", people=0)
    assert not (tmp_path / "demo").exists()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="apt-get install chromium to run this")
def test_a_page_opens_in_a_browser(tmp_path: Path) -> None:
    from passerby.reports.html import Section, page, table

    file = tmp_path / "page.html"
    file.write_text(page("A run", "Of a test.", [Section("Scores", table(["run"], [["first"]]))]))
    done = subprocess.run(
        [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom", file.as_uri(),
        ],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "<h1>A run</h1>" in done.stdout
    assert "Scores</h2>" in done.stdout
