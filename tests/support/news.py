"""Made-up news for the rules: topics, actors and outlets whose stances swing at known times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TOPICS = ("Summit", "Dam", "Harbour", "Tariffs", "Reactor", "Railway")
ACTORS = ("Ann", "Bob", "Cid", "Dan", "Eve")
OUTLETS = ("Herald", "Courier", "Post", "Mirror", "Gazette", "Tribune")
SWING = ("hopeful", "warning", "skeptical", "hopeful")
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class News:
    uri: str
    fields: dict[str, object]
    actors: frozenset[str]


def actors_of(topic: str) -> tuple[str, ...]:
    """Who speaks about a topic, and about no other: names in common would make one story of two."""
    return tuple(f"{name}{topic.lower()}" for name in ACTORS)


def news(
    count: int, *, step: timedelta = timedelta(minutes=5), topics: int = len(TOPICS)
) -> Iterator[News]:
    """Articles in the order of their publication; each names two actors of one topic.

    Every actor swings three times over the whole, so each pair of topic and actor has changes.
    """
    for number in range(count):
        topic, turn = TOPICS[number % topics], number // topics
        everybody = actors_of(topic)
        names = (everybody[turn % len(ACTORS)], everybody[(turn + 1) % len(ACTORS)])
        stance = SWING[number * len(SWING) // count]
        lines = [f"{name}: {stance} about matter {number} of {topic}\n" for name in names]
        yield News(
            uri=f"urn:news:{number}",
            fields={
                "headline": f"{topic} number {number}",
                "body": "".join(lines),
                "language": "en",
                "source": OUTLETS[turn % len(OUTLETS)],
                "published_at": (BEGIN + number * step).isoformat(),
            },
            actors=frozenset(name.lower() for name in names),
        )
