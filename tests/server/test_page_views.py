"""People, cameras, jobs and the admin's views in a real browser, in the light and in the dark."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.server.page_browser import chromium, shots_folder, visit
from tests.server.page_town import PageTown, served, street
from tests.server.town import encoded

from passerby.core.errors import PasserbyError
from passerby.data.mp4 import write_mp4
from passerby.gallery.filter import Filter
from passerby.gallery.jobs import Jobs
from passerby.pipelines.ingest_plan import CameraProgress, Progress
from passerby.server import ingest_worker
from passerby.server.ingest_worker import Sources, work

VIEWS = ("search", "people", "people/suggestions", "cameras", "jobs", "admin", "admin/keys")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shots_folder(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    write_mp4(folder / "gate.mp4", [np.full((48, 64, 3), 9 * n, np.uint8) for n in range(12)], 4)
    return folder


@pytest.fixture(scope="module")
def town(browser: Any, videos: Path) -> Iterator[PageTown]:
    with served(videos=videos, streams={"entrance": "rtsp://10.0.0.7/live"}) as town:
        town.know(0, "Ann Example", consent="given", note="Works at the reception.")
        town.know(1, "Bob Example", consent="refused")
        for number in (2, 3):
            town.know(number, "")
        yield town


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)]
)
def test_every_view_fits_and_has_names(
    browser: Any, town: PageTown, shots: Path, scheme: str, width: int
) -> None:
    from playwright.sync_api import expect

    phone = {"has_touch": True, "is_mobile": True} if width < 500 else {}
    size = {"width": width, "height": 860 if width > 500 else 740}
    with visit(browser, town, shots, viewport=size, color_scheme=scheme, **phone) as it:
        page = it.page
        it.sign_in()
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(246, 247, 249)") == (scheme == "light")
        for view in VIEWS:
            page.goto(f"{town.address}#/{view}")
            expect(page.locator("[aria-busy]")).to_have_count(0)
            it.shot(f"{view.replace('/', '-')}-{scheme}-{width}")
        page.goto(f"{town.address}#/search")
        it.drop(encoded(street()[0], "PNG"))
        page.get_by_role("button", name="Person 1 of 3").click()
        expect(page.locator("article.result")).to_have_count(20)  # of 26: six refused
        page.locator("article.result").nth(1).get_by_role("button", name="Confirm").click()
        expect(page.locator("article.confirmed")).to_have_count(1)
        it.shot(f"results-{scheme}-{width}")
        page.locator("article.result").nth(1).get_by_role("button", name="Compare").click()
        expect(page.locator("dialog .looks img")).to_have_count(4)
        it.shot(f"compare-{scheme}-{width}")
        page.keyboard.press("Escape")
        page.goto(f"{town.address}#/people")
        page.get_by_role("link", name="Ann Example").click()
        expect(page.locator("rect.visit")).to_have_count(6)
        it.shot(f"person-{scheme}-{width}")


def test_the_theme_that_was_chosen_is_kept(browser: Any, town: PageTown, shots: Path) -> None:
    with visit(browser, town, shots, color_scheme="light") as it:
        it.sign_in("viewer")
        paper = "getComputedStyle(document.body).backgroundColor"
        it.page.get_by_role("button", name="Colours: as the system").click()
        it.page.get_by_role("button", name="Colours: light").click()
        dark = it.page.evaluate(paper)
        assert dark != "rgb(246, 247, 249)"
        it.page.reload()
        it.page.wait_for_selector("#theme")
        assert it.page.evaluate(paper) == dark


def test_a_person_is_looked_at_changed_split_and_forgotten(
    browser: Any, town: PageTown, shots: Path
) -> None:
    from playwright.sync_api import expect

    with visit(browser, town, shots) as it:
        page = it.page
        person = town.know(4, "Eve Example")
        it.sign_in()
        page.goto(f"{town.address}#/people/{person.id}")
        bars = page.locator("rect.visit")
        expect(bars).to_have_count(3)
        bars.first.focus()
        page.keyboard.press("ArrowRight")
        expect(bars.nth(1)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".visit-item").nth(1)).to_be_focused()
        page.get_by_role("button", name="Change").click()
        page.get_by_label("Note").fill("Came once.")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".person-note")).to_have_text("Came once.")
        page.get_by_role("checkbox", name="Choose yard").check()
        page.get_by_role("button", name="They show nobody").click()
        expect(bars).to_have_count(2)
        page.get_by_role("button", name="Forget … Eve Example").click()
        it.shot("forget-first")
        page.get_by_label("Rewrite").uncheck()
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Forget for good").click()
        expect(page.get_by_text("That is not “Eve Example”")).to_be_visible()
        page.get_by_label("Type").fill("Eve Example")
        page.get_by_role("button", name="Forget for good").click()
        expect(page.locator(".proof .fine")).to_be_visible()
        it.shot("forget-proof")
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("People")
        expect(page.get_by_text("Eve Example")).to_have_count(0)
        assert person.id not in {one.id for one in town.gallery.people()}


def confirm_forgetting(page: Any, word: str, wrong: str) -> None:
    """Go through the dialog that forgets: a wrong word is refused, the right one taken."""
    from playwright.sync_api import expect

    page.get_by_label("Rewrite").uncheck()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Type").fill(wrong)
    page.get_by_role("button", name="Forget for good").click()
    expect(page.get_by_text(f"That is not “{word}”")).to_be_visible()
    page.get_by_label("Type").fill(word)
    page.keyboard.press("Enter")  # no form: only the button forgets
    page.get_by_role("button", name="Forget for good").click()
    expect(page.locator(".proof .fine")).to_be_visible()


def test_tracklets_and_recordings_are_forgotten(browser: Any, shots: Path) -> None:
    """By an admin: a tracklet out of a search, one out of a timeline, and a whole recording."""
    from playwright.sync_api import expect

    with served() as own, visit(browser, own, shots) as it:
        page, person = it.page, own.know(2, "Cat Example")
        it.sign_in()
        it.drop(encoded(street()[0], "PNG"))
        page.get_by_role("button", name="Person 2 of 3").click()
        cards = page.locator("article.result")
        expect(cards).to_have_count(24)
        first, other = it.ids()[0], it.ids()[1]
        page.locator(f'[data-id="{other}"]').get_by_role("button", name="Confirm").click()
        expect(page.locator("article.confirmed")).to_have_count(1)
        camera = own.gallery.entry(first).camera
        page.locator(f'[data-id="{first}"]').get_by_role("button", name="Compare").click()
        page.get_by_role("button", name="Forget this tracklet").click()
        expect(page.locator("dialog")).to_have_count(1)
        expect(page.locator("dialog .film img")).to_have_count(4)
        it.shot("forget-tracklet")
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(f'[data-id="{first}"]')).to_have_count(1)
        page.locator(f'[data-id="{first}"]').get_by_role("button", name="Compare").click()
        page.get_by_role("button", name="Forget this tracklet").click()
        confirm_forgetting(page, camera, "elsewhere")
        it.shot("forget-tracklet-proof")
        page.get_by_role("button", name="Done").click()
        expect(page.locator(f'[data-id="{first}"]')).to_have_count(0)
        expect(page.locator(".summary")).to_contain_text("25 tracklets ranked")
        expect(page.locator("article.confirmed")).to_have_attribute("data-id", other)
        with pytest.raises(PasserbyError, match="no tracklet"):
            own.gallery.entry(first)

        page.goto(f"{own.address}#/people/{person.id}")
        visits = page.locator(".visit-item")
        expect(visits).to_have_count(3)
        it.shot("person-of-an-admin")
        visits.nth(1).get_by_role("button", name="Forget").click()
        confirm_forgetting(page, "hall", "Cat Example")
        page.get_by_role("button", name="Done").click()
        expect(visits).to_have_count(2)
        assert [one.name for one in own.gallery.people()] == ["Cat Example"]

        page.goto(f"{own.address}#/cameras")
        page.get_by_role("button", name="Forget … recording yard-0.mp4, camera yard").click()
        held = own.gallery.entries(Filter(recordings=(f"{2:016x}",)))
        known = {entry.person for entry in held} - {""}
        assert known == {person.id}
        count = page.locator("dialog .count")
        expect(count).to_contain_text(f"{len(held)} tracklets will be gone.")
        expect(count).to_contain_text("They show 1 known person; people stay listed")
        expect(page.get_by_role("button", name="Go on")).to_be_enabled()
        it.shot("forget-recording")
        confirm_forgetting(page, "yard-0.mp4", "yard-1.mp4")
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_role("row", name="yard-0.mp4")).to_have_count(0)
        expect(page.get_by_role("row", name="yard-1.mp4")).to_have_count(1)
        it.shot("recordings-of-an-admin")
        assert f"{2:016x}" not in {one.id for one in own.gallery.recordings()}
        page.goto(f"{own.address}#/admin")
        expect(page.locator("tbody")).to_contain_text("forgotten")


def test_only_admins_are_offered_to_forget(browser: Any, town: PageTown, shots: Path) -> None:
    from playwright.sync_api import expect

    with visit(browser, town, shots) as it:
        it.sign_in("operator")
        it.page.goto(f"{town.address}#/cameras")
        expect(it.page.get_by_role("row", name="door-0.mp4")).to_have_count(1)
        expect(it.page.get_by_role("button", name="Forget")).to_have_count(0)
        person = next(one for one in town.gallery.people() if one.name == "Ann Example")
        it.page.goto(f"{town.address}#/people/{person.id}")
        expect(it.page.locator(".visit-item")).to_have_count(6)
        expect(it.page.get_by_role("button", name="Forget")).to_have_count(0)


def test_two_are_merged(browser: Any, town: PageTown, shots: Path) -> None:
    from playwright.sync_api import expect

    first, second = (town.gallery.add_person(name) for name in ("Zoe One", "Zoe Two"))
    with visit(browser, town, shots) as it:
        it.sign_in("operator")
        it.page.goto(f"{town.address}#/people")
        for name in ("Zoe One", "Zoe Two"):
            it.page.get_by_role("checkbox", name=f"Choose {name}").check()
        it.page.get_by_role("button", name="Merge 2 people").click()
        it.page.get_by_role("radio", name="Zoe Two").check()
        it.shot("merge")
        it.page.get_by_role("button", name="Merge", exact=True).click()
        expect(it.page.get_by_role("heading", level=1)).to_have_text("Zoe Two")
    held = {one.id for one in town.gallery.people()}
    assert second.id in held
    assert first.id not in held


def test_a_video_is_taken_in_and_its_progress_is_seen(
    browser: Any, town: PageTown, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playwright.sync_api import expect

    monkeypatch.setattr(ingest_worker, "_TOLD", 0.0)
    on, over = threading.Event(), threading.Event()

    def take(sources: Sources, job: Any, tell: Any, stopped: Any) -> Any:
        tell(Progress((CameraProgress("gate", "gate.mp4", "running", 6, 12),)))
        while not on.wait(0.05):
            if stopped():
                return None
            tell(Progress((CameraProgress("gate", "gate.mp4", "running", 6, 12),)))
        return [{"tracklets": 3}]

    jobs = Jobs(town.gallery.database)  # pyright: ignore[reportAttributeAccessIssue]
    worker = threading.Thread(
        target=work, args=(jobs, Sources(town.url, "none"), "w", over.is_set, take), daemon=True
    )
    worker.start()
    try:
        with visit(browser, town, shots) as it:
            page = it.page
            it.sign_in("operator")
            page.goto(f"{town.address}#/jobs")
            page.get_by_role("button", name="Take it in").click()
            expect(page.get_by_text("Say which camera saw it")).to_be_visible()
            page.get_by_label("Camera", exact=True).fill("gate")
            page.get_by_role("button", name="Take it in").click()
            expect(page.locator(".job").first).to_contain_text("50 %")
            it.shot("job-runs")
            page.get_by_role("button", name="Cancel gate.mp4").click()
            expect(page.locator(".job").first).to_contain_text("Cancelled")
            page.get_by_role("button", name="Take it in").click()
            expect(page.locator(".job").first).to_contain_text("50 %")
            on.set()
            expect(page.locator(".job").first).to_contain_text("3 tracklets")
            expect(page.locator(".job")).to_have_count(2)
            it.shot("jobs-done")
    finally:
        on.set()
        over.set()
        worker.join(20)


def test_keys_cameras_and_the_audit_log(browser: Any, town: PageTown, shots: Path) -> None:
    from playwright.sync_api import expect

    with visit(browser, town, shots) as it:
        page = it.page
        it.sign_in()
        page.goto(f"{town.address}#/admin/keys")
        page.get_by_role("button", name="Make a key").click()
        page.get_by_label("Name", exact=True).fill("reception")
        page.get_by_role("button", name="Make it").click()
        secret = page.get_by_label("Secret").input_value()
        assert town.service.keys.check(secret) is not None
        page.get_by_role("button", name="I have it").click()
        page.get_by_role("button", name="Revoke reception").click()
        page.get_by_role("button", name="Revoke", exact=True).click()
        expect(page.get_by_role("row", name="reception")).to_contain_text("Revoked")
        assert secret not in page.content()
        page.goto(f"{town.address}#/cameras")
        page.get_by_role("button", name="Change … camera hall").click()
        page.get_by_label("Zone").fill("inside")
        page.get_by_label("Keep what it saw").fill("9000")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".camera-list")).to_contain_text("Kept for 9,000 days")
        page.goto(f"{town.address}#/admin")
        expect(page.locator("tbody")).to_contain_text("revoke key")


def test_suggestions_are_looked_at_and_decided(browser: Any, shots: Path) -> None:
    from playwright.sync_api import expect

    first, again = f"{0:016x}", f"{10:016x}"  # the door on both days
    with served() as own:
        people = [own.gallery.add_person(name) for name in ("Ann One", "Ann Two", "Cat Example")]
        shown = (f"{first}/0", f"{again}/0", f"{first}/1")
        for person, tracklet in zip(people, shown, strict=True):
            own.gallery.assign([tracklet], person.id)
        with visit(browser, own, shots) as it:
            it.sign_in("operator")
            it.page.goto(f"{own.address}#/people/suggestions")
            cards = it.page.locator(".suggestion")
            merge = cards.filter(has_text="Are they the same person?").first
            add = cards.filter(has=it.page.get_by_text("Does this show Cat Example?")).first
            expect(merge).to_contain_text("Ann Two")
            expect(merge.locator("img")).to_have_count(2)
            it.page.wait_for_timeout(500)  # its pictures
            it.shot("suggestions")
            add.get_by_role("button", name="Yes: add").click()
            expect(it.page.get_by_text("✓ Added to Cat Example")).to_be_visible()
            merge.get_by_role("button", name="No: two people").click()
            expect(it.page.get_by_text("✓ Kept apart")).to_be_visible()
            it.page.reload()
            expect(it.page.get_by_text("Are they the same person?")).to_have_count(0)
        verdicts = {(one.tracklet, one.person, one.same) for one in own.gallery.verdicts()}
    assert (f"{again}/1", people[2].id, True) in verdicts
    assert [same for _, _, same in verdicts if not same] == [False]
