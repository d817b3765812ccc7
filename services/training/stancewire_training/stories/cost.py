"""What an assignment costs when many stories are open."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from time import thread_time

import numpy as np

from stancewire.stores.recorded import pack_story
from stancewire.stories.assign import AssignmentRule, choose_story
from stancewire.stories.open_stories import OpenStories
from stancewire.stories.running import RunningStory, opened
from stancewire_training.stories.stream import Labelled

ARTICLES = 8
"""How many articles each story has."""
_NOISE = 6.0
_WINDOW = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one core, at so many open stories."""

    stories: int
    median_ms: float
    p99_ms: float
    memory_mb: float
    redis_kb: float
    """Of one story."""


def cost(stream: Sequence[Labelled], *, stories: int, seed: int = 1) -> Cost:
    """Open `stories` stories like those of the stream, and choose one for each of its articles."""
    random = np.random.default_rng(seed)
    among = OpenStories()
    tracemalloc.start()
    for number in range(stories):
        among.put(_story(stream, number, random))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    rule = AssignmentRule(threshold=0.5, window=_WINDOW)
    times = []
    for one in stream:
        begun = thread_time()
        choose_story(
            one.article,
            one.vector,
            among,
            terms=one.terms,
            rule=rule,
            version=1,
            received_at=one.article.published_at,
        )
        times.append(1000 * (thread_time() - begun))
    size = sum(len(pack_story(story)) for story in among.values()) / len(among)
    return Cost(
        stories=stories,
        median_ms=float(np.median(times)),
        p99_ms=float(np.percentile(times, 99)),
        memory_mb=held / 1e6,
        redis_kb=size / 1e3,
    )


def _story(stream: Sequence[Labelled], number: int, random: np.random.Generator) -> RunningStory:
    """A story around one article: its vector with noise, its terms and some of its own."""
    centre = stream[number % len(stream)]
    begun = centre.article.published_at
    story = opened(id=f"s{number}", label="", published_at=begun, received_at=begun, external=None)
    for _ in range(ARTICLES):
        noise = random.normal(0, _NOISE, len(centre.vector))
        vector = np.clip(centre.vector + noise, -127, 127).astype(np.int8)
        own = {f"{term[:3]}{random.integers(300)}" for term in centre.terms}
        story = story.joined_by(
            vector, published_at=begun, received_at=begun, terms=centre.terms | own
        )
    return replace(story, label=centre.article.title)
