"""The dead-letter topic as a file of letters: which there are, what became of each."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from stancewire.cli.letters import letter_of
from stancewire.events import utc
from stancewire.workers.dead_letters import ATTEMPTS, MODEL_VERSION, PREFIX, id_of, marked
from stancewire.workers.records import Incoming

OPEN = "open"
_SPAN = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, kw_only=True)
class Filed:
    """A dead letter without its value."""

    id: str
    """`TOPIC-PARTITION-OFFSET`: where the letter lies."""
    state: str
    """open, replayed or discarded."""
    at: datetime
    """When the record was given up; Kafka's time."""
    topic: str
    """Where the record came from, with `partition` and `offset`."""
    partition: int
    offset: int
    stage: str
    exception: str
    reason: str
    attempts: int
    """How often the record has been given up."""
    model_version: str | None
    key: str | None
    size: int
    """Bytes of the value."""

    @property
    def short_id(self) -> str:
        """`PARTITION-OFFSET`, enough where there is one dead-letter topic."""
        return "-".join(self.id.rsplit("-", 2)[1:])


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which letters are meant; None lets all through."""

    stages: Sequence[str] = ()
    exception: str | None = None
    """Words in the class or the message of the exception."""
    topic: str | None = None
    since: datetime | None = None
    """Given up at this time or later."""

    @property
    def is_empty(self) -> bool:
        """Whether it lets every letter through."""
        return self == Filter()

    def takes(self, letter: Filed) -> bool:
        """Whether a letter passes all of it."""
        return (
            (not self.stages or letter.stage in self.stages)
            and (self.exception is None or _holds(letter, self.exception))
            and (self.topic is None or self.topic == letter.topic)
            and (self.since is None or letter.at >= self.since)
        )


def file_letters(records: Iterable[Incoming]) -> list[Filed]:
    """The letters among the records of a dead-letter topic with their states, oldest first.

    Values are dropped on the way, so a file of many large letters costs little memory.
    """
    filed: dict[str, Filed] = {}
    fates: dict[str, str] = {}
    for record in records:
        if (mark := marked(record)) is not None:
            letter_id, fate = mark
            fates[letter_id] = fate
        else:
            filed[id_of(record)] = filed_from(record)
    found = [replace(one, state=fates.get(one.id, OPEN)) for one in filed.values()]
    return sorted(found, key=lambda one: (one.at, one.id))


def filed_from(record: Incoming) -> Filed:
    """A letter as it is filed when nothing has become of it yet."""
    letter = letter_of(record)
    attempts = _header(record, ATTEMPTS) or ""
    return Filed(
        id=id_of(record),
        state=OPEN,
        at=record.timestamp,
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        stage=letter.stage,
        exception=_header(record, f"{PREFIX}exception.class.name") or "unknown",
        reason=letter.reason,
        attempts=int(attempts) if attempts.isdecimal() and len(attempts) < 10 else 0,
        model_version=_header(record, MODEL_VERSION),
        key=letter.key,
        size=len(record.value or b""),
    )


def is_named(letter: Filed, name: str) -> bool:
    """Whether a person means this letter by `TOPIC-PARTITION-OFFSET` or `PARTITION-OFFSET`."""
    return name in (letter.id, letter.short_id)


def originals(records: Iterable[Incoming], wanted: Callable[[str], bool]) -> Iterator[Incoming]:
    """The letters of those ids, whole."""
    return (r for r in records if marked(r) is None and wanted(id_of(r)))


def moment_since(text: str, *, now: datetime) -> datetime:
    """The time that `90m`, `2h`, `3d` before `now`, or an ISO 8601 time, names.

    A time without a zone is UTC. Raises ValueError.

    >>> from datetime import UTC
    >>> moment_since("2h", now=datetime(2026, 3, 1, 12, tzinfo=UTC)).hour
    10
    """
    if span := _SPAN.fullmatch(text):
        return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
    return utc(datetime.fromisoformat(text))


def _holds(letter: Filed, words: str) -> bool:
    return words.casefold() in f"{letter.exception}\n{letter.reason}".casefold()


def _header(record: Incoming, name: str) -> str | None:
    raw = record.header(name)
    return None if raw is None else raw.decode(errors="backslashreplace")
