"""Dead letters: a record that could not be used, kept whole with the reason in its headers."""

from stancewire.errors import InvalidInput
from stancewire.plumbing.envelope import Record
from stancewire.workers.records import Headers, Incoming

PREFIX = "__connect.errors."
ATTEMPTS = "stancewire_attempts"
MODEL_VERSION = "stancewire_model_version"
UNEXPECTED = "unexpected"
"""The stage of an error that nobody foresaw."""

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
