"""The acts of people in Redis, where reader and tracker look them up.

The topic `acts` is the truth; a hash keeps each act by its id. Whoever adds an act that must take
effect at once begins another life of the namespace (`stores.life`) behind it: every script that
writes then refuses once, and whoever asked looks at the acts again before it writes. So an act
costs no round trip while there is none, and no write that is under way slips past it.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from redis.asyncio import Redis

from stancewire.acts import Act, Decided
from stancewire.events import to_json
from stancewire.stores.life import Life
from stancewire.stores.unavailable import redis_errors

_ACT = msgspec.json.Decoder(Act)


class Acts:
    """The store. One instance per process, since it remembers what it has seen.

    Every call of Redis raises Unavailable where it does not answer.
    """

    def __init__(self, client: Redis, *, namespace: str, life: Life) -> None:
        self._client = client
        self._life = life
        # The braces keep all keys on one node of a Redis cluster, as the scripts need it.
        self._key = f"{{{namespace}}}:acts"
        self._known: dict[str, Act] = {}
        self._seen: bytes | None = None
        self._decided = Decided()

    def learn(self, acts: Iterable[Act]) -> None:
        """Know the acts of the topic: should Redis have lost some, they are put back."""
        self._known.update((act.act_id, act) for act in acts)
        self._seen = None

    def known(self, act_id: str) -> Act | None:
        """An act that was learned or found."""
        return self._known.get(act_id)

    async def decided(self) -> Decided:
        """What all acts come to; asks Redis only after the namespace has begun another life."""
        mark = self._life.mark
        if self._seen != mark:
            with redis_errors():
                stored: Any = await self._client.hvals(self._key)
            found = {act.act_id: act for act in map(_ACT.decode, stored)}
            lost = self._known.keys() - found.keys()
            self._known.update(found)
            if lost:
                await self.add(*(self._known[act_id] for act_id in lost))
            self._decided = Decided.by(self._known.values())
            self._seen = mark
        return self._decided

    async def add(self, *acts: Act) -> None:
        """Keep acts that are in the topic already."""
        self._known.update((act.act_id, act) for act in acts)
        with redis_errors():
            await self._client.hset(self._key, mapping={act.act_id: to_json(act) for act in acts})
