"""Labelled articles: who really states something, with which stance, in which words."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from stancewire.errors import InvalidInput
from stancewire.events import ActorKind, Article, Source, Stance

Offsets = tuple[int, int]
"""A half-open range of code points of the article's text."""

_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


class GoldActor(msgspec.Struct, frozen=True, kw_only=True):
    """An actor of the article, as a person read it."""

    name: str
    kind: ActorKind
    stance: Stance
    alt: tuple[Stance, ...] = ()
    """Other stances that can be defended."""
    mentions: tuple[str, ...] = ()
    """Other forms by which the article calls the actor."""
    on_behalf_of: str | None = None
    """Whom a spokesperson speaks for."""
    spans: tuple[Offsets, ...] | None = None
    """What the actor states; None where nobody marked it."""


class GoldArticle(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled article: a line of a gold file."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    lang: str
    text: str
    actors: tuple[GoldActor, ...]
    title: str = ""
    source: str = ""
    """The collection that it is from. All articles of one are labelled in the same way."""

    @property
    def article(self) -> Article:
        """What the reader is given: the text as it is, so that the offsets stay true."""
        return Article(
            uri=self.id,
            title=self.title,
            body=self.text,
            language=self.lang,
            source=Source(name=self.source, owner=self.source),
            published_at=_UNDATED,
        )


def parse_gold(line: bytes) -> GoldArticle:
    """A line of a gold file. Raises InvalidInput where it is none."""
    try:
        gold = msgspec.json.decode(line, type=GoldArticle)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidInput(f"this is no labelled article: {error}", stage="decode") from error
    for actor in gold.actors:
        for start, end in actor.spans or ():
            if not 0 <= start < end <= len(gold.text):
                raise InvalidInput(
                    f"the span [{start}, {end}] of {actor.name!r} is no piece of the text, which "
                    f"has {len(gold.text)} characters",
                    stage="article",
                )
    return gold
