"""Every error that Stancewire raises on purpose.

StancewireError
├── ConfigurationError   a setting, schema, rule file or model is wrong: exit 2, the key is named
├── InvalidInput         this one record is bad: dead-letter it with the reason, go on
├── Unavailable          Kafka or Redis is away: wait with backoff, try again, report not ready
└── Overloaded           too much at once: slow down, keep the record
"""


class StancewireError(Exception):
    """The root; the message names what is wrong and how to mend it."""


class ConfigurationError(StancewireError):
    """A setting, schema or model directory is unusable; retrying without a change cannot help."""


class InvalidInput(StancewireError):
    """One record is unusable.

    `stage` names where it failed: decode, schema, article, key, read, track or publish.
    """

    def __init__(self, message: str, *, stage: str) -> None:
        super().__init__(message)
        self.stage = stage


class Unavailable(StancewireError):
    """A service we depend on does not answer; the same call may succeed later."""


class Overloaded(StancewireError):
    """A bound was reached; the caller keeps its input and comes back."""
