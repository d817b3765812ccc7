"""Labelled documents as the articles that the service would read."""

from datetime import UTC, datetime

from stancewire.events import Article, Source
from stancewire_training.data import Document


def article_of(document: Document) -> Article:
    """The document's text and headline; its id is the uri."""
    return Article(
        uri=document["id"],
        title=document.get("title") or "",
        body=document["text"],
        language=document["lang"],
        source=Source(name=document["source"], owner=document["source"]),
        published_at=_date(document.get("date")),
    )


def _date(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "2000-01-01").replace(tzinfo=UTC)
