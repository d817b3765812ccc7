"""`purge`: an article or an actor leaves Redis, and by record the topics, also while services run.

First the act, in its topic and in Redis, and another life of the namespace: from here on no worker
writes anything of the subject any more. Then the reader's decisions, the records that take it back,
and what pages show. The tracker's states are the tracker's: it takes the subject out of them, and
takes back what it had published, when it meets the records. Doing all of it again is safe, and
mends what a crash or a record under way has left.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from msgspec import structs
from redis.asyncio import Redis

from stancewire.acts import Act
from stancewire.errors import InvalidInput, Unavailable
from stancewire.events import (
    Assignment,
    StoryRef,
    Withdrawal,
)
from stancewire.plumbing.clock import Clock
from stancewire.plumbing.envelope import Record, decode_event
from stancewire.plumbing.kafka import Topics
from stancewire.stores.acts import Acts
from stancewire.stores.assignments import Assignments, Decision
from stancewire.stores.erasing import Erasing
from stancewire.stores.life import Life, lost
from stancewire.stores.mending import MendableTracks
from stancewire.stores.recorded import Recorded
from stancewire.stories.assign import label_for
from stancewire.tracking.erasure import erases, without_traces
from stancewire.tracking.state import State
from stancewire.workers.erasing_log import (
    Mentions,
    Subject,
    assignment_without,
    encoded,
    erasure_act,
    erasures_of,
    rename_act,
)
from stancewire.workers.erasing_stored import (
    is_called_after,
    relabelled,
    remembered,
    without_actor,
)
from stancewire.workers.heeding import acts_in, heeded_change, heeded_observation
from stancewire.workers.reading_plan import plan_withdrawal
from stancewire.workers.records import Incoming

Read = Callable[[str], Iterable[Incoming]]
"""All records of a topic as they are now."""
Send = Callable[[str, Sequence[Record]], None]
"""Publishes to a topic and returns when all is acknowledged."""

NO_LABEL = "(erased)"
_LOOK_EVERY_S = 0.5


@dataclass(kw_only=True)
class Purged:
    """What a purge did, and what it could not do."""

    withdrawn: int = 0
    """Records that took observations back."""
    keys: list[str] = field(default_factory=list)
    """Tracking keys that held the subject."""
    renamed: list[StoryRef] = field(default_factory=list)
    """Stories that had the article's title for their label."""
    waiting: list[str] = field(default_factory=list)
    """Tracking keys from which no tracker has taken it yet."""
    left: list[str] = field(default_factory=list)
    """Names of keys in Redis that still hold a trace."""

    @property
    def is_done(self) -> bool:
        """Whether Redis is free of it."""
        return not (self.waiting or self.left)


class Purge:
    """One purge. Everything raises Unavailable where Kafka or Redis is away."""

    def __init__(
        self,
        subject: Subject,
        *,
        namespace: str,
        client: Redis,
        topics: Topics,
        read: Read,
        send: Send,
        clock: Clock,
        by: str,
        keep_articles: timedelta,
        reason: str | None = None,
    ) -> None:
        self._subject = subject
        self._namespace = namespace
        self._topics = topics
        self._read = read
        self._send = send
        self._clock = clock
        self._by = by
        self._reason = reason
        self._life = Life(client, namespace=namespace)
        self._acts = Acts(client, namespace=namespace, life=self._life)
        self._articles = Assignments(
            client, namespace=namespace, keep_articles=keep_articles, life=self._life
        )
        self._tracks = MendableTracks(client, namespace=namespace, life=self._life)
        self._erasing = Erasing(client, namespace=namespace, tracks=self._tracks)

    async def run(
        self, *, wait_s: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> Purged:
        """Erase; wait up to `wait_s` seconds for the trackers to do their part."""
        if not await self._life.find():
            raise Unavailable(lost(self._namespace))
        self._acts.learn(acts_in(self._read(self._topics.acts)))
        act = await self._decree()
        mentions = await self._mentions()
        done = Purged(keys=sorted({key for key, _ in mentions.newest}))
        if self._subject.kind == "article":
            await self._erase_article(mentions, done)
        else:
            await self._erase_actor()
        decided = await self._acts.decided()
        called = partial(heeded_observation, decided=decided)
        records = [*map(encoded, map(called, erasures_of(mentions, at=act.at)))]
        self._send(self._topics.observations, records)
        done.withdrawn = len(records)
        await self._wait(done, wait_s=wait_s, sleep=sleep)
        await self._erasing.clean_changes(partial(heeded_change, decided=decided))
        await self._erasing.drop_empty_stories()
        done.left = await self._erasing.traces(
            lambda raw: self._subject.is_in(raw) or self._subject.is_all_of(raw)
        )
        return done

    async def _decree(self) -> Act:
        """Let it be known to all that nothing of the subject may be kept; the act, old or new."""
        made = erasure_act(self._subject, by=self._by, at=self._clock.now(), reason=self._reason)
        await self._acts.decided()
        act = self._acts.known(made.act_id)
        if act is None:
            act = made
            self._send(self._topics.acts, [encoded(act)])
        await self._heed(act)
        return act

    async def _heed(self, act: Act) -> None:
        await self._acts.add(act)
        await self._life.begin_anew()
        await self._acts.decided()

    async def _mentions(self) -> Mentions:
        """Everything that was observed of the subject, by the log, the reader and the tracker."""
        mentions = Mentions(self._subject)
        mentions.take(self._read(self._topics.observations))
        async for recorded in self._erasing.recorded():
            for observation in (*recorded.observations, *recorded.superseded):
                mentions.add(observation)
        async for key in self._erasing.tracked():
            if self._is_held(await self._state(key), key):
                for observation in remembered(await self._state(key), self._subject):
                    mentions.add(observation)
        return mentions

    async def _state(self, key: str) -> State:
        return (await self._tracks.load(key)).state

    def _is_held(self, state: State, key: str) -> bool:
        if self._subject.kind == "actor":
            return key.partition("|")[2] == self._subject.name and state != State()
        return without_traces(state, self._subject.name) != state

    async def _erase_article(self, mentions: Mentions, done: Purged) -> None:
        uri = self._subject.name
        await self._articles.unpark(uri)
        standing = await self._articles.find(uri)
        for story in await self._labelled(standing, mentions):
            done.renamed.append(await self._rename(story))
        await self._leave_story(uri)
        await self._erasing.forget_article(uri)
        tombstone = Record(key=uri.encode(), value=None)
        self._send(self._topics.assignments, [tombstone])
        self._send(self._topics.articles, [tombstone])

    async def _labelled(self, standing: Recorded | None, mentions: Mentions) -> Sequence[StoryRef]:
        """The stories that are called after the article: those that it opened, or by its title."""
        known = [(one.article, one.story) for one in mentions.newest.values() if not erases(one)]
        if standing is not None and standing.article is not None:
            known.append((standing.article, standing.story))
        return list(
            {
                story.id: story
                for article, story in known
                if story is not None and is_called_after(story, article)
            }.values()
        )

    async def _rename(self, story: StoryRef) -> StoryRef:
        """Call a story after the oldest of its other articles, everywhere."""
        others = [
            one.article
            async for one in self._erasing.recorded()
            if one.story is not None
            and one.story.id == story.id
            and one.article is not None
            and one.uri != self._subject.name
        ]
        oldest = min(others, key=lambda one: (one.published_at, one.uri), default=None)
        label = label_for(oldest.title) if oldest and oldest.title.strip() else NO_LABEL
        renamed = StoryRef(id=story.id, label=label)
        act = rename_act(renamed, by=self._by, at=self._clock.now(), reason="erasure")
        self._send(self._topics.acts, [encoded(act)])
        await self._heed(act)
        await self._erasing.relabel(renamed)
        async for recorded in self._erasing.recorded():
            await self._changed(recorded, partial(relabelled, story=renamed), story=renamed)
        self._send(
            self._topics.assignments,
            [
                encoded(structs.replace(one, story=renamed))
                for one in self._assignments().values()
                if one.story is not None
                and one.story.id == story.id
                and one.article.uri != self._subject.name
            ],
        )
        return renamed

    async def _leave_story(self, uri: str) -> None:
        """Take the article out of the story that it stands in."""
        while (standing := await self._articles.find(uri)) is not None:
            stories = await self._articles.stories()
            plan = plan_withdrawal(
                Withdrawal(uri=uri),
                standing=standing,
                running=stories.running,
                arrival=standing.arrival,
            )
            outcome = await self._articles.decide(
                plan.recorded, instead_of=standing, stories=stories, changed=plan.changed
            )
            if outcome is Decision.DECIDED:
                return

    async def _erase_actor(self) -> None:
        actor_id = self._subject.name
        async for recorded in self._erasing.recorded():
            await self._changed(recorded, partial(without_actor, actor_id=actor_id))
        cleaned = [(one, assignment_without(one, actor_id)) for one in self._assignments().values()]
        changed = [encoded(new) for old, new in cleaned if new is not old]
        self._send(self._topics.assignments, changed)

    async def _changed(
        self,
        recorded: Recorded,
        change: Callable[[Recorded], Recorded],
        *,
        story: StoryRef | None = None,
    ) -> None:
        """Change what is remembered of an article, and the label of a running story with it."""
        standing: Recorded | None = recorded
        while standing is not None:
            new = change(standing)
            if new == standing:
                return
            stories = await self._articles.stories()
            running = stories.running.get(story.id) if story else None
            relabelled = [
                replace(running, label=story.label)
                for _ in [0]
                if running is not None and story is not None and running.label != story.label
            ]
            outcome = await self._articles.decide(
                new, instead_of=standing, stories=stories, changed=relabelled
            )
            if outcome is Decision.DECIDED:
                return
            standing = await self._articles.find(recorded.uri)

    def _assignments(self) -> Mapping[str, Assignment]:
        """The newest assignment of each article."""
        newest: dict[str, Assignment] = {}
        for record in self._read(self._topics.assignments):
            uri = (record.key or b"").decode(errors="replace")
            newest.pop(uri, None)
            try:
                event = decode_event(record.value, record.headers)
            except InvalidInput:
                continue
            if isinstance(event, Assignment):
                newest[uri] = event
        return newest

    async def _wait(
        self, done: Purged, *, wait_s: float, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        waited = 0.0
        while True:
            done.waiting = [key async for key in self._held(done.keys)]
            if not done.waiting or waited >= wait_s:
                return
            await sleep(_LOOK_EVERY_S)
            waited += _LOOK_EVERY_S

    async def _held(self, keys: Iterable[str]) -> AsyncIterator[str]:
        for key in keys:
            if self._is_held(await self._state(key), key):
                yield key
