"""Changes: those that were, and those to come."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from stancewire.gateway import cursors
from stancewire.gateway.access import Reading
from stancewire.gateway.answers import answer
from stancewire.gateway.event_stream import EventStream, missed
from stancewire.gateway.matching import concerns, matches
from stancewire.gateway.openapi import STREAM, describing
from stancewire.gateway.parts import Given
from stancewire.gateway.problems import RETRY_S, Fault, Problem
from stancewire.gateway.queries import API, ChangesQuery, StreamQuery
from stancewire.gateway.shapes import ChangePage, RecordedChange

_CHUNK = 200
_LOOKED_AT = 2_000
"""Changes that one request looks at; where few match, the page is short and leads on."""

router = APIRouter(prefix=API, tags=["changes"])


@router.get("/changes", responses=describing(ChangePage))
async def list_changes(
    request: Request, parts: Given, _: Reading, query: Annotated[ChangesQuery, Query()]
) -> Response:
    """Recent changes, the one recorded last first.

    A page may hold fewer changes than `limit`, even none, and still lead on by `next`.
    """
    before = cursors.to_position(query.cursor)
    found: list[RecordedChange] = []
    looked_at = 0
    is_last = False
    while len(found) < query.limit and looked_at < _LOOKED_AT and not is_last:
        rows = await parts.index.recent_changes(limit=_CHUNK, before=before)
        looked_at += len(rows)
        is_last = len(rows) < _CHUNK
        for position, change in rows:
            if len(found) == query.limit:
                is_last = False
                break
            before = position
            if matches(change, query):
                found.append(RecordedChange(position=position, change=change))
    following = None if is_last or before is None else cursors.of_position(before)
    return answer(request, ChangePage(items=tuple(found), next=following))


@router.get("/stream", status_code=200, response_class=EventStream, responses=STREAM)
async def stream_changes(
    parts: Given,
    _: Reading,
    query: Annotated[StreamQuery, Query()],
    last_event_id: Annotated[str | None, Header(max_length=50)] = None,
) -> Response:
    """Changes as they are recorded, as server-sent events.

    `hello` comes first and says that the stream is live: open it, then fetch what you show, and
    nothing is missed in between. `change` has a change as `/api/v1/changes` shows it. `stale` says
    that changes were left out: fetch anew. Each event has an id; a client that comes back with it
    in `Last-Event-ID` gets what it missed, before `hello`. A comment comes every 15 seconds. A
    client that takes nothing for 10 seconds is dropped.
    """
    seen = last_event_id or query.last_event_id
    if seen is not None and not cursors.is_position(seen):
        detail = "this is no id of an event of this stream; leave it out to begin with what is new"
        fault = Fault(at="header.last-event-id", detail=detail)
        raise Problem(422, "invalid-request", f"{fault.at}: {detail}", errors=(fault,))
    if len(parts.hub) >= parts.settings.max_streams:
        raise Problem(
            503,
            "too-many-streams",
            f"{parts.settings.max_streams} clients are listening already; try again later",
            headers={"retry-after": str(RETRY_S * 10)},
        )
    listener = parts.hub.join()
    try:
        news = await missed(parts.index, seen=seen, until=listener.position) if seen else ()
    except BaseException:
        parts.hub.leave(listener)
        raise
    return EventStream(
        listener,
        hub=parts.hub,
        missed=news,
        wanted=lambda change: concerns(change, query),
        metrics=parts.metrics,
    )
