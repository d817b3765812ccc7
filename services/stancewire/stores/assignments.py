"""The reader's decisions in Redis: running stories, the newest version of each article, embargoes.

An article's story is decided once. `decide` writes the article and the stories it changed in one
script, and only if neither has changed since they were read; so two readers that open the same new
story at once get one story, the slower one after reading again. Every call raises Unavailable where
Redis does not answer; calling again is safe.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from redis.asyncio import Redis

from stancewire.stores.assignments_lua import CONFIRM, DECIDE, PUT_BACK, RELEASE, STORIES_SINCE
from stancewire.stores.life import Life
from stancewire.stores.recorded import Parked, Recorded, pack, pack_story, unpack, unpack_story
from stancewire.stores.unavailable import redis_errors
from stancewire.stories.open_stories import OpenStories
from stancewire.stories.running import RunningStory


class Decision(Enum):
    """How an attempt to decide ended."""

    DECIDED = "decided"
    ARTICLE_CHANGED = "article"
    """Another reader decided this article meanwhile: look it up again."""
    STORIES_CHANGED = "stories"
    """Another article joined or opened a story meanwhile: choose again."""


@dataclass(frozen=True, kw_only=True)
class Stories:
    """The running stories at one revision; of the newest one only, once another was asked for."""

    epoch: bytes = b""
    revision: int = 0
    running: Mapping[str, RunningStory] = field(default_factory=dict)


class Assignments:
    """The store. One instance per process, since it remembers the stories it has seen.

    `keep_articles` is how long an article's newest version is remembered, and so how long a repeat
    or an older version of it is known; `keep_stories` how long a story without a new article is.
    What is decided in another life of Redis than `life` knows is refused; without one no life is
    expected.
    """

    def __init__(
        self,
        client: Redis,
        *,
        namespace: str,
        keep_articles: timedelta = timedelta(days=180),
        keep_stories: timedelta = timedelta(days=14),
        life: Life | None = None,
    ) -> None:
        self._client = client
        self._life = life or Life(client, namespace=namespace)
        self._keep_articles_ms = str(_milliseconds(keep_articles))
        self._keep_stories = keep_stories
        # The braces keep all keys on one node of a Redis cluster, as the scripts need it.
        self._prefix = f"{{{namespace}}}:reader"
        self._stories_since = client.register_script(STORIES_SINCE)
        self._decide = client.register_script(DECIDE)
        self._confirm = client.register_script(CONFIRM)
        self._put_back = client.register_script(PUT_BACK)
        self._release = client.register_script(RELEASE)
        self._seen = Stories()

    async def find(self, uri: str) -> Recorded | None:
        """The newest decided version of an article, if any."""
        with redis_errors():
            raw: Any = await self._client.get(self._article(uri))
        return None if raw is None else unpack(raw, Recorded)

    async def stories(self) -> Stories:
        """The running stories as they are now; only what changed since the last call is fetched."""
        with redis_errors():
            epoch, revision, all_of_them, ids, found = await self._stories_since(
                keys=[self._key("meta"), self._key("stories"), self._key("changed")],
                args=[self._seen.epoch, self._seen.revision],
            )
        running = OpenStories() if all_of_them else OpenStories.of(self._seen.running)
        for story_id, raw in zip(ids, found, strict=True):
            if raw:
                running.put(unpack_story(raw))
            else:
                running.forget(story_id.decode())
        self._seen = Stories(epoch=epoch, revision=int(revision), running=running)
        return self._seen

    async def decide(
        self,
        recorded: Recorded,
        *,
        instead_of: Recorded | None,
        stories: Stories,
        changed: Sequence[RunningStory] = (),
    ) -> Decision:
        """Record a decision that was taken seeing `instead_of` and `stories`.

        A story in `changed` that has no articles left is forgotten. With no story changed, only the
        article is compared. Raises Unavailable where Redis has lost its life.
        """
        arguments: list[Any] = [
            stories.epoch,
            str(stories.revision),
            pack(instead_of) if instead_of else b"",
            pack(recorded),
            self._keep_articles_ms,
            uuid.uuid4().hex,
            str(_epoch_milliseconds(recorded.arrival.at - self._keep_stories)),
            self._life.mark,
        ]
        for story in changed:
            raw = pack_story(story) if story.articles else b""
            arguments += [story.id, raw, str(_epoch_milliseconds(story.touched))]
        keys = [self._key(name) for name in ("meta", "stories", "changed", "touched")]
        with redis_errors():
            answer = await self._decide(
                keys=[*keys, self._article(recorded.uri), self._life.key], args=arguments
            )
        if answer == b"life":
            await self._life.follow()
            return Decision.ARTICLE_CHANGED
        return Decision(answer.decode())

    async def confirm(self, recorded: Recorded, *, as_published: Recorded) -> bool:
        """Mark a decision as published; False where another reader has changed it meanwhile."""
        with redis_errors():
            done = await self._confirm(
                keys=[self._article(recorded.uri)],
                args=[pack(recorded), pack(as_published), self._keep_articles_ms],
            )
        return bool(done)

    async def stored(self, uri: str) -> bytes | None:
        """The bytes under which an article's newest decided version is kept."""
        with redis_errors():
            raw: Any = await self._client.get(self._article(uri))
        return raw  # type: ignore[no-any-return]

    def is_past(self, recorded: Recorded, now: datetime) -> bool:
        """Whether a decision is so old that it is no longer remembered."""
        return self._remaining_ms(recorded, now) <= 0

    async def put_back(
        self, recorded: Recorded, *, instead_of: bytes | None, now: datetime
    ) -> bool:
        """Put a decision where Redis has lost or altered it; False where that changed meanwhile."""
        with redis_errors():
            done = await self._put_back(
                keys=[self._article(recorded.uri)],
                args=[
                    b"" if instead_of is None else instead_of,
                    pack(recorded),
                    max(self._remaining_ms(recorded, now), 1),
                ],
            )
        return bool(done)

    async def put_back_stories(self, stories: Sequence[RunningStory]) -> None:
        """Restore the running stories of a Redis that has lost them, under another epoch."""
        async with self._client.pipeline(transaction=True) as pipeline:
            for story in stories:
                touched = _epoch_milliseconds(story.touched)
                pipeline.hset(self._key("stories"), story.id, pack_story(story))
                pipeline.zadd(self._key("touched"), {story.id: touched})
                pipeline.zadd(self._key("changed"), {story.id: 1})
            meta = {"epoch": uuid.uuid4().hex, "revision": 1}
            pipeline.hset(self._key("meta"), mapping=meta)  # type: ignore[arg-type]
            with redis_errors():
                await pipeline.execute()

    async def park(self, uri: str, parked: Parked) -> None:
        """Keep an embargoed article until it is due, in place of an earlier one of the same uri."""
        async with self._client.pipeline(transaction=True) as pipeline:
            pipeline.hset(self._key("embargo:records"), uri, pack(parked))
            pipeline.zadd(self._key("embargo:due"), {uri: _epoch_milliseconds(parked.due)})
            with redis_errors():
                await pipeline.execute()

    async def due(self, now: datetime, *, limit: int = 100) -> Sequence[tuple[str, Parked]]:
        """The embargoed articles that are due, earliest first."""
        with redis_errors():
            uris: Any = await self._client.zrangebyscore(
                self._key("embargo:due"), "-inf", _epoch_milliseconds(now), start=0, num=limit
            )
            if not uris:
                return ()
            found: Any = await self._client.hmget(self._key("embargo:records"), uris)
        return [
            (uri.decode(), unpack(raw, Parked))
            for uri, raw in zip(uris, found, strict=True)
            if raw is not None
        ]

    async def release(self, uri: str, parked: Parked) -> None:
        """Forget a parked article, unless another version has taken its place."""
        with redis_errors():
            await self._release(
                keys=[self._key("embargo:due"), self._key("embargo:records")],
                args=[uri, pack(parked)],
            )

    async def unpark(self, uri: str) -> None:
        """Forget whatever is parked for an article, because it was withdrawn."""
        async with self._client.pipeline(transaction=True) as pipeline:
            pipeline.hdel(self._key("embargo:records"), uri)
            pipeline.zrem(self._key("embargo:due"), uri)
            with redis_errors():
                await pipeline.execute()

    def _remaining_ms(self, recorded: Recorded, now: datetime) -> int:
        return int(self._keep_articles_ms) - _milliseconds(now - recorded.arrival.at)

    def _key(self, name: str) -> str:
        return f"{self._prefix}:{name}"

    def _article(self, uri: str) -> str:
        return self._key(f"article:{uri}")


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _epoch_milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
