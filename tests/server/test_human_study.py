import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.pipelines.small_study import small_study

from passerby.core.errors import PasserbyError
from passerby.pipelines.human_study_answers import answers, in_order
from passerby.server.human_study import human_study_app

KEY = "a-key-that-nobody-guesses"
HERE = "http://127.0.0.1:8765"


class Fields(HTMLParser):
    """The inputs of a page, (name, value) each, and its pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inputs: list[tuple[str | None, str | None]] = []
        self.pictures: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input":
            self.inputs.append((given.get("name"), given.get("value")))
        elif tag == "img":
            self.pictures.append(given["src"] or "")
            assert given["alt"]


def browser(folder: Path, name: str = "", key: str = KEY) -> TestClient:
    """A browser that has opened the address, and given a name where there is one."""
    client = TestClient(human_study_app(folder, KEY), base_url=HERE)
    assert client.get(f"/?key={key}").status_code == 200
    if name:
        shown = client.post("/start", data={"name": name})
        assert shown.url.path == "/question", shown.text
    return client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_study(tmp_path)
    return tmp_path


def test_from_the_name_to_the_thanks(folder: Path) -> None:
    study = small_study(folder / "other")
    client = browser(folder / "other", "Ada")
    for place, question in enumerate(in_order(study, "Ada"), start=1):
        page = client.get("/question").text
        assert f"{place} of 3" in page
        fields = Fields(page)
        assert ("question", question.id) in fields.inputs
        assert [value for name, value in fields.inputs if name == "chosen"] == list(
            question.candidates
        )
        for picture in fields.pictures:
            assert client.get(picture).content.startswith(b"\xff\xd8")
        chosen = question.candidates[place - 1]
        sent = {"question": question.id, "chosen": chosen, "seconds": "2.5"}
        after = client.post("/answer", data=sent)
        assert after.status_code == 200
    assert "Thank you, Ada" in after.text
    given = answers(folder / "other", "Ada")
    assert [answer.chosen for answer in given.values()] == [
        question.candidates[place] for place, question in enumerate(in_order(study, "Ada"))
    ]
    assert {answer.seconds for answer in given.values()} == {2.5}
    views = [json.loads(line) for line in (folder / "other" / "access.log").open()]
    assert {view["annotator"] for view in views} == {"Ada"}
    assert [v["question"] for v in views][::2] == [q.id for q in in_order(study, "Ada")]


def test_nothing_that_is_served_gives_an_answer_away(folder: Path) -> None:
    client = browser(folder, "Ada")
    served = client.get("/").text + client.get("/question").text
    for asset in re.findall(r'(?:href|src)="(/static/[^"]*)"', served):
        served += client.get(asset).text
    solution = json.loads((folder / "solution.json").read_text())
    for secret in ("market1501", "secret/", "toy", solution["model_hash"] * 4, str(folder)):
        assert secret not in served
    # The page of a question is the same whatever is right.
    page = client.get("/question").text
    for truth in solution["truths"].values():
        truth["right"], truth["model"]["right"] = [], not truth["model"]["right"]
    (folder / "solution.json").write_text(json.dumps(solution))
    assert client.get("/question").text == page
    (folder / "solution.json").unlink()
    assert client.get("/question").text == page


def test_an_answer_is_taken_back(folder: Path) -> None:
    client = browser(folder, "Ada")
    first, second, _ = in_order(small_study(folder / "x"), "Ada")
    client.post("/answer", data={"question": first.id, "chosen": first.candidates[0]})
    page = client.post("/undo", data={"question": first.id})
    assert "1 of 3" in page.text
    assert answers(folder, "Ada") == {}
    client.post("/answer", data={"question": first.id, "chosen": first.candidates[1]})
    assert answers(folder, "Ada")[first.id].chosen == first.candidates[1]
    assert answers(folder, "Ada")[first.id].seconds is None
    client.post("/answer", data={"question": second.id, "chosen": second.candidates[1]})
    refused = client.post("/undo", data={"question": first.id})
    assert (refused.status_code, "Only the last answer" in refused.text) == (409, True)
    assert len(answers(folder, "Ada")) == 2


def test_another_answer_to_the_same_question_is_refused(folder: Path) -> None:
    client = browser(folder, "Ada")
    first, _, third = in_order(small_study(folder / "x"), "Ada")
    sent = {"question": first.id, "chosen": first.candidates[0]}
    assert client.post("/answer", data=sent).status_code == 200
    assert client.post("/answer", data=sent).status_code == 200
    refused = client.post("/answer", data={**sent, "chosen": first.candidates[1]})
    assert (refused.status_code, "has an answer already" in refused.text) == (409, True)
    refused = client.post("/answer", data={"question": third.id, "chosen": third.candidates[0]})
    assert refused.status_code == 409
    assert {q: a.chosen for q, a in answers(folder, "Ada").items()} == {
        first.id: first.candidates[0]
    }


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"question": "", "chosen": "0a.jpg"}, "missing"),
        ({"question": "q0"}, "missing"),
        ({"question": "q0", "chosen": "1a.jpg"}, "not one of those"),
        ({"question": "q0", "chosen": "../solution.json"}, "not one of those"),
        ({"question": "q9", "chosen": "0a.jpg"}, "no such question"),
        ({"question": "q0", "chosen": "0a.jpg", "seconds": "soon"}, "no time"),
        ({"question": "q0", "chosen": "0a.jpg", "seconds": "-1"}, "no time"),
        ({"question": "q0", "chosen": "0a.jpg", "seconds": "nan"}, "no time"),
        ({"question": "q0", "chosen": ["0a.jpg", "0b.jpg"]}, "more than once"),
    ],
)
def test_answers_that_make_no_sense(sent: dict, words: str, folder: Path) -> None:
    refused = browser(folder, "Ada").post("/answer", data=sent)
    assert (refused.status_code, words in refused.text) == (400, True)
    assert answers(folder, "Ada") == {}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"question": "q0"}', "application/json", 415),
        (b"a" * 5000, "application/x-www-form-urlencoded", 413),
        (b"&&==%%", "application/x-www-form-urlencoded", 400),
        (b"chosen=%ff%fe&question=q0", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"f%d=1" % n for n in range(20)), "application/x-www-form-urlencoded", 400),
    ],
)
def test_forms_that_are_none(content: bytes, kind: str, status: int, folder: Path) -> None:
    client = browser(folder, "Ada")
    for place in ("/answer", "/undo", "/start"):
        got = client.post(place, content=content, headers={"content-type": kind})
        assert got.status_code == status
        assert "That did not work" in got.text


@pytest.mark.parametrize("name", ["", "../Ada", "a/b", "x" * 41, "<script>"])
def test_names_that_are_none(name: str, folder: Path) -> None:
    got = browser(folder).post("/start", data={"name": name})
    assert (got.status_code, 'role="alert"' in got.text) == (400, True)
    assert "<script>" not in got.text
    assert list((folder / "answers").iterdir()) == []


def test_a_name_in_use_is_asked_about(folder: Path) -> None:
    ada = browser(folder, "Ada")
    first = in_order(small_study(folder / "x"), "Ada")[0]
    ada.post("/answer", data={"question": first.id, "chosen": first.candidates[0]})
    other = browser(folder)
    asked = other.post("/start", data={"name": "ADA"})
    assert (asked.url.path, "Are you the same Ada?" in asked.text) == ("/start", True)
    assert other.get("/question").url.path == "/"
    again = other.post("/start", data={"name": "Ada", "again": "yes"})
    assert "2 of 3" in again.text
    # Her own browser knows her.
    assert ada.post("/start", data={"name": "ada"}).url.path == "/question"


def test_without_a_name_nothing_can_be_answered(folder: Path) -> None:
    client = browser(folder)
    assert client.get("/question").url.path == "/"
    got = client.post("/answer", data={"question": "q0", "chosen": "0a.jpg"})
    assert (got.status_code, "who you are" in got.text) == (409, True)
    client.cookies.set("passerby_name_small", "..%2F..%2Fetc")
    assert client.get("/question").url.path == "/"


@pytest.mark.parametrize(
    "place",
    [
        "/pictures/solution.json", "/pictures/../solution.json", "/pictures/..%2fsolution.json",
        "/pictures/%2e%2e%2fsolution.json", "/pictures/....//solution.json", "/solution.json",
        "/pictures/", "/pictures/0a.jpg%00.png", "/static/..%2fguard.py", "/static/question.html",
        "/answers/Ada.jsonl", "/docs", "/openapi.json", "/pictures/..%5csolution.json",
    ],
)  # fmt: skip
def test_there_is_no_other_file(place: str, folder: Path) -> None:
    got = browser(folder).get(place)
    assert (got.status_code, "There is no such" in got.text) == (404, True)


def test_other_methods_and_lost_pictures(folder: Path) -> None:
    client = browser(folder, "Ada")
    assert client.get("/answer").status_code == 405
    assert client.delete("/question").status_code == 405
    (folder / "pictures" / "0a.jpg").unlink()
    assert client.get("/pictures/0a.jpg").status_code == 404


def test_damaged_answers_are_said_in_words(folder: Path) -> None:
    client = browser(folder, "Ada")
    (folder / "answers" / "Ada.jsonl").write_text("nonsense\n")
    got = client.get("/question")
    assert (got.status_code, "is damaged" in got.text) == (500, True)


def test_a_folder_without_a_study(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="no human study"):
        human_study_app(tmp_path, KEY)
