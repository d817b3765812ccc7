"""The reader: articles in, observations and assignments out."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from stancewire.events import Article, Withdrawal
from stancewire.intake.decode import decode
from stancewire.plumbing.settings import Settings
from stancewire.reading.languages import LanguageRule
from stancewire.reading.protocols import ReaderLike
from stancewire.stores.assignments import Assignments
from stancewire.stories.assign import AssignmentRule
from stancewire.workers.embargo import Embargo
from stancewire.workers.reading_flow import ReadingFlow
from stancewire.workers.records import Incoming
from stancewire.workers.service import Job, Parts, run_worker

NAME = "reader"
EMBARGO_EVERY_S = 5.0
"""How often it looks for embargoed articles that are due."""


Load = Callable[[Settings], ReaderLike]
"""Gets the reader of the settings ready; blocks for seconds. Raises ConfigurationError."""


def main(settings: Settings) -> int:
    """Run a reader with the model that the settings name until SIGTERM; its exit code.

    Raises ConfigurationError.
    """
    return run(settings, named_reader)


def run(settings: Settings, load: Load) -> int:
    """Run a reader whose reading `load` provides."""
    return run_worker(settings, partial(_build, load=load), name=NAME)


async def _build(parts: Parts, *, load: Load) -> Job:
    settings = parts.settings
    reader = await parts.threads.run(load, settings)
    window = timedelta(days=settings.stories.window_days)
    store = Assignments(
        parts.redis,
        namespace=settings.redis.namespace,
        keep_articles=keep_articles(settings),
        keep_stories=keep_stories(settings),
        life=parts.life,
    )
    flow = ReadingFlow(
        decode=partial(decode_article, max_bytes=settings.intake.max_body_bytes),
        read=lambda article: parts.threads.run(reader.read, article),
        model=reader.model,
        store=store,
        publisher=parts.publisher,
        topics=parts.topics,
        rule=AssignmentRule(threshold=settings.stories.threshold, window=window),
        clock=parts.clock,
        languages=LanguageRule(
            supported=reader.languages, otherwise=settings.reader.unsupported_language
        ),
        acts=parts.acts,
    )
    embargo = Embargo(
        store, publisher=parts.publisher, topic=parts.topics.articles, clock=parts.clock
    )
    return Job(
        topic=parts.topics.articles,
        handle=flow.handle,
        model_version=reader.model.version,
        beside=[partial(embargo.watch, every_s=EMBARGO_EVERY_S)],
    )


def keep_articles(settings: Settings) -> timedelta:
    """How long an article is remembered after its newest version."""
    return timedelta(days=settings.redis.articles_retention_days)


def keep_stories(settings: Settings) -> timedelta:
    """How long a story without a new article is remembered."""
    return max(timedelta(days=settings.stories.window_days), timedelta(1)) * 2


def decode_article(incoming: Incoming, *, max_bytes: int) -> Article | Withdrawal:
    """What a record of the articles topic holds. Raises InvalidInput where it is unusable."""
    return decode(
        incoming.value,
        key=incoming.key,
        headers=incoming.headers,
        received_at=incoming.timestamp,
        max_bytes=max_bytes,
    )


def named_reader(settings: Settings) -> ReaderLike:
    """The reader that the settings name, with embeddings. Blocks for seconds.

    Raises ConfigurationError.
    """
    # The model's libraries take seconds to import; only a process that reads pays for them.
    from stancewire.reading.loading import load_reader  # noqa: PLC0415

    return load_reader(settings.reader, embed_statements=True)
