"""The reader's Redis against the assignments: the version that stands of each article, its story.

An article's record is compared to the byte with what its newest assignment tells. One that is newer
in Redis, or not wholly published yet, belongs to a reader that is at work, and is left alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from stancewire.errors import InvalidInput
from stancewire.events import Article, Assignment, Withdrawal
from stancewire.plumbing.envelope import decode_event
from stancewire.stores.assignments import Assignments
from stancewire.stores.recorded import Parked, Recorded, pack, unpack
from stancewire.stories.running import RunningStory, opened
from stancewire.workers.reading_plan import joined_by_record, recorded_of
from stancewire.workers.rebuild_tracks import Compared
from stancewire.workers.records import Incoming

Newest = dict[str, int]
"""Offset of the newest assignment of each article."""


def newest_of(log: Iterable[Incoming]) -> Newest:
    """Where the newest assignment of each article stands; the others are history."""
    return {(incoming.key or b"").decode(errors="replace"): incoming.offset for incoming in log}


@dataclass
class Articles:
    """Takes the newest assignments one by one."""

    store: Assignments
    now: datetime
    swap: bool
    compared: Compared = field(default_factory=Compared)
    stories: dict[str, RunningStory] = field(default_factory=dict)
    newest_arrival: datetime | None = None

    async def take(self, log: Iterable[Incoming], newest: Newest) -> None:
        """Compare every article of the log with Redis, and put right what differs."""
        for incoming in log:
            if newest.get((incoming.key or b"").decode(errors="replace")) != incoming.offset:
                continue
            try:
                event = decode_event(incoming.value, incoming.headers)
            except InvalidInput:
                continue
            if isinstance(event, Assignment):
                recorded = recorded_of(event)
                self._join(recorded)
                await self._compare(recorded)

    async def _compare(self, recorded: Recorded) -> None:
        while True:
            raw = await self.store.stored(recorded.uri)
            if raw == pack(recorded):
                self.compared.equal += 1
                return
            if raw is None and self.store.is_past(recorded, self.now):
                return
            if raw is not None and _is_ahead(raw, recorded):
                self.compared.equal += 1
                return
            if not self.swap:
                break
            if await self.store.put_back(recorded, instead_of=raw, now=self.now):
                self.compared.swapped += 1
                break
        self.compared.different += raw is not None
        self.compared.missing += raw is None
        self.compared.note(f"{recorded.uri}: {'missing' if raw is None else 'differs'} in Redis")

    def _join(self, recorded: Recorded) -> None:
        """Count the article in its story."""
        at = recorded.arrival.at
        self.newest_arrival = max(at, self.newest_arrival or at)
        article, story = recorded.article, recorded.story
        if recorded.status == "withdrawn" or not (article and story and recorded.vector):
            return
        known = self.stories.get(story.id) or opened(
            id=story.id,
            label=story.label,
            published_at=article.published_at,
            received_at=at,
            external=recorded.story_external,
        )
        self.stories[story.id] = replace(joined_by_record(known, recorded), label=story.label)

    def running(self, keep: timedelta) -> list[RunningStory]:
        """The stories that an article has joined lately."""
        end = self.newest_arrival
        return [story for story in self.stories.values() if end and story.touched >= end - keep]


def _is_ahead(raw: bytes, recorded: Recorded) -> bool:
    """Whether Redis has what a reader decided after the assignment, or is about to publish."""
    try:
        stored = unpack(raw, Recorded)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return not stored.published or stored.arrival.at > recorded.arrival.at


Decode = Callable[[Incoming], Article | Withdrawal]
_EMBARGO = b"embargo"


async def park_anew(
    log: Iterable[Incoming], *, decode: Decode, store: Assignments, now: datetime
) -> int:
    """Park the articles under embargo again, that Redis has lost; how many they are."""
    parked: dict[str, tuple[Incoming, datetime]] = {}
    for incoming in log:
        key = (incoming.key or b"").decode(errors="replace")
        if key not in parked and _EMBARGO not in (incoming.value or b"").lower():
            continue
        try:
            article = decode(incoming)
        except InvalidInput:
            continue
        if isinstance(article, Withdrawal):
            parked.pop(article.uri, None)
        elif article.embargoed_until is not None:
            parked[article.uri] = (incoming, article.embargoed_until)
    count = 0
    for uri, (incoming, until) in parked.items():
        if until > now or await store.stored(uri) is None:
            value, headers = incoming.value or b"", incoming.headers
            parked_as = Parked(key=uri.encode(), value=value, headers=headers, due=until)
            await store.park(uri, parked_as)
            count += 1
    return count
