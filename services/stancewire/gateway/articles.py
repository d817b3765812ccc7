"""Articles in, over HTTP."""

import asyncio
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Query, Request, Response

from stancewire.gateway.access import Caller, Publishing
from stancewire.gateway.bodies import read_body
from stancewire.gateway.openapi import ARTICLE, BODY, describing
from stancewire.gateway.parts import Given, Parts
from stancewire.gateway.problems import RETRY_S, Problem
from stancewire.gateway.queries import API, PublishQuery
from stancewire.gateway.shapes import Accepted
from stancewire.intake.decode import decode
from stancewire.stores.repeats import Claim
from stancewire.workers.records import BACKFILL_HEADER

MEDIA_TYPES = ("application/json", "application/ld+json", "application/cloudevents+json")

router = APIRouter(prefix=API, tags=["articles"])


@router.post(
    "/articles",
    status_code=202,
    responses=describing(Accepted, *BODY, "running", "invalid-article", status=202),
    openapi_extra=ARTICLE,
)
async def publish_article(
    request: Request,
    parts: Given,
    caller: Publishing,
    query: Annotated[PublishQuery, Query()],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
) -> Response:
    """Publish an article to Kafka: ninjs, schema.org NewsArticle or plain, bare or a CloudEvent.

    It is checked first, as the reader checks it. With an `Idempotency-Key`, a repeat within 24
    hours gets the first answer and publishes nothing.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise Problem(
            415,
            "media-type",
            f"the content type is {media_type!r}; send {' or '.join(MEDIA_TYPES)}",
        )
    if parts.taking.locked():
        wait = {"retry-after": str(RETRY_S)}
        raise Problem(503, "busy", "too many articles come at once; try again", headers=wait)
    async with parts.taking:
        body = await read_body(request)
        headers = [("content-type", media_type.encode())]
        send = _Sending(parts, body, headers, is_backfill=query.backfill)
        if idempotency_key is None:
            return _accepted(await send())
        return await _once(parts, caller, idempotency_key, send)


class _Sending:
    """One article on its way."""

    def __init__(
        self, parts: Parts, body: bytes, headers: list[tuple[str, bytes]], *, is_backfill: bool
    ) -> None:
        self.body = body
        self._parts = parts
        self._headers = headers
        self._marks = [BACKFILL_HEADER] if is_backfill else []

    async def __call__(self) -> bytes:
        """Check it and publish it; the answer. Raises InvalidInput, Unavailable."""
        article = await asyncio.to_thread(
            decode,
            self.body,
            key=None,
            headers=self._headers,
            received_at=self._parts.clock.now(),
            max_bytes=self._parts.max_body_bytes,
        )
        await self._parts.publisher.publish(
            self.body, uri=article.uri, headers=[*self._headers, *self._marks]
        )
        return msgspec.json.encode(Accepted(uri=article.uri, status="accepted"))


async def _once(parts: Parts, caller: Caller, key: str, send: _Sending) -> Response:
    claimed = await parts.repeats.claim(caller.id, key, body=send.body)
    match claimed:
        case bytes():
            return _accepted(claimed, {"idempotent-replayed": "true"})
        case Claim.OTHER:
            raise Problem(
                422,
                "idempotency-key",
                "this Idempotency-Key came with another body before; take a new one",
            )
        case Claim.RUNNING:
            wait = {"retry-after": str(RETRY_S)}
            raise Problem(
                409, "idempotency-key", "the same request is being answered; wait", headers=wait
            )
    try:
        given = await send()
    except BaseException:
        await parts.repeats.forget(caller.id, key)
        raise
    await parts.repeats.settle(caller.id, key, given)
    return _accepted(given)


def _accepted(body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status_code=202, media_type="application/json", headers=headers)
