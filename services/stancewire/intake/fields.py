"""Fields that the shapes of articles share, read from values that their schema has passed."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from stancewire.errors import InvalidInput
from stancewire.events import utc

HIGHEST_VERSION = 2**53 - 1
"""The highest whole number that every JSON and Lua implementation keeps exactly."""

Markup = Literal["text", "html", "unknown"]
"""What a text is; an unknown one is taken as HTML where it has HTML's tags in it."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An article as its shape gives it, before its texts are made plain and its gaps filled."""

    uri: str
    title: str
    body: str
    body_at: str
    """The JSON pointer of the body, for messages."""
    markup: Markup
    title_markup: Markup = "text"
    language: str | None
    source: str | None
    owner: str | None = None
    published_at: datetime | None
    modified_at: datetime | None
    embargoed_until: datetime | None = None
    url: str | None
    version: int | None
    story: str | None = None
    story_label: str | None = None


def moment(value: str | None, *, at: str) -> datetime | None:
    """An ISO 8601 date or time in UTC; one without offset is taken as UTC, an empty one as missing.

    Raises InvalidInput(stage="article").
    """
    if value is None or not value.strip():
        return None
    try:
        return utc(datetime.fromisoformat(value.strip()))
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            f"{at} is {value[:40]!r}; expected an ISO 8601 time such as 2026-05-01T12:00:00Z",
            stage="article",
        ) from error


def version(value: int | float | str | None, *, at: str) -> int | None:
    """A whole version number; None for a missing one or a string that is no such number.

    Raises InvalidInput(stage="article") for a number that is too high.
    """
    if isinstance(value, str):
        digits = value.strip()
        if not re.fullmatch(r"[0-9]{1,64}", digits):
            return None
        value = int(digits)
    if value is None:
        return None
    if value > HIGHEST_VERSION:
        raise InvalidInput(
            f"{at} is higher than {HIGHEST_VERSION}; send a lower number, or leave it out and send "
            "the version's time",
            stage="article",
        )
    return int(value)


def story(value: str | Mapping[str, Any] | None) -> tuple[str | None, str | None]:
    """Id and label of the story that an article names itself; a missing label is the id."""
    if value is None:
        return None, None
    if isinstance(value, str):
        return value, value
    return value["id"], value.get("label") or value["id"]


def web_address(value: str | None) -> str | None:
    """An http or https address; None for anything else, which nobody could safely click."""
    if value is None or re.search(r"[\s\x00-\x1f\x7f]", value.strip()):
        return None
    return value.strip() if host(value) else None


def host(value: str | None) -> str | None:
    """The host of an http or https address in lower case, without www; None for anything else."""
    try:
        parts = urlsplit((value or "").strip())
        name = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not name:
        return None
    return name.removeprefix("www.") or None
