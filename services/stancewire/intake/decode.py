"""The bytes of a record as an article or a withdrawal, whatever accepted shape they have."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from stancewire.errors import InvalidInput
from stancewire.events import Article, Withdrawal, utc
from stancewire.intake import ninjs, plain, schema_org
from stancewire.intake.drafts import finish
from stancewire.intake.fields import Draft
from stancewire.plumbing import schemas
from stancewire.plumbing.cloud_events import Headers, unwrap

DEEPEST_JSON = 64
"""Levels of objects and lists inside one another."""
MAX_RECORD_BYTES = 12 * 1024 * 1024
MAX_BODY_BYTES = 1024 * 1024

_NINJS = (
    "bodies",
    "headlines",
    "pubStatus",
    "pubstatus",
    "versionCreated",
    "versioncreated",
    "infoSources",
    "infosources",
)
_NINJS_1 = ("body_text", "body_html", "body_xhtml")
_PLAIN = ("body", "headline", "published_at", "source")
_FUTURE = timedelta(hours=1)


def decode(
    value: bytes | None,
    *,
    key: bytes | None,
    headers: Headers,
    received_at: datetime,
    max_bytes: int = MAX_BODY_BYTES,
) -> Article | Withdrawal:
    """What a record of the articles topic says; the same bytes always give the same answer.

    `received_at` is the record's Kafka timestamp: a missing time of publication is filled with it.
    `max_bytes` limits the article's body in UTF-8. Raises InvalidInput, and nothing else, whose
    message says what is wrong and how to mend it; its stage is decode (no article can be made out),
    schema (a field is missing or of a wrong type) or article (a value cannot be used).
    """
    received_at = utc(received_at)
    data = unwrap(value, headers).data
    if data is None:
        return _withdrawal(key)
    draft = _read(_parse(data))
    if isinstance(draft, Withdrawal):
        return draft
    article = finish(draft, received_at=received_at, max_bytes=max_bytes)
    if article.published_at > received_at + _FUTURE:
        raise InvalidInput(
            f"the time of publication (published_at, datePublished, firstCreated, versionCreated) "
            f"is {article.published_at.isoformat()}, more than an hour after the article arrived "
            f"({received_at.isoformat()}); send its true time",
            stage="article",
        )
    return article


def _withdrawal(key: bytes | None) -> Withdrawal:
    if not key:
        raise InvalidInput(
            "the value is null and there is no key; a withdrawal has the article's uri as its key",
            stage="decode",
        )
    try:
        return Withdrawal(uri=key.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "the key of the withdrawal is not UTF-8; use the article's uri", stage="decode"
        ) from error


def _parse(data: bytes) -> Mapping[str, Any]:
    if not data.strip():
        raise InvalidInput(
            "the value is empty; send an article, or null to withdraw one", stage="decode"
        )
    if len(data) > MAX_RECORD_BYTES:
        raise InvalidInput(
            f"the value has {len(data)} bytes, more than {MAX_RECORD_BYTES}; send less beside the "
            "text",
            stage="decode",
        )
    try:
        item = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError as error:
        raise _too_deep() from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"the value is not UTF-8 at byte {error.start} of a text; encode it in UTF-8",
            stage="decode",
        ) from error
    except msgspec.DecodeError as error:
        raise InvalidInput(
            f"the value is not JSON ({error}); send one JSON object in UTF-8, without NaN, huge "
            "numbers or lone surrogates",
            stage="decode",
        ) from error
    if not isinstance(item, dict):
        raise InvalidInput(
            f"the value is JSON but no object (it is a {type(item).__name__}); send one article a "
            "record",
            stage="decode",
        )
    _check_depth(item)
    return item


def _check_depth(item: object) -> None:
    level: list[Any] = [item]
    for _ in range(DEEPEST_JSON):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> InvalidInput:
    return InvalidInput(
        f"the JSON is nested deeper than {DEEPEST_JSON} levels; flatten it", stage="decode"
    )


def _read(item: Mapping[str, Any]) -> Draft | Withdrawal:
    """Tell the shape by the names in it, check it against the shape's schema, and read it."""
    if any(name in item for name in ("@type", "@graph", "@context")):
        node, at = schema_org.find(item)
        schemas.validate(schema_org.SCHEMA, node, at=at)
        return schema_org.read(node, item, at=at)
    if any(name in item for name in _NINJS):
        schema = ninjs.schema_of(item)
        schemas.validate(schema, item)
        return ninjs.read(item, schema=schema)
    if any(name in item for name in _NINJS_1):
        raise InvalidInput("this is ninjs 1.x; send ninjs 2.x or 3.x with bodies", stage="decode")
    if any(name in item for name in _PLAIN):
        schemas.validate(plain.SCHEMA, item)
        return plain.read(item)
    raise InvalidInput(
        "the object has no shape of an article: send ninjs (bodies), schema.org (@type "
        "NewsArticle) or a plain article (uri and body)",
        stage="decode",
    )
