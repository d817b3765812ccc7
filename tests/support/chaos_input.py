"""Articles as a bad day delivers them: some twice, some corrected, none in its order."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from news import News, news

TWICE, CORRECTED = 0.2, 0.1
FAR, NEAR = 40.0, 6.0
"""How many articles later a repeat or correction may come, and by how many any is displaced."""


@dataclass(frozen=True)
class Delivery:
    uri: str
    fields: Mapping[str, object]


@dataclass(frozen=True)
class Input:
    deliveries: Sequence[Delivery]
    """In the order of sending."""
    actors: Mapping[str, frozenset[str]]
    """Article uri -> who is to be observed in it at the end, by its newest version."""


def bad_day(seed: int, articles: int) -> Input:
    """So many articles. A correction names one actor less, and may overtake what it corrects."""
    chance, placed = random.Random(seed), list[tuple[float, Delivery]]()
    actors: dict[str, frozenset[str]] = {}
    for number, one in enumerate(news(articles)):
        versions = [_version(one, 1)]
        actors[one.uri] = one.actors
        if chance.random() < CORRECTED:
            versions.append(_version(one, 2))
            actors[one.uri] = frozenset({str(one.fields["body"]).partition(":")[0].lower()})
        for later, delivery in enumerate(versions):
            place = number + later * chance.uniform(0, FAR) + chance.uniform(-NEAR, NEAR)
            placed.append((place, delivery))
            if chance.random() < TWICE:
                placed.append((place + chance.uniform(0, FAR), delivery))
    placed.sort(key=lambda one: one[0])
    return Input([delivery for _, delivery in placed], actors)


def _version(one: News, version: int) -> Delivery:
    body = str(one.fields["body"])
    if version > 1:
        body = body.splitlines(keepends=True)[0]
    # Named, so that what stands depends on no rule of which story an article belongs to.
    story = str(one.fields["headline"]).partition(" ")[0]
    return Delivery(one.uri, {**one.fields, "body": body, "version": version, "story": story})
