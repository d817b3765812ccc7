"""IPTC ninjs news items, versions 3.x (camel case) and 2.x (lower case).

Source: IPTC, "ninjs, News in JSON", JSON Schemas 2.0 to 3.3.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from stancewire.errors import InvalidInput
from stancewire.events import Withdrawal
from stancewire.intake import fields
from stancewire.intake.fields import Draft, Markup

SCHEMA_3 = "article.ninjs-3"
SCHEMA_2 = "article.ninjs-2"

_CAMEL = (
    "versionCreated",
    "firstCreated",
    "pubStatus",
    "infoSources",
    "copyrightHolder",
    "embargoedUntil",
)
_LOWER = tuple(name.lower() for name in _CAMEL)
_MARKUP: Mapping[str, Markup] = {
    "text/plain": "text",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "": "unknown",
}
_PREFERENCE = tuple(_MARKUP)


def schema_of(item: Mapping[str, Any]) -> str:
    """The schema that fits the spelling of a news item.

    Raises InvalidInput(stage="decode") where names of both versions stand side by side: a status
    spelt the other way would otherwise be overlooked.
    """
    camel, lower = _present(item, _CAMEL), _present(item, _LOWER)
    if camel and lower:
        raise InvalidInput(
            f"the ninjs item mixes {camel[0]} (3.x) with {lower[0]} (2.x); use one version's names",
            stage="decode",
        )
    if camel or lower:
        return SCHEMA_3 if camel else SCHEMA_2
    standard = item.get("standard")
    declared = standard.get("version") if isinstance(standard, Mapping) else None
    if isinstance(declared, str) and declared.startswith("2"):
        return SCHEMA_2
    bodies = item.get("bodies")
    items = bodies if isinstance(bodies, list) else []
    spelt = any(isinstance(body, Mapping) and "contenttype" in body for body in items)
    return SCHEMA_2 if spelt else SCHEMA_3


def read(item: Mapping[str, Any], *, schema: str) -> Draft | Withdrawal:
    """The draft of a news item that `schema` has passed, or its withdrawal.

    Raises InvalidInput(stage="article") where a time or version cannot be used, or no body is text.
    """
    spell = str if schema == SCHEMA_3 else str.lower
    uri: str = item["uri"]
    version = fields.version(item.get("version"), at="/version")
    made_at = spell("versionCreated")
    modified = fields.moment(item.get(made_at), at=f"/{made_at}")
    if item.get(spell("pubStatus")) in ("withheld", "canceled"):
        return Withdrawal(uri=uri, version=version, modified_at=modified)
    first_at = spell("firstCreated")
    content_type = spell("contentType")
    index, body, markup = _body(item["bodies"], content_type)
    title, title_markup = _headline(item, content_type)
    story, label = _story(item)
    return Draft(
        uri=uri,
        title=title,
        title_markup=title_markup,
        body=body,
        body_at=f"/bodies/{index}/value",
        markup=markup,
        language=item.get("language"),
        source=_source(item.get(spell("infoSources"))) or item.get(spell("copyrightHolder")),
        published_at=fields.moment(item.get(first_at), at=f"/{first_at}") or modified,
        modified_at=modified,
        embargoed_until=_embargo(item),
        url=fields.web_address(item.get("url")),
        version=version,
        story=story,
        story_label=label,
    )


def _present(item: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    return [name for name in names if name in item]


def _body(bodies: Sequence[Mapping[str, Any]], content_type: str) -> tuple[int, str, Markup]:
    """Index, text and markup of the body to read: plain text before HTML, role main first."""
    readable = [
        (_PREFERENCE.index(media), body.get("role") != "main", index)
        for index, body in enumerate(bodies)
        if (media := _media(body, content_type)) in _MARKUP and body["value"].strip()
    ]
    if not readable:
        raise InvalidInput(
            f"/bodies holds no value with text whose {content_type} is text/plain or text/html; "
            "send one, or withdraw the article",
            stage="article",
        )
    preference, _, index = min(readable)
    return index, bodies[index]["value"], _MARKUP[_PREFERENCE[preference]]


def _headline(item: Mapping[str, Any], content_type: str) -> tuple[str, Markup]:
    headlines = [each for each in item.get("headlines") or () if each["value"].strip()]
    if not headlines:
        return item.get("title") or "", "text"
    chosen = next((each for each in headlines if each.get("role") == "main"), headlines[0])
    media = _media(chosen, content_type)
    return chosen["value"], "html" if _MARKUP.get(media) == "html" else "text"


def _media(part: Mapping[str, Any], content_type: str) -> str:
    return (part.get(content_type) or "").partition(";")[0].strip().lower()


def _source(parties: Sequence[Mapping[str, Any]] | None) -> str | None:
    named = [each for each in parties or () if (each.get("name") or "").strip()]
    publishers = [each for each in named if _tail(each.get("role")) == "publisher"]
    return next((str(each["name"]) for each in (*publishers, *named)), None)


def _story(item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The story that the item names itself, else the subject whose relation is `story`."""
    if item.get("story") is not None:
        return fields.story(item["story"])
    for subject in item.get("subjects") or ():
        identity = subject.get("uri") or subject.get("literal") or subject.get("name")
        if _tail(subject.get("rel")) == "story" and identity:
            return identity, subject.get("name") or identity
    return None, None


def _embargo(item: Mapping[str, Any]) -> Any:
    for name in ("embargoedUntil", "embargoed"):
        if until := fields.moment(item.get(name), at=f"/{name}"):
            return until
    return None


def _tail(term: str | None) -> str:
    """The last part of a code: `story` of `prefix:story` and of `http://example.com/rel/story`."""
    return (term or "").rstrip("/").replace("/", ":").rpartition(":")[2].strip().lower()
