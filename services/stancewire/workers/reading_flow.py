"""What the reader does with one record of the articles topic.

decode -> key anew where the key is not the article's uri -> park while under embargo -> leave out
what is known -> read in a thread -> decide story and actors and record it, in one step -> publish
observations, withdrawals and assignment -> mark as published.

After a crash between any two of these steps the record is taken again and the same bytes come out:
what was decided is found recorded, and the reading of equal text is equal.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from stancewire.errors import InvalidInput
from stancewire.events import Article, ModelRef, Withdrawal
from stancewire.intake.versions import content_digest, event_version
from stancewire.plumbing.clock import Clock
from stancewire.plumbing.envelope import Record, encode
from stancewire.plumbing.kafka import Topics
from stancewire.reading.languages import LanguageRule
from stancewire.reading.protocols import ReadingLike
from stancewire.stores.assignments import Decision, Stories
from stancewire.stores.recorded import Arrival, Parked, Recorded
from stancewire.stories.assign import AssignmentRule
from stancewire.stories.running import RunningStory
from stancewire.workers.backfill import marked_like
from stancewire.workers.heeding import ActStore, NoActs, heeded_reading
from stancewire.workers.reading_plan import (
    Plan,
    as_published,
    assignment_of,
    plan_reading,
    plan_repeat,
    plan_withdrawal,
    withdrawals_of,
)
from stancewire.workers.records import Incoming, Outgoing, Publisher
from stancewire.workers.standing import is_news, is_unfinished, withdraws

SOURCE = "stancewire/reader"
REKEYED = "stancewire_rekeyed"
"""Header of an article that was published anew under its uri; it is done at most once."""

Decode = Callable[[Incoming], Article | Withdrawal]
Read = Callable[[Article], Awaitable[ReadingLike]]


class AssignmentStore(Protocol):
    """What the flow needs of `stores.assignments.Assignments`; see there."""

    async def find(self, uri: str) -> Recorded | None:
        """The newest decided version of an article."""
        ...

    async def stories(self) -> Stories:
        """The running stories."""
        ...

    async def decide(
        self,
        recorded: Recorded,
        *,
        instead_of: Recorded | None,
        stories: Stories,
        changed: Sequence[RunningStory] = (),
    ) -> Decision:
        """Record a decision, unless article or stories have changed."""
        ...

    async def confirm(self, recorded: Recorded, *, as_published: Recorded) -> bool:
        """Mark a decision as published."""
        ...

    async def park(self, uri: str, parked: Parked) -> None:
        """Keep an embargoed article."""
        ...

    async def unpark(self, uri: str) -> None:
        """Forget it."""
        ...


class ReadingFlow:
    """Handles one record at a time; see the module. `read` may take seconds but must not block."""

    def __init__(
        self,
        *,
        decode: Decode,
        read: Read,
        model: ModelRef,
        store: AssignmentStore,
        publisher: Publisher,
        topics: Topics,
        rule: AssignmentRule,
        clock: Clock,
        languages: LanguageRule,
        acts: ActStore | None = None,
    ) -> None:
        self._decode = decode
        self._read = read
        self._model = model
        self._store = store
        self._publisher = publisher
        self._topics = topics
        self._rule = rule
        self._clock = clock
        self._languages = languages
        self._acts = acts or NoActs()
        self._log = structlog.get_logger(__name__)

    async def handle(self, incoming: Incoming) -> str:
        """Take one record to its end; in a word, how it ended.

        `read`, `withdrawn`, `known` (nothing new in it), `keyed-anew`, `parked`, `erased` (nothing
        may be kept of it) or `unsupported-language`. Raises InvalidInput for a record that is
        unusable, Unavailable where Redis or Kafka is away.
        """
        decoded = self._decode(incoming)
        if incoming.key != decoded.uri.encode():
            return await self._key_anew(incoming, decoded.uri)
        if await self._is_erased(decoded.uri):
            return await self._leave_erased(decoded.uri)
        if isinstance(decoded, Withdrawal):
            return await self._withdraw(decoded, incoming)
        if decoded.embargoed_until and decoded.embargoed_until > self._clock.now():
            return await self._park(incoming, decoded.uri, until=decoded.embargoed_until)
        if self._languages.leaves_out(decoded):
            return await self._leave_out(decoded, incoming)
        return await self._take(decoded, incoming)

    async def _is_erased(self, uri: str) -> bool:
        return (await self._acts.decided()).has_erased_article(uri)

    async def _leave_erased(self, uri: str) -> str:
        await self._store.unpark(uri)
        return "erased"

    async def _key_anew(self, incoming: Incoming, uri: str) -> str:
        if incoming.header(REKEYED) is not None:
            raise InvalidInput(
                f"the article's uri is {uri!r}, but it was keyed anew as {incoming.key!r} before",
                stage="key",
            )
        headers = [*incoming.headers, (REKEYED, b"1")]
        record = Record(key=uri.encode(), value=incoming.value, headers=headers)
        again = Outgoing(topic=self._topics.articles, record=record, timestamp=incoming.timestamp)
        await self._publisher.publish([again])
        return "keyed-anew"

    async def _park(self, incoming: Incoming, uri: str, *, until: datetime) -> str:
        parked = Parked(
            key=uri.encode(), value=incoming.value or b"", headers=incoming.headers, due=until
        )
        await self._store.park(uri, parked)
        return "parked"

    async def _leave_out(self, article: Article, incoming: Incoming) -> str:
        """Pass over an article; a version that it replaces is taken back, for it is outdated."""
        standing = await self._store.find(article.uri)
        if is_news(standing, article, arrival=_arrival(incoming), model=self._model):
            self._log.info(
                "unsupported language", uri=article.uri, reason=self._languages.reason(article)
            )
        if standing is not None:
            await self._take_back(standing, article, incoming)
        return "unsupported-language"

    async def _take_back(self, standing: Recorded, article: Article, incoming: Incoming) -> None:
        if is_news(standing, article, arrival=_arrival(incoming), model=self._model):
            withdrawal = Withdrawal(
                uri=article.uri, version=article.version, modified_at=article.modified_at
            )
            await self._withdraw(withdrawal, incoming)
        else:
            await self._finish_withdrawal(standing, incoming)

    async def _take(self, article: Article, incoming: Incoming) -> str:
        arrival = _arrival(incoming)
        standing = await self._store.find(article.uri)
        reading: ReadingLike | None = None
        while True:
            decided = await self._acts.decided()
            if decided.has_erased_article(article.uri):
                return await self._leave_erased(article.uri)
            unfinished = is_unfinished(standing, article, self._model)
            if not unfinished and not is_news(
                standing, article, arrival=arrival, model=self._model
            ):
                return "known"
            reading = heeded_reading(reading or await self._read(article), decided)
            if unfinished and standing is not None:
                await self._finish(plan_repeat(standing, reading, model=self._model), incoming)
                return "read"
            plan = await self._settle(article, reading, standing, incoming)
            if plan is not None:
                await self._finish(plan, incoming)
                return "read"
            standing = await self._store.find(article.uri)

    async def _settle(
        self,
        article: Article,
        reading: ReadingLike,
        standing: Recorded | None,
        incoming: Incoming,
    ) -> Plan | None:
        """Decide, as often as the stories change meanwhile; None where the article itself did."""
        while True:
            stories = await self._store.stories()
            plan = plan_reading(
                article,
                reading,
                version=event_version(article, standing),
                digest=content_digest(article),
                standing=standing,
                running=stories.running,
                rule=self._rule,
                model=self._model,
                arrival=_arrival(incoming),
            )
            outcome = await self._store.decide(
                plan.recorded, instead_of=standing, stories=stories, changed=plan.changed
            )
            if outcome is not Decision.STORIES_CHANGED:
                return plan if outcome is Decision.DECIDED else None

    async def _withdraw(self, withdrawal: Withdrawal, incoming: Incoming) -> str:
        await self._store.unpark(withdrawal.uri)
        arrival = _arrival(incoming)
        while True:
            if await self._is_erased(withdrawal.uri):
                return await self._leave_erased(withdrawal.uri)
            standing = await self._store.find(withdrawal.uri)
            if not withdraws(standing, withdrawal, arrival=arrival):
                return await self._finish_withdrawal(standing, incoming)
            stories = await self._store.stories()
            plan = plan_withdrawal(
                withdrawal,
                standing=standing,
                running=stories.running,
                arrival=arrival,
            )
            outcome = await self._store.decide(
                plan.recorded, instead_of=standing, stories=stories, changed=plan.changed
            )
            if outcome is Decision.DECIDED:
                await self._finish(plan, incoming)
                return "withdrawn"

    async def _finish_withdrawal(self, standing: Recorded | None, incoming: Incoming) -> str:
        if standing is None or standing.status == "active" or standing.published:
            return "known"
        await self._finish(Plan(recorded=standing, observations=()), incoming)
        return "withdrawn"

    async def _finish(self, plan: Plan, incoming: Incoming) -> None:
        outgoing = self._outgoing(plan, incoming.traceparent)
        await self._publisher.publish([marked_like(incoming, each) for each in outgoing])
        await self._store.confirm(plan.recorded, as_published=as_published(plan.recorded))

    def _outgoing(self, plan: Plan, traceparent: str | None) -> Iterator[Outgoing]:
        """Withdrawals first, so that no moment shows an actor under both keys."""
        events = [*withdrawals_of(plan.recorded), *plan.observations]
        for event in events:
            record = encode(event, source=SOURCE, traceparent=traceparent)
            yield Outgoing(topic=self._topics.observations, record=record)
        assignment = assignment_of(plan.recorded)
        if assignment is not None:
            record = encode(assignment, source=SOURCE, traceparent=traceparent)
            yield Outgoing(topic=self._topics.assignments, record=record)


def _arrival(incoming: Incoming) -> Arrival:
    return Arrival(
        partition=incoming.partition,
        offset=incoming.offset,
        at=incoming.timestamp,
        keyed_anew=incoming.header(REKEYED) is not None,
    )
