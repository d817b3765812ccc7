"""Plain articles: `{"uri", "headline"?, "body", …}`, the simplest shape."""

from collections.abc import Mapping
from typing import Any

from stancewire.intake import fields
from stancewire.intake.fields import Draft

SCHEMA = "article.plain"


def read(item: Mapping[str, Any]) -> Draft:
    """The draft of a plain article that its schema has passed.

    Raises InvalidInput(stage="article") where a time or version cannot be used.
    """
    source = item.get("source")
    named = source if isinstance(source, Mapping) else {"name": source}
    story, label = fields.story(item.get("story"))
    return Draft(
        uri=item["uri"],
        title=item.get("headline") or "",
        body=item["body"],
        body_at="/body",
        markup="html" if item.get("content_type") == "text/html" else "text",
        language=item.get("language"),
        source=named.get("name"),
        owner=named.get("owner"),
        published_at=fields.moment(item.get("published_at"), at="/published_at"),
        modified_at=fields.moment(item.get("modified_at"), at="/modified_at"),
        embargoed_until=fields.moment(item.get("embargoed_until"), at="/embargoed_until"),
        url=fields.web_address(item.get("url")),
        version=fields.version(item.get("version"), at="/version"),
        story=story,
        story_label=label,
    )
