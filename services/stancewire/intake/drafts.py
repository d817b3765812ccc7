"""From a draft to an article: texts made plain, sizes checked, gaps filled."""

import re
from datetime import datetime
from html import unescape

from stancewire.errors import InvalidInput
from stancewire.events import Article
from stancewire.intake import html
from stancewire.intake.fields import Draft, Markup, host
from stancewire.intake.language import language_of
from stancewire.intake.sources import source
from stancewire.intake.text import normalise, normalise_line

LONGEST_URI = 2048
_NO_URI = re.compile(r"^\s|\s\Z|[\x00-\x1f\x7f]|^\Z")


def finish(draft: Draft, *, received_at: datetime, max_bytes: int) -> Article:
    """The article of a draft.

    A missing time of publication is `received_at`, a missing source the host of its address.
    Raises InvalidInput(stage="article") where the body is empty or longer than `max_bytes`, the uri
    cannot be a key, or a text cannot be used.
    """
    body = _body(draft, max_bytes=max_bytes)
    title = normalise_line(_plain(draft.title, draft.title_markup, at="/headline"), at="/headline")
    return Article(
        uri=_uri(draft.uri),
        title=title,
        body=body,
        language=language_of(draft.language, f"{title}\n{body}"),
        source=source(
            _line(draft.source) or host(draft.url) or host(draft.uri), _line(draft.owner)
        ),
        published_at=draft.published_at or received_at,
        url=draft.url,
        version=draft.version,
        modified_at=draft.modified_at,
        embargoed_until=draft.embargoed_until,
        story=draft.story,
        story_label=_line(draft.story_label) or draft.story,
    )


def _body(draft: Draft, *, max_bytes: int) -> str:
    size = len(draft.body.encode("utf-8", errors="surrogatepass"))
    if size > max_bytes:
        raise InvalidInput(
            f"{draft.body_at} has {size} bytes, more than {max_bytes}; shorten it, or raise "
            "intake.max_body_bytes",
            stage="article",
        )
    body = normalise(_plain(draft.body, draft.markup, at=draft.body_at), at=draft.body_at)
    if not body.strip():
        raise InvalidInput(
            f"{draft.body_at} holds no text; send the article's text, or withdraw the article",
            stage="article",
        )
    return body


def _plain(text: str, markup: Markup, *, at: str) -> str:
    if markup == "html" or (markup == "unknown" and html.has_markup(text)):
        return html.to_text(text, at=at)
    if markup == "unknown" and html.has_entities(text):
        return unescape(text)
    return text


def _uri(uri: str) -> str:
    if _NO_URI.search(uri) or len(uri) > LONGEST_URI:
        raise InvalidInput(
            f"the article's identity {uri[:60]!r} cannot be a key; send a uri of 1 to "
            f"{LONGEST_URI} characters without control characters or surrounding space",
            stage="article",
        )
    return uri


def _line(text: str | None) -> str:
    return normalise_line(text, at="a name") if text else ""
