"""Dead letters as people read them: which record, what is wrong, where it failed."""

from dataclasses import dataclass

from stancewire.workers.dead_letters import PREFIX
from stancewire.workers.records import Incoming


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A record that could not be used, and why."""

    key: str | None
    value: str | None
    topic: str
    """Where it came from, with `partition` and `offset`; empty where it does not say."""
    partition: int
    offset: int
    stage: str
    reason: str


def letter_of(incoming: Incoming) -> Letter:
    """The dead letter in a record of a dead-letter topic; what it lacks is -1 or `unknown`."""
    partition, offset = _text(incoming, "partition"), _text(incoming, "offset")
    return Letter(
        key=_decoded(incoming.key),
        value=_decoded(incoming.value),
        topic=_text(incoming, "topic") or "",
        partition=int(partition) if partition and partition.isdecimal() else -1,
        offset=int(offset) if offset and offset.isdecimal() else -1,
        stage=_text(incoming, "stage") or "unknown",
        reason=_text(incoming, "exception.message") or "unknown",
    )


def _text(incoming: Incoming, name: str) -> str | None:
    return _decoded(incoming.header(PREFIX + name))


def _decoded(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode("utf-8", errors="backslashreplace")
