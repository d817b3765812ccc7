"""`/docs`: all of the OpenAPI document, and nothing that could run."""

import httpx
from selectolax.lexbor import LexborHTMLParser

from stancewire.gateway.reference import render


async def test_every_operation_and_shape_is_on_the_page(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    answer = await http.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = LexborHTMLParser(answer.text)
    headings = {heading.text() for heading in page.css("h2")}
    for path, methods in document["paths"].items():
        assert {f"{method.upper()} {path}" for method in methods} <= headings
    assert document["components"]["schemas"].keys() <= headings
    anchors = {f"#{heading.attributes['id']}" for heading in page.css("h2[id]")}
    links = {link.attributes["href"] for link in page.css("a")}
    assert links - {"/openapi.json"} <= anchors
    assert "Idempotency-Key" in answer.text


async def test_its_style_is_served_and_is_all_that_it_loads(http: httpx.AsyncClient) -> None:
    page = LexborHTMLParser((await http.get("/docs")).text)
    (style,) = [link.attributes["href"] for link in page.css("link")]
    assert (await http.get(style)).headers["content-type"].startswith("text/css")
    assert page.css("script, style, [style], [src]") == []


def test_texts_are_escaped() -> None:
    bad = "\"'><script>alert(1)</script>"
    page = render(
        {
            "info": {"title": bad, "version": bad, "summary": bad},
            "paths": {
                f"/{bad}": {
                    "get": {
                        "description": bad,
                        "parameters": [
                            {"name": bad, "in": "query", "schema": {"enum": [bad]}},
                            {"name": "b", "in": bad, "schema": {"type": bad}, "description": bad},
                        ],
                        "responses": {
                            bad: {
                                "description": bad,
                                "content": {bad: {"schema": {"$ref": bad}, "example": bad}},
                            }
                        },
                    }
                }
            },
            "components": {"schemas": {bad: {"properties": {bad: {"format": bad}}}}},
        }
    )
    assert "alert(1)" in page
    assert LexborHTMLParser(page).css("script, [onclick], [src]") == []
    assert "<script" not in page
