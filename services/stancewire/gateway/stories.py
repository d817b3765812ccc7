"""Stories, who speaks in them, and in which stories somebody speaks."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from stancewire.events import StoryRef
from stancewire.gateway import cursors
from stancewire.gateway.access import Reading
from stancewire.gateway.answers import answer
from stancewire.gateway.matching import fits
from stancewire.gateway.openapi import describing
from stancewire.gateway.parts import Given
from stancewire.gateway.problems import not_found
from stancewire.gateway.queries import API, ActorId, ActorQuery, StoriesQuery, StoryId
from stancewire.gateway.shapes import ActorPage, InStory, Story, StoryPage
from stancewire.stores.shown import Shown
from stancewire.stores.track_index import Place, StoryLine, TrackIndex

LISTED_ACTORS = 20
"""Actors of a story that a list of stories shows."""
SHOWN_ACTORS = 500
"""Actors that a story shows; timelines can be paged through all of them."""
_LOOKED_AT = 400
"""Stories that one request looks at; where few match, the page is short and leads on."""

router = APIRouter(prefix=API, tags=["stories"])


@router.get("/stories", responses=describing(StoryPage))
async def list_stories(
    request: Request, parts: Given, _: Reading, query: Annotated[StoriesQuery, Query()]
) -> Response:
    """Running stories, the one with the newest article first.

    A page may hold fewer stories than `limit`, even none, and still lead on by `next`.
    """
    after = cursors.to_place(query.cursor)
    found: list[Story] = []
    looked_at = 0
    is_last = False
    while len(found) < query.limit and looked_at < _LOOKED_AT and not is_last:
        lines = await _lines(parts.index, query, after=after)
        looked_at += len(lines)
        is_last = len(lines) < query.limit
        for line, actors in zip(
            lines, await parts.index.actors_of_all([line.id for line in lines]), strict=True
        ):
            if len(found) == query.limit:
                is_last = False
                break
            after = line.place
            matching = [shown for shown in actors if fits(shown, query)]
            if matching:
                found.append(_story(line, matching, limit=LISTED_ACTORS))
    following = None if is_last or after is None else cursors.of_place(after)
    return answer(request, StoryPage(items=tuple(found), next=following))


@router.get("/stories/{story_id}", responses=describing(Story, "not-found"))
async def get_story(request: Request, parts: Given, _: Reading, story_id: StoryId) -> Response:
    """One story with its actors."""
    line = await parts.index.story(story_id)
    (actors,) = await parts.index.actors_of_all([story_id])
    if line is None or not actors:
        raise not_found(f"story {story_id!r}")
    return answer(request, _story(line, actors, limit=SHOWN_ACTORS))


@router.get("/actors/{actor_id}", responses=describing(ActorPage, "not-found"), tags=["actors"])
async def get_actor(
    request: Request,
    parts: Given,
    _: Reading,
    actor_id: ActorId,
    query: Annotated[ActorQuery, Query()],
) -> Response:
    """An actor and the stories in which it speaks, the one where it spoke last first."""
    after = cursors.to_place(query.cursor)
    found = await parts.index.stories_of(actor_id, limit=query.limit + 1, after=after)
    named = found or await parts.index.stories_of(actor_id, limit=1)
    if not named:
        raise not_found(f"actor {actor_id!r}")
    page = found[: query.limit]
    return answer(
        request,
        ActorPage(
            actor=named[0][1].actor,
            items=tuple(
                InStory(story=StoryRef(id=line.id, label=line.label), shown=shown)
                for line, shown in page
            ),
            next=cursors.of_place(page[-1][0].place) if len(found) > query.limit else None,
        ),
    )


async def _lines(
    index: TrackIndex, query: StoriesQuery, *, after: Place | None
) -> tuple[StoryLine, ...]:
    if query.actor is None:
        return await index.stories(limit=query.limit, after=after)
    found = await index.stories_of(query.actor, limit=query.limit, after=after)
    return tuple(line for line, _ in found)


def _story(line: StoryLine, actors: Sequence[Shown], *, limit: int) -> Story:
    turned = [shown for shown in actors if shown.turn is not None]
    return Story(
        id=line.id,
        label=line.label,
        published_at=line.published_at,
        actors=tuple(actors[:limit]),
        actors_total=len(actors),
        stances=dict(Counter(shown.held.stance for shown in actors if shown.held)),
        languages=tuple(sorted({language for shown in actors for language in shown.languages})),
        latest=max(turned, key=_turned_at, default=None),
    )


def _turned_at(shown: Shown) -> tuple[float, str]:
    return (shown.turn.at.timestamp() if shown.turn else 0.0, shown.actor.id)
