"""Values as JSON responses that need not be sent twice."""

import hashlib

import msgspec
from fastapi import Request, Response

from stancewire.events import Value

_MAY_BE_KEPT = "private, no-cache"
"""A client may keep the answer, and must ask whether it still holds."""


def answer(request: Request, value: Value | bytes) -> Response:
    """200 with the value, or 304 where the client names the ETag of these very bytes.

    `value` may be the bytes of a value that was encoded before.
    """
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    etag = f'"{hashlib.blake2b(body, digest_size=15).hexdigest()}"'
    headers = {
        "etag": etag,
        "cache-control": _MAY_BE_KEPT,
        "vary": "authorization, cookie",
    }
    if _is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _is_known(condition: str, etag: str) -> bool:
    """RFC 9110, 13.1.2: a list of tags, compared weakly, or `*`."""
    tags = {tag.strip().removeprefix("W/") for tag in condition.split(",")}
    return etag in tags or "*" in tags
