"""The OpenAPI document: FastAPI's, completed by the schemas and examples of what routes answer.

Answers are msgspec values, so their schemas come from msgspec: one truth for the bytes and for what
is said about them. Examples are such values too (`examples.py`).
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import FastAPI

from stancewire.events import Value
from stancewire.gateway import examples
from stancewire.gateway.problems import MEDIA_TYPE, ProblemDocument
from stancewire.gateway.shapes import (
    Accepted,
    ActorPage,
    ChangePage,
    ProofPage,
    Session,
    Story,
    StoryPage,
    TimelinePage,
)
from stancewire.tracking import Timeline, View

ANSWERS: Sequence[type[Value]] = (
    Accepted,
    ActorPage,
    ChangePage,
    ProofPage,
    Session,
    Story,
    StoryPage,
    Timeline,
    TimelinePage,
    View,
)
Responses = dict[int | str, dict[str, Any]]

_PREFIX = "#/components/schemas/"
_ALWAYS = {
    401: "No key, or none that is known.",
    403: "The key is not good for this.",
    422: "A parameter is unknown or has a bad value.",
    429: "Too many requests; `retry-after` says how long to wait.",
    503: "Redis or Kafka is away, or too much is going on; `retry-after` says how long to wait.",
}
_KINDS = {
    "not-found": (404, "There is no such thing, or not any more."),
    "too-slow": (408, "The body came too slowly."),
    "running": (409, "The same request is being answered."),
    "too-large": (413, "The body is too long."),
    "media-type": (415, "The content type is not one that is taken."),
    "invalid-article": (422, "The body is no article; `stage` and `detail` say why."),
    "no-key": (401, "The key is not known, or was revoked."),
}
BODY = ("too-slow", "too-large", "media-type")
"""The problems that any request with a body may meet."""
_UNUSED = ("HTTPValidationError", "ValidationError")
"""FastAPI's own shapes of validation errors, in whose place there are problem documents."""


def describing(answer: type[Value], *kinds: str, status: int = 200) -> Responses:
    """The responses of a route that answers with such a value, or with a problem of these kinds."""
    responses: Responses = {
        status: {
            "description": (answer.__doc__ or "").strip().partition("\n")[0],
            "content": {
                "application/json": {"schema": {"$ref": _PREFIX + answer.__name__}},
            },
        }
    }
    if status == 200:
        responses[200]["headers"] = {
            "ETag": {"schema": {"type": "string"}, "description": "Send it in `If-None-Match`."}
        }
        responses[304] = {"description": "What the client has still holds."}
    described = _ALWAYS | dict(_KINDS[kind] for kind in kinds)
    return responses | {code: _problem(code, text) for code, text in described.items()}


def _problem(status: int, description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": _PREFIX + ProblemDocument.__name__},
                "example": msgspec.to_builtins(examples.problem(status)),
            }
        },
    }


STREAM: Responses = {
    200: {
        "description": "Events `hello`, `change` and `stale` until the client goes.",
        "content": {
            "text/event-stream": {"schema": {"type": "string"}, "example": examples.EVENTS}
        },
    },
    **{code: _problem(code, text) for code, text in _ALWAYS.items()},
}
ARTICLE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One article; docs/articles.md has every shape, field by field.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "Plain, ninjs 2 or 3, or schema.org NewsArticle.",
                },
                "example": examples.ARTICLE,
            },
            "application/ld+json": {"schema": {"type": "object"}},
            "application/cloudevents+json": {"schema": {"type": "object"}},
        },
    }
}
SIGN_IN: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"key": {"type": "string"}},
                    "required": ["key"],
                },
                "example": {"key": "sw_mfrggzdfmztwq2lk_x9M2"},
            }
        },
    }
}


def install(app: FastAPI) -> None:
    """Have the app answer `/openapi.json` with the whole document, made once."""
    made: dict[str, Any] = {}
    basic = app.openapi

    def whole() -> dict[str, Any]:
        if not made:
            document = basic()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(_schemas())
            for name in _UNUSED:
                schemas.pop(name, None)
            _show_examples(document)
            made.update(document)
        return made

    app.openapi = whole  # type: ignore[method-assign]


def _show_examples(document: dict[str, Any]) -> None:
    """Put them in at the end: FastAPI would leave out of them what is null."""
    shown = {_PREFIX + kind.__name__: msgspec.to_builtins(examples.of(kind)) for kind in ANSWERS}
    for methods in document["paths"].values():
        for operation in methods.values():
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    example = shown.get(content["schema"].get("$ref"))
                    if example is not None:
                        content["example"] = example


def _schemas() -> dict[str, Any]:
    template = _PREFIX + "{name}"
    types = [*ANSWERS, ProblemDocument]
    _, components = msgspec.json.schema_components(types, ref_template=template)
    return dict(components)
