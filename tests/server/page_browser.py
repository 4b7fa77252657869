"""A browser for tests of the page, and what each of them looks at besides its own subject."""

import base64
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.server.page_town import PageTown

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
SLOW = 30_000  # milliseconds; a busy machine is no failure

_DROP = """(data) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "street.png", { type: "image/png" }));
  for (const kind of ["dragover", "drop"]) {
    document.querySelector(".query").dispatchEvent(
      new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""

_PASTE = """(data) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "one.jpg", { type: "image/jpeg" }));
  document.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
}"""

NAMELESS = """() => {
  const controls = "button, a[href], input, select, textarea, summary, [tabindex='0']";
  const all = (which) => [...document.querySelectorAll(which)];
  const named = (one) => one.getAttribute("aria-label") || one.labels?.length
    || document.getElementById(one.getAttribute("aria-labelledby"))
    || (!/^(INPUT|SELECT|TEXTAREA)$/.test(one.tagName) && one.textContent.trim());
  const wrong = all(controls).filter((one) => one.checkVisibility() && !named(one));
  wrong.push(...all("img:not([alt])"), ...all("[tabindex]").filter((one) => one.tabIndex > 0));
  const ids = all("[id]").map((one) => one.id);
  wrong.push(...all("[id]").filter((one, at) => ids.indexOf(one.id) < at));
  const heads = all("h1").filter((one) => one.checkVisibility()).length;
  return [...wrong.map((one) => one.outerHTML.slice(0, 120)), ...(heads === 1 ? [] : [heads])];
}"""
"""What a screen reader would stumble over."""


class Visit:
    """A page in the browser, with what it said and asked for.

    trouble:   messages in the console, and errors
    elsewhere: requests to other hosts
    """

    def __init__(self, page: Any, town: PageTown, shots: Path) -> None:
        self.page, self.town, self.shots = page, town, shots
        self.trouble: list[str] = []
        self.elsewhere: list[str] = []
        page.set_default_timeout(SLOW)
        page.on("console", lambda message: self.trouble.append(message.text))
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("request", self._asked)

    def _asked(self, sent: Any) -> None:
        if not sent.url.startswith((self.town.address, "blob:", "data:")):
            self.elsewhere.append(sent.url)

    def sign_in(self, role: str = "admin") -> None:
        """Open the address with a key in it."""
        self.page.goto(self.town.signed(role))
        self.page.wait_for_selector("#top nav")

    def drop(self, picture: bytes) -> None:
        """Drop a picture on the page."""
        self.page.wait_for_selector(".query")
        self.page.evaluate(_DROP, base64.b64encode(picture).decode())

    def paste(self, picture: bytes) -> None:
        """Paste a picture."""
        self.page.evaluate(_PASTE, base64.b64encode(picture).decode())

    def ids(self) -> list[str]:
        """Tracklets in their order."""
        return self.page.eval_on_selector_all("article.result", "all => all.map(a => a.dataset.id)")

    def shot(self, name: str) -> None:
        """Keep a screenshot; nothing may stick out sideways, or be without a name."""
        self.page.wait_for_timeout(150)
        self.page.screenshot(path=str(self.shots / f"{name}.png"))
        wide = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], name
        assert self.page.evaluate(NAMELESS) == [], name


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser; the test is skipped where there is none."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    if CHROMIUM is None:
        pytest.skip("there is no chromium here: apt-get install chromium")
    sync_api.expect.set_options(timeout=SLOW)
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield opened
        opened.close()


@contextmanager
def visit(browser: Any, town: PageTown, shots: Path, **context: Any) -> Iterator[Visit]:
    """Somebody opens the page; in the end the console must be empty, and nobody else asked."""
    settings = {"viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce", **context}
    held = browser.new_context(**settings)
    try:
        visitor = Visit(held.new_page(), town, shots)
        yield visitor
        assert visitor.trouble == []
        assert visitor.elsewhere == []
    finally:
        held.close()


def shots_folder(fallback: Path) -> Path:
    """Where screenshots are kept: PASSERBY_SCREENSHOTS, or the test's own folder."""
    folder = Path(os.environ.get("PASSERBY_SCREENSHOTS") or fallback)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
