"""A real browser searches, judges, names and forgets on the page of a real service."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.page_browser import chromium, shots_folder, visit
from tests.server.page_town import PageTown, picture, served, street
from tests.server.town import encoded

NASTY = "<img src=x onerror=\"document.title='owned'\"><b>Bobby</b>"
STREET = "PNG"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shots_folder(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def shared(browser: Any) -> Iterator[PageTown]:
    with served() as town:
        town.know(0, "Ann Example", consent="given", note="Works at the reception.")
        town.know(1, NASTY)
        yield town


def test_signing_in_with_a_wrong_key_and_a_right_one(
    browser: Any, shared: PageTown, shots: Path
) -> None:
    from playwright.sync_api import expect

    with visit(browser, shared, shots) as it:
        it.page.goto(shared.address)
        it.shot("sign-in")
        it.page.get_by_label("Access key").fill("passerby_wrong")
        it.page.keyboard.press("Enter")
        expect(it.page.get_by_role("alert")).to_contain_text("unknown")
        assert [words for words in it.trouble if "401" not in words] == []
        it.trouble.clear()  # browsers note every refusal
        it.page.get_by_label("Access key").fill(shared.secrets["operator"])
        it.page.keyboard.press("Enter")
        expect(it.page.get_by_role("navigation")).to_contain_text("Jobs")
        it.page.reload()
        expect(it.page.get_by_text("the operator")).to_be_visible()
        it.page.goto(shared.signed("viewer"))  # the printed address, where the page is open
        expect(it.page.get_by_text("the viewer")).to_be_visible()
        assert "key" not in it.page.url
        it.page.goto(f"{shared.address}#/people/%ff")
        expect(it.page.locator(".failed")).to_be_visible()
        it.trouble.clear()
        it.page.get_by_role("button", name="Sign out").click()
        expect(it.page.get_by_label("Access key")).to_be_visible()


def test_a_search_from_a_frame_to_a_person(browser: Any, shots: Path) -> None:
    """Drop a frame, click somebody, judge, compare, keep as somebody new, and see the timeline."""
    from playwright.sync_api import expect

    with served() as town, visit(browser, town, shots) as it:
        page = it.page
        it.sign_in("operator")
        assert "key" not in page.url
        it.shot("search-begins")
        it.drop(encoded(street()[0], STREET))
        page.get_by_role("button", name="Person 3 of 3").wait_for()
        it.shot("search-people-in-a-frame")
        page.get_by_role("button", name="Person 2 of 3").click()
        cards = page.locator("article.result")
        expect(cards).to_have_count(24)
        first = it.ids()
        assert first[0].endswith("/1")
        expect(cards.first.locator("img")).to_have_count(4)
        expect(cards.first).to_contain_text(re.compile(r"9[6-8] %"))  # of a rendered person
        page.get_by_role("button", name="Show more").click()
        expect(cards).to_have_count(26)
        it.shot("search-results")

        wrong = next(id for id in first if not id.endswith("/1"))
        right = next(id for id in first[1:] if id.endswith("/1"))
        page.locator(f'[data-id="{right}"]').get_by_role("button", name="Confirm").click()
        expect(cards.first).to_have_attribute("data-id", right)
        page.locator(f'[data-id="{wrong}"]').get_by_role("button", name="Reject").click()
        expect(page.locator(f'[data-id="{wrong}"]')).to_have_count(0)
        expect(page.locator("#live")).to_contain_text("1 confirmed, 1 rejected")
        page.get_by_text("1 rejected tracklet").click()
        it.shot("search-judged")
        page.get_by_role("button", name="Take back the rejection").click()
        expect(page.locator(f'[data-id="{wrong}"]')).to_have_count(1)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(f'[data-id="{wrong}"]')).to_have_count(0)

        page.locator(f'[data-id="{right}"]').get_by_role("button", name="Compare").click()
        expect(page.locator("dialog .looks img")).to_have_count(4)
        it.shot("compare")
        page.get_by_label("Response maps").uncheck()
        expect(page.locator("dialog .looks img")).to_have_count(2)
        page.keyboard.press("Escape")

        page.get_by_role("button", name="Keep as").click()
        page.get_by_label("Name", exact=True).fill(NASTY)
        it.shot("keep")
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.locator(".chip").first).to_have_text(NASTY)
        verdicts = {(one.tracklet, one.same) for one in town.gallery.verdicts()}
        assert verdicts == {(right, True), (wrong, False)}
        page.locator(".chip").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(NASTY)
        expect(page.locator("rect.visit")).to_have_count(1)
        assert page.title() != "owned"
        assert page.locator("h1 b").count() == 0


def test_filters_and_searching_again(browser: Any, shared: PageTown, shots: Path) -> None:
    from playwright.sync_api import expect

    with visit(browser, shared, shots) as it:
        page = it.page
        it.sign_in("viewer")
        page.wait_for_selector("#filter-people")
        it.paste(picture(4))  # a crop: the whole of it is the person
        cards = page.locator("article.result")
        expect(cards).to_have_count(24)
        assert it.ids()[0].endswith("/4")
        page.get_by_role("button", name="Only camera yard").click()
        expect(page.locator(".summary")).to_contain_text("8 tracklets")
        expect(page.locator("article .where b").first).to_have_text("yard")
        page.get_by_role("button", name="Not camera yard").click()
        expect(page.locator(".summary")).to_contain_text("18 tracklets")
        page.get_by_label("Shows").select_option("People who are known")
        expect(page.locator(".summary")).to_contain_text("8 tracklets")
        page.get_by_role("combobox", name="Only these people").fill("ann")
        page.get_by_role("option", name="Ann Example").click()
        expect(page.locator(".summary")).to_contain_text("4 tracklets")
        page.get_by_label("To", exact=True).fill("2020-01-01T00:00")
        page.keyboard.press("Tab")
        expect(page.get_by_text("none passes the filters")).to_be_visible()
        it.shot("search-nothing")
        page.get_by_role("button", name="Clear the filters").click()
        expect(cards).to_have_count(24)
        again = it.ids()[3]
        page.locator(f'[data-id="{again}"]').get_by_role("button", name="Search from").click()
        expect(page.get_by_text("Like this tracklet")).to_be_visible()
        expect(page.locator(f'[data-id="{again}"]')).to_have_count(0)
        expect(page.get_by_role("button", name="Keep as")).to_have_count(0)


def test_keys_alone_are_enough(browser: Any, shared: PageTown, shots: Path) -> None:
    from playwright.sync_api import expect

    with visit(browser, shared, shots) as it:
        page, press = it.page, it.page.keyboard.press
        # Listened for from the start: a key can be faster than the browser's learning of it.
        page.on("filechooser", lambda _: None)
        it.sign_in("operator")
        page.wait_for_selector("#choose")
        page.locator("body").press("Tab")
        expect(page.get_by_text("Skip to the content")).to_be_focused()
        press("Enter")
        expect(page.locator("main")).to_be_focused()
        press("/")
        expect(page.locator("#choose")).to_be_focused()
        with page.expect_file_chooser() as chooser:
            press("/")
        file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(3)}
        chooser.value.set_files([file])
        cards = page.locator("article.result")
        expect(cards).to_have_count(24)
        press("ArrowDown")
        expect(cards.first).to_be_focused()
        press("j")
        second = it.ids()[1]
        press("c")
        expect(page.locator("article.confirmed")).to_have_attribute("data-id", second)
        expect(page.locator("article:focus")).to_have_count(1)
        page.locator("article.confirmed").focus()
        press("ArrowDown")
        rejected = it.ids()[1]
        press("x")
        expect(page.locator(f'[data-id="{rejected}"]')).to_have_count(0)
        press("u")
        expect(page.locator(f'[data-id="{rejected}"]')).to_have_count(1)
        press("Home")
        press("Enter")
        expect(page.locator("dialog .looks img").first).to_be_visible()
        press("m")
        press("Escape")
        expect(cards.first).to_be_focused()
        press("?")
        expect(page.get_by_role("heading", name="Keys")).to_be_visible()
        it.shot("keys")
        press("Escape")
        press("g")
        press("p")
        expect(page.get_by_role("heading", level=1)).to_have_text("People")
        press("/")
        expect(page.get_by_label("Name holds")).to_be_focused()


def test_a_viewer_sees_nothing_that_only_others_may(
    browser: Any, shared: PageTown, shots: Path
) -> None:
    from playwright.sync_api import expect

    with visit(browser, shared, shots) as it:
        page = it.page
        it.sign_in("viewer")
        expect(page.locator("#top nav a")).to_have_text(["Search", "People", "Cameras"])
        page.goto(f"{shared.address}#/people")
        page.get_by_role("link", name="Ann Example").click()
        expect(page.get_by_role("button", name="Search for more")).to_be_visible()
        for name in ("Change", "Merge", "Forget", "Choose"):
            assert page.get_by_role("button", name=name).count() == 0
        page.goto(f"{shared.address}#/admin")
        expect(page.locator("main")).to_contain_text("needs the role")
        page.goto(f"{shared.address}#/cameras")
        expect(page.get_by_role("img", name=re.compile("Camera graph"))).to_be_visible()
        assert page.get_by_role("button", name="Change").count() == 0


def test_a_session_that_ends_loses_nothing(browser: Any, shared: PageTown, shots: Path) -> None:
    from playwright.sync_api import expect

    with visit(browser, shared, shots) as it:
        page = it.page
        it.sign_in("operator")
        it.drop(picture(2))
        cards = page.locator("article.result")
        expect(cards).to_have_count(24)
        page.context.clear_cookies()
        second = it.ids()[1]
        cards.nth(1).get_by_role("button", name="Confirm").click()
        page.get_by_label("Access key").fill(shared.secrets["operator"])
        it.shot("sign-in-again")
        page.keyboard.press("Enter")
        expect(page.locator("article.confirmed")).to_have_attribute("data-id", second)
        assert [words for words in it.trouble if "401" not in words] == []
        it.trouble.clear()


def test_a_busy_service_is_asked_again_and_what_is_wrong_is_said(
    browser: Any, shared: PageTown, shots: Path
) -> None:
    from playwright.sync_api import expect

    refusals = iter((429, 503))

    def busy(route: Any) -> None:
        if status := next(refusals, None):
            problem = '{"title": "Busy", "status": 503, "detail": "too much at once"}'
            route.fulfill(status=status, headers={"Retry-After": "1"}, body=problem)
        else:
            route.continue_()

    with visit(browser, shared, shots) as it:
        page = it.page
        it.sign_in("viewer")
        page.route("**/search/picture", busy)
        it.drop(picture(5))
        expect(page.get_by_text("Trying again").first).to_be_visible()
        expect(page.locator("article.result")).to_have_count(24)
        it.drop(b"no picture at all")
        expect(page.locator(".failed")).to_be_visible()
        it.shot("not-a-picture")
        it.trouble.clear()
