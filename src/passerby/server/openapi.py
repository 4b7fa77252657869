"""The interface's description, complete: every status that an endpoint can answer with."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from passerby.server.problems import KIND
from passerby.server.roles import API, ROLES
from passerby.server.schemas.base import Problem
from passerby.server.schemas.search import PictureCompare, PictureSearch

_WORDS = {
    400: "The request is malformed",
    401: "No access key, or one that does not hold",
    403: "The key's role is too small, or another site's page asked",
    404: "There is no such thing",
    408: "The request took too long to arrive",
    409: "That cannot be done as things are",
    413: "The request is too large",
    415: "The body is of another kind",
    422: "A value makes no sense",
    429: "Too many requests",
    500: "A defect of the service",
    503: "The service is busy, or its database or model is not there",
}
_REF = "#/components/schemas/"
_ABOUT = """\
Find people again across cameras. Send an access key as `Authorization: Bearer KEY`; `passerby keys`
makes them. Errors are `application/problem+json`, in words. Lists come in pages: send `next` as
`cursor`. Everything that shows or searches for a person is written to the audit log."""


def told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What `responses=` says of refusals that only one endpoint has."""
    return {status: _response(status) for status in statuses}


def picture_body(options: type[BaseModel] | None) -> dict[str, Any]:
    """What `openapi_extra=` says of a body with a picture, and options beside it."""
    properties: dict[str, Any] = {
        "picture": {
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "description": "JPEG, PNG, WebP or BMP; it is looked at and not kept",
        }
    }
    encoding: dict[str, Any] = {
        "picture": {"contentType": "image/jpeg, image/png, image/webp, image/bmp"}
    }
    if options:
        properties["options"] = {"$ref": _REF + options.__name__}
        encoding["options"] = {"contentType": "application/json"}
    needed = ["picture", "options"] if options is PictureCompare else ["picture"]
    schema = {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }
    content = {"multipart/form-data": {"schema": schema, "encoding": encoding}}
    return {"requestBody": {"required": True, "content": content}}


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """What `app.openapi` is to be: the framework's description with all that it leaves out."""
    held: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not held:
            held.update(get_openapi(
                title="Passerby", version=app.version, description=_ABOUT, routes=app.routes,
            ))  # fmt: skip
            _complete(held)
        return held

    return openapi


def _complete(schema: dict[str, Any]) -> None:
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (Problem, PictureSearch, PictureCompare):
        own = model.model_json_schema(ref_template=_REF + "{model}")
        schemas |= own.pop("$defs", {})
        schemas[model.__name__] = own
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _complete_operation(operation, method.upper(), path)


def _complete_operation(operation: dict[str, Any], method: str, path: str) -> None:
    roles = {_plain(known): role for (verb, known), role in ROLES.items() if verb == method}
    role, has_body = roles[path], "requestBody" in operation
    statuses = {403, 429, 500, 503} | ({401} if role or path == f"{API}/session" else set())
    if operation.get("parameters") or has_body:
        statuses.add(422)
    if has_body:
        statuses |= {400, 408, 413}
        if "multipart/form-data" in operation["requestBody"]["content"]:
            statuses.add(415)
    if "{" in path:
        statuses.add(404)
    answers = operation["responses"]
    if "422" in answers and 422 in statuses:
        del answers["422"]  # the framework's own shape
    for status in sorted(statuses):
        answers.setdefault(str(status), _response(status))
    operation["responses"] = dict(sorted(answers.items()))
    operation["security"] = [{"key": []}] if role else []
    if role:
        operation["description"] = f"{operation.get('description', '')}\n\nRole: {role}.".strip()
        operation["x-role"] = role


def _response(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": _WORDS[status],
        "content": {KIND: {"schema": {"$ref": _REF + "Problem"}}},
    }
    if status in (429, 503):
        answer["headers"] = {
            "Retry-After": {"schema": {"type": "integer"}, "description": "seconds to wait"}
        }
    return answer


def _plain(path: str) -> str:
    return path.replace(":path}", "}")
