"""A real browser answers a study that a real process serves."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.pipelines.small_study import right_choice, small_study

from passerby.pipelines.human_study_answers import answers, in_order
from passerby.pipelines.human_study_folder import Study
from passerby.pipelines.human_study_score import score_study

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a study that another process serves, and that process."""
    command = [sys.executable, "-m", "passerby", "human-study", "serve", str(folder), *options]
    with subprocess.Popen(
        [*command, "--port", "0"], stdout=subprocess.PIPE, text=True,
        # Ctrl-C is heard even where whoever started the tests ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip(), server
        finally:
            server.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator:
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    if CHROMIUM is None:
        pytest.skip("there is no chromium here: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield opened
        opened.close()


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return small_study(tmp_path, questions=5, candidates=12)


def choose(page, number: int, by: str) -> None:
    """Choose the candidate of that number and confirm."""
    from playwright.sync_api import expect

    expect(page.locator("#confirm")).to_have_text("Choose a picture")
    if by == "mouse":
        page.get_by_alt_text(f"Picture {number}", exact=True).click()
    elif by == "digits":
        page.keyboard.type(str(number))
    else:
        page.keyboard.press("ArrowRight")  # the first
        for _ in range(number - 1):
            page.keyboard.press("ArrowRight")
    expect(page.locator("#confirm")).to_have_text(f"Confirm picture {number}")
    expect(page.locator("#status")).to_have_text(f"Picture {number} of 12 chosen")
    if by == "mouse":
        page.get_by_role("button", name="Confirm").click()
    else:
        page.keyboard.press("Enter")


def test_an_annotator_answers_everything(browser, study: Study, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    order = in_order(study, "Ada")
    numbers = [q.candidates.index(right_choice(study, q.id)) + 1 for q in order]
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    trouble: list[str] = []
    elsewhere: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda sent: elsewhere.append(sent.url))
    with served(tmp_path) as (address, _):
        page.goto(address)
        assert "key" not in page.url
        page.get_by_label("Your name").fill("Ada")
        page.keyboard.press("Enter")
        place = page.locator("#place")

        expect(place).to_have_text("1 of 5")
        choose(page, numbers[0], "mouse")
        expect(place).to_have_text("2 of 5")
        page.reload()
        expect(place).to_have_text("2 of 5")
        choose(page, numbers[1], "digits")
        expect(place).to_have_text("3 of 5")

        choose(page, 12 if numbers[2] != 12 else 11, "arrows")  # a slip
        expect(place).to_have_text("4 of 5")
        page.get_by_role("button", name="Undo last answer").click()
        expect(place).to_have_text("3 of 5")
        choose(page, numbers[2], "arrows")

        expect(place).to_have_text("4 of 5")
        page.get_by_role("button", name="Confirm").or_(
            page.get_by_role("button", name="Choose a picture")
        ).click()  # nothing is chosen: the browser asks for it
        expect(place).to_have_text("4 of 5")
        choose(page, numbers[3], "digits")
        expect(place).to_have_text("5 of 5")
        wrong = numbers[4] % 12 + 1
        choose(page, wrong, "digits")
        expect(page.get_by_role("heading", name="Thank you, Ada")).to_be_visible()
    host = re.match(r"http://127\.0\.0\.1:\d+/", address)
    assert host is not None
    assert [url for url in elsewhere if not url.startswith(host[0])] == []
    assert trouble == []
    scores = score_study(tmp_path)
    assert (scores.annotators[0].answered, scores.annotators[0].rank1) == (5, 0.8)
    assert scores.model.rank1 == 0.6
    seconds = [answer.seconds for answer in answers(tmp_path, "Ada").values()]
    assert all(spent is not None and 0 < spent < 60 for spent in seconds)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("candidates", [10, 50])
def test_a_phone_shows_it_all(browser, scheme: str, candidates: int, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    small_study(tmp_path, questions=1, candidates=candidates)
    page = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True, is_mobile=True
    ).new_page()
    with served(tmp_path) as (address, _):
        page.goto(address)
        page.get_by_label("Your name").fill("Ben")
        page.get_by_role("button", name="Begin").tap()
        page.get_by_alt_text(f"Picture {candidates}", exact=True).tap()
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
        # Whatever is scrolled to, the person and the button stay in sight.
        for there in (page.get_by_alt_text("The person to find"), page.locator("#confirm")):
            expect(there).to_be_in_viewport(ratio=0.9)
        expect(page.locator("input:checked")).to_have_count(1)
        page.locator("#confirm").tap()
        expect(page.get_by_role("heading", name="Thank you, Ben")).to_be_visible()


def test_pages_work_without_scripts(browser, study: Study, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    first = in_order(study, "Cem")[0]
    page = browser.new_context(java_script_enabled=False).new_page()
    with served(tmp_path) as (address, _):
        page.goto(address)
        page.get_by_label("Your name").fill("Cem")
        page.get_by_role("button", name="Begin").click()
        page.get_by_alt_text("Picture 3", exact=True).click()
        page.get_by_role("button", name="Confirm").click()
        expect(page.locator("#place")).to_have_text("2 of 5")
    given = answers(tmp_path, "Cem")
    assert (given[first.id].chosen, given[first.id].seconds) == (first.candidates[2], None)


def test_a_killed_server_loses_nothing(study: Study, tmp_path: Path) -> None:
    import httpx

    kept = ("--key_file", str(tmp_path / "key"))
    first, second, *_ = in_order(study, "Ada")
    client = httpx.Client(follow_redirects=True)
    with client, served(tmp_path, *kept) as (address, server):
        client.get(address)
        base = address.split("?")[0]
        client.post(f"{base}start", data={"name": "Ada"})
        sent = {"question": first.id, "chosen": first.candidates[4]}
        assert "2 of 5" in client.post(f"{base}answer", data=sent).text
        server.send_signal(signal.SIGKILL)
        server.wait()
    client = httpx.Client(follow_redirects=True, cookies=dict(client.cookies))
    with client, served(tmp_path, *kept) as (address, server):
        page = client.get(f"{address.split('?')[0]}question").text  # the key is the same
        assert "2 of 5" in page
        assert second.id in page
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 130
    line = json.loads((tmp_path / "answers" / "Ada.jsonl").read_text())
    assert (line["question"], line["chosen"]) == (first.id, first.candidates[4])
