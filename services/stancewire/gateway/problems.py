"""Every error as an RFC 9457 problem document (`application/problem+json`)."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from stancewire.errors import InvalidInput, Unavailable
from stancewire.events import Value

MEDIA_TYPE = "application/problem+json"
RETRY_S = 2
"""What a caller is told to wait while Redis or Kafka is away, in seconds."""


class Fault(Value, frozen=True, kw_only=True):
    """One thing that is wrong with a request."""

    at: str
    """Where: `query.limit`, `path.story_id`, `body.key`."""
    detail: str


class ProblemDocument(Value, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong and how to mend it, as RFC 9457 defines it."""

    type: str
    """`urn:stancewire:problem:` and a word that a program can compare."""
    title: str
    status: int
    detail: str
    instance: str
    """Path of the request."""
    errors: tuple[Fault, ...] = ()
    stage: str | None = None
    """Of a refused article: decode, schema or article."""


class Problem(Exception):
    """Answers the request with a problem document; `kind` is the last word of its type."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: tuple[Fault, ...] = (),
        stage: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = errors
        self.stage = stage


def not_found(what: str) -> Problem:
    """404 for something that is not there, or not any more."""
    return Problem(404, "not-found", f"there is no {what}; it may have been withdrawn")


def respond(problem: Problem, *, path: str) -> Response:
    """The problem as a response."""
    document = ProblemDocument(
        type=f"urn:stancewire:problem:{problem.kind}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=problem.detail,
        instance=path,
        errors=problem.errors,
        stage=problem.stage,
    )
    return Response(
        msgspec.json.encode(document),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"cache-control": "no-store", **problem.headers},
    )


def install(app: FastAPI) -> None:
    """Have every error of the app answered with a problem document."""

    async def known(request: Request, error: Exception) -> Response:
        return respond(_problem_of(error), path=request.url.path)

    async def unforeseen(request: Request, error: Exception) -> Response:
        # The server logs it, since Starlette hands it on after this answer.
        return respond(_UNFORESEEN, path=request.url.path)

    for kind in (Problem, RequestValidationError, HTTPException, Unavailable, InvalidInput):
        app.add_exception_handler(kind, known)
    app.add_exception_handler(Exception, unforeseen)


_UNFORESEEN = Problem(500, "unexpected", "the gateway failed; its log says why")


def _problem_of(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case RequestValidationError():
            faults = tuple(_fault(each) for each in error.errors())
            listed = "; ".join(f"{fault.at}: {fault.detail}" for fault in faults)
            return Problem(422, "invalid-request", listed, errors=faults)
        case InvalidInput():
            return Problem(422, "invalid-article", str(error), stage=error.stage)
        case Unavailable():
            wait = {"retry-after": str(RETRY_S)}
            return Problem(503, "unavailable", str(error), headers=wait)
        case HTTPException():
            return _of_http(error)
    return _UNFORESEEN


def _of_http(error: HTTPException) -> Problem:
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = "there is nothing at this path; /docs lists what there is"
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = "this path does not take this method; /docs lists what it takes"
    else:
        detail = str(error.detail)
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return Problem(error.status_code, kind, detail, headers=error.headers)


def _fault(error: Mapping[str, object]) -> Fault:
    place = error["loc"]
    at = ".".join(map(str, place)) if isinstance(place, tuple) else str(place)
    return Fault(at=at, detail=str(error["msg"]))
