"""Sending many records at once without losing their order or an error."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any


async def gather_acknowledged(sends: Iterable[Awaitable[Awaitable[Any]]]) -> None:
    """Hand each record to the producer in turn, then wait until all are acknowledged.

    Returns or raises only after every acknowledgement has come or failed, so that a caller who
    tries again does not overtake records that are still on their way. Raises the first error.
    """
    acknowledgements: list[Awaitable[Any]] = []
    first: BaseException | None = None
    pending = iter(sends)
    for send in pending:
        try:
            acknowledgements.append(await send)
        except Exception as error:
            first = error
            break
    for unsent in pending:
        _close(unsent)
    for outcome in await asyncio.gather(*acknowledgements, return_exceptions=True):
        if isinstance(outcome, BaseException):
            first = first or outcome
    if first is not None:
        raise first


def _close(unsent: Awaitable[Any]) -> None:
    close = getattr(unsent, "close", None)
    if close is not None:
        close()
