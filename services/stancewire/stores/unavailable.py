"""Tells a Redis that is away for a while from one that was asked something wrong."""

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
_AWAY_REPLIES = ("MISCONF", "NOREPLICAS", "BUSY", "OOM")


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
        if str(error).startswith(_AWAY_REPLIES):
            raise Unavailable(f"Redis refuses writes for now: {error}") from error
        raise
