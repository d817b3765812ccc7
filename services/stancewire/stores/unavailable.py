"""Tells a Redis that is away for a while from one that was asked something wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions

from stancewire.errors import Unavailable

_AWAY = (
    exceptions.BusyLoadingError,
    exceptions.ClusterDownError,
    exceptions.ConnectionError,
    exceptions.MasterDownError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.TimeoutError,
    exceptions.TryAgainError,
    OSError,
)
# Inside a script the same errors come back as text, after the script's name and line.
_AWAY_REPLIES = re.compile(r"\b(MISCONF|NOREPLICAS|BUSY|OOM|READONLY|MASTERDOWN|LOADING)\b")


@contextmanager
def redis_errors() -> Iterator[None]:
    """Raise Unavailable in place of every error of Redis that may pass by itself."""
    try:
        yield
    except _AWAY as error:
        raise Unavailable(
            f"Redis does not answer as it should ({type(error).__name__}: {error});"
            " check that it runs, may be written to and has memory"
        ) from error
    except exceptions.ResponseError as error:
        if _AWAY_REPLIES.search(str(error)):
            raise Unavailable(
                f"Redis takes no writes for now ({error}); check its memory, disk and role"
            ) from error
        raise
