"""`rebuild`: what Redis holds, compared with the topics and put right, while services run or not.

Nothing is ever published here. Every record of a topic that a worker had taken is folded in;
records behind that place the workers take themselves, and what follows from them is the same to the
byte, ids and times included.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from redis.asyncio import Redis

from stancewire.acts import Decided
from stancewire.plumbing.clock import Clock
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import Settings
from stancewire.stores.acts import Acts
from stancewire.stores.assignments import Assignments
from stancewire.stores.life import Life
from stancewire.stores.mending import MendableTracks
from stancewire.tracking import DetectorConfig
from stancewire.workers.following import committed_offsets, end_offsets, follow
from stancewire.workers.heeding import acts_in, heeded_change
from stancewire.workers.reader import decode_article, keep_articles, keep_stories
from stancewire.workers.rebuild_articles import Articles, newest_of, park_anew
from stancewire.workers.rebuild_fold import Fold
from stancewire.workers.rebuild_log import Log
from stancewire.workers.rebuild_told import put_back, told_in
from stancewire.workers.rebuild_tracks import Compared, compare, limits_of, live_positions
from stancewire.workers.records import Incoming

IN_MEMORY = 5_000
"""Keys whose state is at hand; others lie in the fresh namespace."""
FRESH = ".rebuild"
"""What is folded anew lies in the namespace of this ending, until it was compared."""
OpenLog = Callable[[str], AbstractContextManager[Log]]
"""Opens a topic to be read from its beginning."""


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What a rebuild found and did."""

    had_lost_everything: bool
    tracks: Compared
    articles: Compared
    observations: int
    refused: int
    seconds: float
    """Time of the tracker's part, for `observations` of them."""
    is_whole: bool
    """Whether the observations go back to the first one."""
    parked: int
    """Articles under embargo that were parked again."""

    @property
    def is_equal(self) -> bool:
        """Whether Redis was as the topics have it."""
        return self.tracks.is_equal and self.articles.is_equal


async def rebuild(
    settings: Settings,
    *,
    client: Redis,
    config: DetectorConfig,
    clock: Clock,
    swap: bool = True,
    force: bool = False,
    open_log: OpenLog | None = None,
    committed: Callable[[str], Mapping[int, int]] | None = None,
) -> Rebuilt:
    """Compare Redis with the topics and, with `swap`, put it right.

    Where observations have left their topic by retention, what differs may be what the topic lacks:
    then only what Redis has lost is put back, unless `force`. Raises Unavailable, and
    ConfigurationError where stored bytes cannot be used.
    """
    namespace = settings.redis.namespace
    life = Life(client, namespace=namespace)
    open_log = open_log or partial(kafka_log, settings)
    is_lost = not await life.find()
    live = MendableTracks(client, namespace=namespace, life=life)
    topics = Topics(settings.kafka.topic_prefix)
    with open_log(topics.acts) as log:
        known = list(acts_in(log.first_pass()))
    decided = Decided.by(known)
    if known and swap:
        await Acts(client, namespace=namespace, life=life).add(*known)
    if is_lost and swap:
        clean = partial(heeded_change, decided=decided)
        with open_log(topics.changes) as log:
            told = told_in(log.first_pass(), stale_after=config.stale_after, clean=clean)
        await put_back(told, live)
    begun = time.perf_counter()
    offsets = (committed or partial(_committed, settings))("tracker")
    fresh = MendableTracks(client, namespace=f"{namespace}{FRESH}")
    await fresh.drop()
    with open_log(topics.observations) as log:
        fold = Fold(log, fresh=fresh, config=config, in_memory=IN_MEMORY, decided=decided)
        try:
            await fold.run(limits_of(await live_positions(live)), offsets)
            may_swap = swap and (force or is_lost or log.is_whole)
            tracks = await compare(fold, live=live, swap=may_swap)
        finally:
            await fresh.drop()
        is_whole = log.is_whole
    seconds = time.perf_counter() - begun
    articles, parked = await _rebuild_articles(
        settings, client, life, open_log, clock, is_lost=is_lost, swap=swap, decided=decided
    )
    if is_lost and swap:
        await life.begin_anew()
    return Rebuilt(
        had_lost_everything=is_lost,
        tracks=tracks,
        articles=articles,
        observations=fold.taken,
        refused=fold.refused,
        seconds=seconds,
        is_whole=is_whole,
        parked=parked,
    )


async def _rebuild_articles(
    settings: Settings,
    client: Redis,
    life: Life,
    open_log: OpenLog,
    clock: Clock,
    *,
    is_lost: bool,
    swap: bool,
    decided: Decided,
) -> tuple[Compared, int]:
    """The reader's part, and how many articles were parked again."""
    topics = Topics(settings.kafka.topic_prefix)
    keep = keep_stories(settings)
    store = Assignments(
        client,
        namespace=settings.redis.namespace,
        keep_articles=keep_articles(settings),
        keep_stories=keep,
        life=life,
    )
    articles = Articles(store=store, now=clock.now(), swap=swap)
    with open_log(topics.assignments) as log:
        newest = newest_of(log.first_pass())
    with open_log(topics.assignments) as log:
        await articles.take(log.first_pass(), newest)
    if not (is_lost and swap):
        return articles.compared, 0
    await store.put_back_stories(articles.running(keep))
    limit = settings.intake.max_body_bytes
    with open_log(topics.articles) as log:
        parked = await park_anew(
            (r for r in log.first_pass() if not decided.has_erased_article(_key(r))),
            decode=partial(decode_article, max_bytes=limit),
            store=store,
            now=clock.now(),
        )
    return articles.compared, parked


def _key(incoming: Incoming) -> str:
    return (incoming.key or b"").decode(errors="replace")


@contextmanager
def kafka_log(settings: Settings, topic: str) -> Iterator[Log]:
    """A topic as it is now. Blocks; raises Unavailable where Kafka does not answer."""
    ends = end_offsets(settings.kafka, [topic])
    with follow(settings.kafka, [topic]) as follower:
        yield Log(follower, {place.partition: end for place, end in ends.items()})


def _committed(settings: Settings, worker: str) -> Mapping[int, int]:
    offsets = committed_offsets(settings.kafka, f"{settings.kafka.group_prefix}-{worker}")
    return {place.partition: offset for place, offset in offsets.items()}
