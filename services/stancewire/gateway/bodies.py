"""Request bodies, of bounded size and in bounded time."""

import asyncio

from fastapi import Request

from stancewire.gateway.problems import Problem
from stancewire.plumbing.kafka_clients import ARTICLE_LIMIT_BYTES

MAX_BYTES = ARTICLE_LIMIT_BYTES - 64 * 1024
"""The largest article that Kafka takes, with room for its key and headers."""
_SECONDS = 30.0


async def read_body(request: Request, *, max_bytes: int = MAX_BYTES) -> bytes:
    """The whole body. Raises Problem: 413 as soon as it is too long, 408 where it is too slow."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise _too_large(max_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > max_bytes:
                    raise _too_large(max_bytes)
    except TimeoutError as error:
        detail = f"the body did not come within {_SECONDS:g} seconds; send it again"
        raise Problem(408, "too-slow", detail, headers={"connection": "close"}) from error
    return bytes(body)


def _too_large(max_bytes: int) -> Problem:
    return Problem(
        413,
        "too-large",
        f"the body is longer than {max_bytes:,} bytes; shorten it",
        headers={"connection": "close"},
    )
