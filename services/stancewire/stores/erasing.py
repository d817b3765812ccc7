"""Takes an article or an actor out of what Redis keeps, and looks for what is left of it.

The tracker's states it leaves to the tracker, which does it when it meets the erasing withdrawals.
Every call raises Unavailable where Redis does not answer; calling again is safe.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
from msgspec import structs
from redis.asyncio import Redis
from redis.exceptions import WatchError

from stancewire.events import StanceChange, StoryRef, to_json
from stancewire.stores.mending import MendableTracks
from stancewire.stores.recorded import Recorded, unpack
from stancewire.stores.unavailable import redis_errors

Clean = Callable[[StanceChange], StanceChange | None]
"""A change as it may be kept; None where it may not."""

_CHANGE = msgspec.json.Decoder(StanceChange)
_PAGE = 500


class Erasing:
    """One namespace, seen from below its stores."""

    def __init__(self, client: Redis, *, namespace: str, tracks: MendableTracks) -> None:
        self._client = client
        self._root = f"{{{namespace}}}"
        self._tracks = tracks

    async def names(self, prefix: str = "") -> AsyncIterator[bytes]:
        """Every key of the namespace that begins so, in no order; some may come twice."""
        cursor = 0
        pattern = f"{_escaped(f'{self._root}:{prefix}')}*"
        while True:
            with redis_errors():
                answer: Any = await self._client.scan(cursor, match=pattern, count=_PAGE)
            cursor, names = answer
            for name in names:
                yield name
            if not cursor:
                return

    async def recorded(self) -> AsyncIterator[Recorded]:
        """Every article that the reader remembers."""
        async for name in self.names("reader:article:"):
            with redis_errors():
                raw: Any = await self._client.get(name)
            if raw is not None:
                yield unpack(raw, Recorded)

    async def tracked(self, part: str = "") -> AsyncIterator[str]:
        """The tracking key of every state; those whose key ends so."""
        prefix = f"{self._root}:tracker:key:"
        async for name in self.names("tracker:key:"):
            key = name.decode(errors="surrogateescape").removeprefix(prefix)
            if key.endswith(part):
                yield key

    async def forget_article(self, uri: str) -> None:
        """Remove what the reader remembers of an article that is in no story any more."""
        with redis_errors():
            await self._client.delete(f"{self._root}:reader:article:{uri}")

    async def relabel(self, story: StoryRef) -> None:
        """Show a story under another label, in its list and in every state of it."""
        labels = f"{self._root}:tracker:labels"
        with redis_errors():
            if await self._client.hexists(labels, story.id):
                await self._client.hset(labels, story.id, story.label)
        async for key in self.tracked():
            if key.partition("|")[0] == story.id:
                await self._relabel_state(key, story)

    async def clean_changes(self, clean: Clean) -> None:
        """Rewrite what pages show of changes, each at its place."""
        async for name in self.names("tracker:history:"):
            await self._rewritten(name, clean, _clean_list)
        await self._rewritten(f"{self._root}:tracker:changes".encode(), clean, _clean_stream)

    async def drop_empty_stories(self) -> None:
        """Remove stories that have no actor left from the list of stories."""
        stories, labels = (f"{self._root}:tracker:{name}" for name in ("stories", "labels"))
        with redis_errors():
            ids: Any = await self._client.zrange(stories, 0, -1)
            for story_id in ids:
                actors = f"{self._root}:tracker:actors:{story_id.decode()}"
                if not await self._client.exists(actors):
                    await self._client.zrem(stories, story_id)
                    await self._client.hdel(labels, story_id.decode())

    async def traces(self, is_trace: Callable[[bytes], bool]) -> list[str]:
        """Names of the keys that hold a trace, in their name or anywhere in their value."""
        found = set()
        async for name in self.names():
            if is_trace(name) or any(is_trace(part) for part in await self._value(name)):
                found.add(name.decode(errors="backslashreplace"))
        return sorted(found)

    async def _relabel_state(self, key: str, story: StoryRef) -> None:
        while True:
            tracked = await self._tracks.load(key)
            named = tracked.state.named
            if named is None or named.story == story:
                return
            state = structs.replace(tracked.state, named=structs.replace(named, story=story))
            if await self._tracks.save(tracked, state=state, outbox=tracked.outbox) is not None:
                return

    async def _rewritten(self, name: bytes, clean: Clean, rewrite: Any) -> None:
        with redis_errors():
            async with self._client.pipeline(transaction=True) as pipeline:
                while True:
                    try:
                        await pipeline.watch(name)
                        if await rewrite(pipeline, name, clean):
                            await pipeline.execute()
                    except WatchError:
                        continue
                    return

    async def _value(self, name: bytes) -> Sequence[bytes]:
        """All parts of a value, whatever its type; none where it is gone."""
        client: Any = self._client
        with redis_errors():
            kind = await client.type(name)
            match kind:
                case b"string":
                    parts = [await client.get(name) or b""]
                case b"hash":
                    parts = [p for pair in (await client.hgetall(name)).items() for p in pair]
                case b"list":
                    parts = await client.lrange(name, 0, -1)
                case b"set":
                    parts = list(await client.smembers(name))
                case b"zset":
                    parts = await client.zrange(name, 0, -1)
                case b"stream":
                    rows = await client.xrange(name)
                    parts = [p for _, pairs in rows for pair in pairs.items() for p in pair]
                case _:
                    parts = []
        return parts


async def _clean_list(pipeline: Any, name: bytes, clean: Clean) -> bool:
    """Queue what replaces a list of changes; False where nothing has to be replaced."""
    rows: Sequence[bytes] = await pipeline.lrange(name, 0, -1)
    kept = [change for raw in rows if (change := _cleaned(raw, clean)) is not None]
    if kept == list(rows):
        return False
    pipeline.multi()
    pipeline.delete(name)
    if kept:
        pipeline.rpush(name, *kept)
    return True


async def _clean_stream(pipeline: Any, name: bytes, clean: Clean) -> bool:
    """Queue what replaces a stream of changes, each at its position; False as for a list.

    The position of the next change stays behind all that were ever given.
    """
    rows: Sequence[tuple[bytes, dict[bytes, bytes]]] = await pipeline.xrange(name)
    cleaned = [(at, _cleaned(pairs[b"change"], clean)) for at, pairs in rows]
    if [raw for _, raw in cleaned] == [pairs[b"change"] for _, pairs in rows]:
        return False
    pipeline.multi()
    pipeline.delete(name)
    for at, raw in cleaned:
        pipeline.xadd(name, {"change": raw or b""}, id=at)
    # An entry that may not be kept is put in all the same and taken out: so the stream remembers
    # the last position, and whoever reads on from there misses nothing.
    gone = [at for at, raw in cleaned if raw is None]
    if gone:
        pipeline.xdel(name, *gone)
    return True


def _cleaned(raw: bytes, clean: Clean) -> bytes | None:
    change = _CHANGE.decode(raw)
    kept = clean(change)
    if kept is None:
        return None
    return raw if kept is change else to_json(kept)


def _escaped(pattern: str) -> str:
    """A text as it stands for itself in a pattern of SCAN."""
    return "".join(f"\\{c}" if c in "\\*?[]^" else c for c in pattern)
