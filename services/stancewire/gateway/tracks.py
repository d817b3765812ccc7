"""One actor in one story: how it stands, over time, and on what evidence."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response

from stancewire.events import StoryRef
from stancewire.gateway import cursors
from stancewire.gateway.access import Reading
from stancewire.gateway.answers import answer
from stancewire.gateway.matching import fits
from stancewire.gateway.openapi import describing
from stancewire.gateway.parts import Given, Parts
from stancewire.gateway.problems import not_found
from stancewire.gateway.queries import API, ActorId, EvidenceQuery, StoryId, TimelinesQuery
from stancewire.gateway.shapes import ProofPage, TimelinePage
from stancewire.stores.shown import Shown, milliseconds
from stancewire.stores.track_index import Place, ShownTrack, TrackIndex, place_of
from stancewire.tracking import State, Timeline, View, proofs, timeline, view
from stancewire.tracking.timeline import Proof

router = APIRouter(prefix=API + "/stories/{story_id}", tags=["stories"])


@router.get("/timeline", responses=describing(TimelinePage, "not-found"))
async def list_timelines(
    request: Request,
    parts: Given,
    _: Reading,
    story_id: StoryId,
    query: Annotated[TimelinesQuery, Query()],
) -> Response:
    """The timelines of a story's actors; who spoke last comes first."""
    line = await parts.index.story(story_id)
    if line is None:
        raise not_found(f"story {story_id!r}")
    found = await _actors(parts.index, story_id, query)
    page = found[: query.limit]
    tracks = await parts.index.tracks(story_id, [shown.actor.id for shown in page])
    drawn = await _timelines(parts, [track for track in tracks if track])
    encoded = msgspec.json.encode(
        {
            "story": StoryRef(id=line.id, label=line.label),
            "items": [msgspec.Raw(each) for each in drawn],
            "next": cursors.of_place(place_of(page[-1])) if len(found) > query.limit else None,
        }
    )
    return answer(request, encoded)


@router.get("/actors/{actor_id}", responses=describing(View, "not-found"))
async def get_track(
    request: Request, parts: Given, _: Reading, story_id: StoryId, actor_id: ActorId
) -> Response:
    """How an actor stands in a story, and how the votes of late are spread."""
    track = await _track(parts, story_id, actor_id)
    as_of = _as_of(track.state, parts.clock.now())
    return answer(request, view(track.state, as_of=as_of, config=parts.detector))


@router.get("/actors/{actor_id}/timeline", responses=describing(Timeline, "not-found"))
async def get_timeline(
    request: Request, parts: Given, _: Reading, story_id: StoryId, actor_id: ActorId
) -> Response:
    """An actor in a story over time: readings, stances, changes, and how the votes spread."""
    (drawn,) = await _timelines(parts, [await _track(parts, story_id, actor_id)])
    return answer(request, drawn)


@router.get("/actors/{actor_id}/evidence", responses=describing(ProofPage, "not-found"))
async def list_evidence(
    request: Request,
    parts: Given,
    _: Reading,
    story_id: StoryId,
    actor_id: ActorId,
    query: Annotated[EvidenceQuery, Query()],
) -> Response:
    """The articles in which an actor speaks, with its statements; the newest first."""
    track = await _track(parts, story_id, actor_id)
    after = cursors.to_place(query.cursor)
    found = [
        proof
        for proof in reversed(proofs(track.state, config=parts.detector))
        if _matches(proof, query) and (after is None or _place(proof) < after)
    ]
    page = found[: query.limit]
    following = cursors.of_place(_place(page[-1])) if len(found) > query.limit else None
    return answer(request, ProofPage(items=tuple(page), next=following))


async def _actors(index: TrackIndex, story_id: str, query: TimelinesQuery) -> Sequence[Shown]:
    """The actors of the page, and one more where another page follows."""
    after = cursors.to_place(query.cursor)
    if query.stance is None and query.actor is None and query.language is None:
        return await index.actors(story_id, limit=query.limit + 1, after=after)
    (actors,) = await index.actors_of_all([story_id])
    fitting = (each for each in actors if after is None or place_of(each) < after)
    return list(islice((each for each in fitting if fits(each, query)), query.limit + 1))


async def _track(parts: Parts, story_id: str, actor_id: str) -> ShownTrack:
    (track,) = await parts.index.tracks(story_id, [actor_id])
    if track is None:
        raise not_found(f"actor {actor_id!r} in a story {story_id!r}")
    return track


async def _timelines(parts: Parts, tracks: Sequence[ShownTrack]) -> list[bytes]:
    """The timelines as JSON; each is computed once for a revision and an hour, in a thread."""
    now = parts.clock.now()
    drawn = []
    for track in tracks:
        key = (track.key, track.revision, _as_of(track.state, now))
        found = parts.timelines.find(key)
        if found is None:
            found = await asyncio.to_thread(_drawn, track, key[2], parts)
            parts.timelines.keep(key, found)
        drawn.append(found)
    return drawn


def _drawn(track: ShownTrack, as_of: datetime, parts: Parts) -> bytes:
    return msgspec.json.encode(
        timeline(track.state, history=track.history, as_of=as_of, config=parts.detector)
    )


def _as_of(state: State, now: datetime) -> datetime:
    """The hour, so that an answer stays the same for a while; never before the newest article."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return max([hour, *(item.at for item in state.items[-1:])])


def _matches(proof: Proof, query: EvidenceQuery) -> bool:
    return (
        query.stance in (None, proof.stance)
        and query.language in (None, proof.article.language)
        and query.counts in (None, proof.counts)
    )


def _place(proof: Proof) -> Place:
    return Place(milliseconds(proof.article.published_at), proof.article.uri)
