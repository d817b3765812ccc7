"""`/docs`: the OpenAPI document as a page for people, without a script and without another host."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from typing import Any

from fastapi import APIRouter, Response

Document = Mapping[str, Any]

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { font: 600 1.1rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; margin-top: 2.5rem; }
pre { overflow: auto; padding: .75rem; border: 1px solid; border-radius: .25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; }
code, pre { font-family: ui-monospace, monospace; }
"""


def reference(document: Callable[[], Document]) -> APIRouter:
    """The routes of the page; `document` gives what it shows."""
    router = APIRouter(include_in_schema=False)

    @cache
    def page() -> bytes:
        return render(document()).encode()

    @router.get("/docs")
    async def docs() -> Response:
        headers = {"cache-control": "no-cache"}
        return Response(page(), media_type="text/html; charset=utf-8", headers=headers)

    @router.get("/docs/reference.css")
    async def style() -> Response:
        return Response(STYLE, media_type="text/css; charset=utf-8")

    return router


def render(document: Document) -> str:
    """The page; every text in it is escaped."""
    info = document["info"]
    title = escape(f"{info['title']} {info['version']}: HTTP interface")
    return "\n".join(
        [
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
            '<meta name="viewport" content="width=device-width">',
            '<link rel="stylesheet" href="/docs/reference.css"></head><body><main>',
            f"<h1>{title}</h1><p>{escape(info['summary'])}</p>",
            '<p><a href="/openapi.json">openapi.json</a> says the same to programs.</p>',
            *_operations(document),
            "<h1>Shapes</h1>",
            *_shapes(document),
            "</main></body></html>",
        ]
    )


def _operations(document: Document) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"<section><h2>{method.upper()} {escape(path)}</h2>"
            yield from (f"<p>{escape(text)}</p>" for text in operation["description"].split("\n\n"))
            yield from _parameters(operation.get("parameters", ()))
            if body := operation.get("requestBody"):
                yield from _contents("Body", body)
            for status, response in operation["responses"].items():
                yield from _contents(status, response)
            yield "</section>"


def _parameters(parameters: Iterator[Document]) -> Iterator[str]:
    rows = [
        _row(f"{each['name']} ({each['in']})", _kind(each["schema"]), each.get("description", ""))
        for each in parameters
        if each["in"] != "cookie"
    ]
    if rows:
        yield f"<table><tr><th>Parameter<th>Type<th>What it is{''.join(rows)}</table>"


def _contents(name: str, response: Document) -> Iterator[str]:
    yield f"<details><summary><code>{escape(name)}</code> "
    yield f"{escape(response.get('description', ''))}</summary>"
    for media, content in response.get("content", {}).items():
        shape = _kind(content.get("schema", {}))
        example = content.get("example")
        yield f"<p><code>{escape(media)}</code> {shape}</p>"
        if example is not None:
            text = example if isinstance(example, str) else json.dumps(example, indent=2)
            yield f"<pre>{escape(text)}</pre>"
    yield "</details>"


def _shapes(document: Document) -> Iterator[str]:
    for name, shape in document["components"]["schemas"].items():
        yield f'<section><h2 id="{escape(name)}">{escape(name)}</h2>'
        yield f"<p>{escape(shape.get('description', ''))}</p>"
        rows = [_row(key, _kind(of), "") for key, of in shape.get("properties", {}).items()]
        yield f"<table><tr><th>Field<th>Type<th>{''.join(rows)}</table></section>"


def _row(name: str, kind: str, text: str) -> str:
    return f"<tr><td><code>{escape(name)}</code><td>{kind}<td>{escape(text)}"


def _kind(schema: Document) -> str:
    """A schema in a few words, as markup."""
    if reference := schema.get("$ref"):
        name = escape(reference.rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if options := schema.get("anyOf"):
        return " or ".join(map(_kind, options))
    if values := schema.get("enum"):
        return " or ".join(f"<code>{escape(json.dumps(value))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    kind = schema.get("format") or schema.get("type") or "anything"
    return escape(str(kind))
