"""Dead letters: a record that could not be used, kept whole with the reason in its headers.

A topic cannot be altered, so what became of a letter is a record of its own behind it, in the same
partition: a mark, which names the letter and says that it was replayed or discarded. Marks live as
long as letters do and need no Redis.
"""

from typing import Literal

from stancewire.errors import InvalidInput
from stancewire.plumbing.envelope import Record
from stancewire.workers.records import Headers, Incoming

PREFIX = "__connect.errors."
ATTEMPTS = "stancewire_attempts"
MODEL_VERSION = "stancewire_model_version"
LETTER = "stancewire_letter"
"""Header of a mark: the id of the letter that it is about."""
MARK = "stancewire_mark"
"""Header of a mark: what became of the letter."""
UNEXPECTED = "unexpected"
"""The stage of an error that nobody foresaw."""

Fate = Literal["replayed", "discarded"]

_MESSAGE_LIMIT = 2_000


def dead_letter(
    incoming: Incoming, error: Exception, *, model_version: str | None = None
) -> Record:
    """The dead letter of a record: key, value and headers as received, and why it is here.

    A record without key and value gets an empty key, since clients refuse to send it otherwise.
    A record that comes from the dead letters a second time carries the newest reason only, and one
    attempt more. Header names are those of Kafka Connect, so that its tools can read them.
    """
    reasons = {
        "topic": incoming.topic,
        "partition": str(incoming.partition),
        "offset": str(incoming.offset),
        "stage": stage_of(error),
        "exception.class.name": _class_name(error),
        "exception.message": str(error)[:_MESSAGE_LIMIT] or _class_name(error),
    }
    headers = [header for header in incoming.headers if not _is_ours(header[0])]
    headers += [(PREFIX + name, _bytes(text)) for name, text in reasons.items()]
    headers.append((ATTEMPTS, _bytes(str(attempts_of(incoming.headers) + 1))))
    if model_version is not None:
        headers.append((MODEL_VERSION, _bytes(model_version)))
    key = b"" if incoming.key is None and incoming.value is None else incoming.key
    return Record(key=key, value=incoming.value, headers=headers)


def original_of(letter: Incoming) -> Record:
    """The record as it was received: key, value and headers, beside the count of attempts.

    One that had neither key nor value comes back with the empty key that its letter has.
    """
    headers = [h for h in letter.headers if not _is_ours(h[0]) or h[0] == ATTEMPTS]
    return Record(key=letter.key, value=letter.value, headers=headers)


def mark(letter_id: str, fate: Fate) -> Record:
    """The mark of a letter, to be published into the letter's own partition."""
    headers = [(LETTER, _bytes(letter_id)), (MARK, _bytes(fate))]
    return Record(key=_bytes(letter_id), value=None, headers=headers)


def marked(incoming: Incoming) -> tuple[str, str] | None:
    """Id and fate of the letter that a mark is about; None where the record is a letter."""
    letter, fate = incoming.header(LETTER), incoming.header(MARK)
    if incoming.value is not None or letter is None or fate is None:
        return None
    return letter.decode(errors="replace"), fate.decode(errors="replace")


def id_of(letter: Incoming) -> str:
    """The id of a letter: topic, partition and offset where it lies."""
    return f"{letter.topic}-{letter.partition}-{letter.offset}"


def stage_of(error: Exception) -> str:
    """Where a record failed."""
    return error.stage if isinstance(error, InvalidInput) else UNEXPECTED


def attempts_of(headers: Headers) -> int:
    """How often a record was given up before; 0 for one that never was."""
    for name, value in reversed(headers):
        if name == ATTEMPTS and value.isdigit() and len(value) < 10:
            return int(value)
    return 0


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX) or name in (ATTEMPTS, MODEL_VERSION)


def _class_name(error: Exception) -> str:
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}"


def _bytes(text: str) -> bytes:
    # A message may quote a lone surrogate of the input, which UTF-8 cannot carry.
    return text.encode("utf-8", errors="backslashreplace")
