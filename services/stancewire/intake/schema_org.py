"""schema.org NewsArticle in JSON-LD, alone or as one node of a page's @graph.

Source: schema.org, "NewsArticle" and its subtypes.
"""

from collections.abc import Mapping
from typing import Any

from stancewire.errors import InvalidInput
from stancewire.intake import fields
from stancewire.intake.fields import Draft

SCHEMA = "article.schema-org"

_TYPES = {
    "NewsArticle",
    "AnalysisNewsArticle",
    "AskPublicNewsArticle",
    "BackgroundNewsArticle",
    "OpinionNewsArticle",
    "ReportageNewsArticle",
    "ReviewNewsArticle",
}


def find(item: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The NewsArticle of a JSON-LD document and its JSON pointer.

    Raises InvalidInput(stage="decode") where there is none, or more than one.
    """
    if _is_article(item):
        return item, ""
    graph = item.get("@graph")
    found = [
        (node, f"/@graph/{index}")
        for index, node in enumerate(graph if isinstance(graph, list) else ())
        if isinstance(node, Mapping) and _is_article(node)
    ]
    if len(found) != 1:
        count = "no" if not found else str(len(found))
        raise InvalidInput(
            f"the JSON-LD holds {count} NewsArticle; send one with @type NewsArticle a record",
            stage="decode",
        )
    return found[0]


def read(node: Mapping[str, Any], document: Mapping[str, Any], *, at: str) -> Draft:
    """The draft of a NewsArticle that its schema has passed; `document` is what it was found in.

    Raises InvalidInput(stage="article") where it has no identity or a time cannot be used.
    """
    story, label = fields.story(node.get("story"))
    uri = _identity(node)
    return Draft(
        uri=uri,
        title=node.get("headline") or node.get("name") or "",
        title_markup="unknown",
        body=node["articleBody"],
        body_at=f"{at}/articleBody",
        markup="unknown",
        language=_language(node.get("inLanguage")),
        source=_publisher(node.get("publisher"), document),
        published_at=fields.moment(node.get("datePublished"), at=f"{at}/datePublished"),
        modified_at=fields.moment(node.get("dateModified"), at=f"{at}/dateModified"),
        url=fields.web_address(node.get("url")) or fields.web_address(_page(node)),
        version=fields.version(node.get("version"), at=f"{at}/version"),
        story=story,
        story_label=label,
    )


def _is_article(node: Mapping[str, Any]) -> bool:
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and _short(name) in _TYPES for name in names)


def _short(name: str) -> str:
    """`NewsArticle` of `schema:NewsArticle` and of `https://schema.org/NewsArticle`."""
    return name.replace("/", ":").rpartition(":")[2]


def _identity(node: Mapping[str, Any]) -> str:
    """The article's @id, else its url, else its page; an @id local to the page does not count."""
    for candidate in (node.get("@id"), node.get("url"), _page(node)):
        if candidate and candidate.strip() and not candidate.startswith(("#", "_:")):
            return str(candidate)
    raise InvalidInput("the NewsArticle has no identity; add @id or url", stage="article")


def _page(node: Mapping[str, Any]) -> str | None:
    page = node.get("mainEntityOfPage")
    return page.get("@id") if isinstance(page, Mapping) else page


def _language(value: str | Mapping[str, Any] | None) -> str | None:
    if isinstance(value, Mapping):
        return value.get("alternateName") or value.get("name")
    return value


def _publisher(value: Any, document: Mapping[str, Any]) -> str | None:
    if isinstance(value, list):
        return next((name for each in value if (name := _publisher(each, document))), None)
    if isinstance(value, Mapping):
        name = value.get("name") or _name_by_id(value.get("@id"), document)
        return name if isinstance(name, str) else None
    return value if isinstance(value, str) else None


def _name_by_id(identity: Any, document: Mapping[str, Any]) -> Any:
    """The name of the node that a reference within the document's @graph points to."""
    graph = document.get("@graph")
    for node in graph if identity and isinstance(graph, list) else ():
        if isinstance(node, Mapping) and node.get("@id") == identity and node.get("name"):
            return node["name"]
    return None
