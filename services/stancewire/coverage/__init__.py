"""Coverage to try Stancewire with: two invented stories, as ten days of articles in two languages.

`summit.jsonl` follows a planned meeting of two invented leaders, `dam.jsonl` a dam that threatens
to break. The persons, outlets and agencies are invented. Agencies are copied, one article is
corrected, one is taken back, two inputs are broken: what a newsroom's feed is like.

A line is one record: `day` (0-9) and `time` (UTC) of publication, the record's `key`, and either
the article as `value`, in which the string "{at}" stands for the time of publication, or `text`,
which is sent as it is. The lines of a file stand in the order of publication.

`live.jsonl` follows a third story, a tunnel that is tested; its lines have no time of their own,
since they are published one by one while somebody watches.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from typing import Any

import msgspec

STORIES = ("summit", "dam")
"""The names of the stories, each a file of this package."""

DAYS = 10
"""Days from the first article to the last, both counted."""

_AT = "{at}"
_MONDAY = 0


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One record to publish: what an outlet sent at a moment."""

    story: str
    key: str
    value: bytes
    at: datetime


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One article that is published when its turn comes."""

    key: str
    value: dict[str, Any]

    def published(self, at: datetime) -> bytes:
        """The record's value, as if its outlet published it at that moment."""
        return _dated(self.value, at)


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    day: int
    time: str
    key: str
    value: dict[str, Any] | None = None
    text: str | None = None


def load(start: date) -> tuple[Entry, ...]:
    """All records in the order of publication, the first day being `start`.

    The articles speak of weekdays as if `start` were a Monday.
    """
    entries = [entry for story in STORIES for entry in _read(story, start)]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def live() -> tuple[Late, ...]:
    """The articles of the story that comes in live, in their order."""
    file = resources.files(__name__) / "live.jsonl"
    return tuple(msgspec.json.Decoder(Late).decode_lines(file.read_bytes()))


def latest_start(today: date) -> date:
    """The latest Monday from which all days of the coverage lie before `today`."""
    latest = today - timedelta(days=DAYS)
    return latest - timedelta(days=(latest.weekday() - _MONDAY) % 7)


def _read(story: str, start: date) -> Iterator[Entry]:
    file = resources.files(__name__) / f"{story}.jsonl"
    decoder = msgspec.json.Decoder(_Line)
    for line in decoder.decode_lines(file.read_bytes()):
        at = datetime.combine(
            start + timedelta(days=line.day), time.fromisoformat(line.time), tzinfo=UTC
        )
        value = line.text.encode() if line.text is not None else _dated(line.value, at)
        yield Entry(story=story, key=line.key, value=value, at=at)


def _dated(value: dict[str, Any] | None, at: datetime) -> bytes:
    stamped = {
        name: at.isoformat().replace("+00:00", "Z") if field == _AT else field
        for name, field in (value or {}).items()
    }
    return msgspec.json.encode(stamped)
