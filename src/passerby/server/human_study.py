"""The page on which people answer a human study."""

import math
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, unquote

from passerby import reports
from passerby.core.errors import PasserbyError
from passerby.pipelines.human_study_answers import (
    RefusedError,
    answers,
    current,
    log_view,
    record,
    undo,
)
from passerby.pipelines.human_study_folder import Study
from passerby.pipelines.human_study_names import LONGEST_NAME, annotator_named
from passerby.server.extras import require
from passerby.server.form import field, read_form
from passerby.server.guard import COOKIE_AGE, LOOPBACK, Guard
from passerby.server.pages import pages

if TYPE_CHECKING:
    from fastapi import FastAPI

PAGES = Path(__file__).parent / "templates" / "human_study"
_ASSETS = {
    "page.css": (Path(reports.__file__).parent / "templates" / "page.css", "text/css"),
    "study.css": (PAGES / "study.css", "text/css"),
    "study.js": (PAGES / "study.js", "text/javascript"),
    "icon.svg": (PAGES / "icon.svg", "image/svg+xml"),
}
_DAY = 24 * 3600.0
_PLAIN = {404: "There is no such page.", 405: "That cannot be done here."}


def human_study_app(folder: Path, key: str, hosts: Collection[str] = LOOPBACK) -> "FastAPI":
    """The page of the study in `folder` as an ASGI app, behind a `Guard` with this key.

    What is right and what the model says is never read here, so it cannot leak.

    Raises PasserbyError when there is no study, or the extra `server` is not installed.
    """
    require("fastapi")
    from fastapi import Depends, FastAPI, HTTPException, Request, Response
    from fastapi.responses import HTMLResponse, RedirectResponse
    from starlette.exceptions import HTTPException as AnyHTTPException

    study = Study.load(folder)
    questions, pictures = {question.id: question for question in study.questions}, study.pictures
    render = pages(PAGES)
    key_cookie, name_cookie = f"passerby_key_{study.id}", f"passerby_name_{study.id}"
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, key=key, cookie=key_cookie, hosts=hosts)

    async def form(request: Request) -> dict[str, str]:
        return await read_form(request)

    def known(request: Request) -> str:
        """The annotator's name; "" for somebody who has not given one."""
        try:
            return annotator_named(folder, unquote(request.cookies.get(name_cookie, "")))
        except PasserbyError:
            return ""

    def named(request: Request) -> str:
        if not (name := known(request)):
            raise HTTPException(409, "Say who you are first.")
        return name

    def to(place: str) -> RedirectResponse:
        return RedirectResponse(place, 303)

    def start_page(status: int = 200, **values: Any) -> HTMLResponse:
        values = {"name": "", "error": "", "known": "", "answered": 0, **values}
        text = render(
            "start.html",
            total=len(study.questions),
            choices=max(len(question.candidates) for question in study.questions),
            longest=LONGEST_NAME,
            **values,
        )
        return HTMLResponse(text, status)

    @app.get("/")
    def start(request: Request) -> HTMLResponse:
        return start_page(name=known(request))

    @app.post("/start")
    def begin(request: Request, fields: Annotated[dict[str, str], Depends(form)]) -> Response:
        given = fields.get("name", "")
        try:
            name = annotator_named(folder, given)
        except PasserbyError as error:
            return start_page(400, name=given[: 2 * LONGEST_NAME], error=str(error))
        answered = len(answers(folder, name))
        if answered and known(request) != name and fields.get("again") != "yes":
            return start_page(name=name, known=name, answered=answered)
        response = to("/question")
        response.set_cookie(
            name_cookie, quote(name, safe=""), COOKIE_AGE, httponly=True, samesite="strict"
        )
        return response

    @app.get("/question")
    def question(request: Request) -> Response:
        if not (name := known(request)):
            return to("/")
        given = answers(folder, name)
        asked = current(study, name, given)
        about = {
            "name": name,
            "answered": len(given),
            "total": len(study.questions),
            "last": next(reversed(given), ""),
        }
        if asked is None:
            return HTMLResponse(render("end.html", **about))
        log_view(folder, name, asked.id)
        return HTMLResponse(render("question.html", question=asked, **about))

    @app.post("/answer")
    def answer(request: Request, fields: Annotated[dict[str, str], Depends(form)]) -> Response:
        name, asked, chosen = named(request), field(fields, "question"), field(fields, "chosen")
        if asked not in questions:
            raise HTTPException(400, "There is no such question.")
        if chosen not in questions[asked].candidates:
            raise HTTPException(400, "That picture is not one of those to choose from.")
        record(folder, study, name, asked, chosen, _seconds(fields.get("seconds", "")))
        return to("/question")

    @app.post("/undo")
    def take_back(request: Request, fields: Annotated[dict[str, str], Depends(form)]) -> Response:
        undo(folder, named(request), field(fields, "question"))
        return to("/question")

    @app.get("/pictures/{name}")
    def picture(name: str) -> Response:
        path = folder / "pictures" / name
        if name not in pictures or not path.is_file():
            raise HTTPException(404, "There is no such picture.")
        return Response(path.read_bytes(), media_type="image/jpeg")

    @app.get("/static/{name}")
    def asset(name: str) -> Response:
        if name not in _ASSETS:
            raise HTTPException(404, "There is no such file.")
        path, kind = _ASSETS[name]
        return Response(path.read_bytes(), media_type=kind)

    def message(status: int, text: str) -> HTMLResponse:
        return HTMLResponse(render("message.html", text=text, status=status), status)

    @app.exception_handler(AnyHTTPException)
    def refused(request: Request, error: AnyHTTPException) -> HTMLResponse:
        # What the framework raises itself says no more than "Not Found".
        ours = isinstance(error, HTTPException)
        text = error.detail if ours else _PLAIN.get(error.status_code, error.detail)
        return message(error.status_code, text)

    @app.exception_handler(RefusedError)
    def conflicting(request: Request, error: RefusedError) -> HTMLResponse:
        return message(409, f"{_sentence(error)} The question that is open comes next.")

    @app.exception_handler(PasserbyError)
    def mendable(request: Request, error: PasserbyError) -> HTMLResponse:
        return message(500, _sentence(error))

    return app


def _seconds(given: str) -> float | None:
    """What the page's clock said; None where scripts are off. Else fastapi.HTTPException 400."""
    if not given:
        return None
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _DAY:
        raise require("fastapi").HTTPException(400, "The time that was sent is no time.")
    return round(seconds, 3)


def _sentence(error: PasserbyError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:] + "."
