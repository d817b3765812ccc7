"""Which running story an article belongs to.

An id that the article itself carries wins. Else the article stays where an earlier version of it
stood, if it still fits there; else it joins the story that it most likely tells of (`likeness.py`),
if likely enough; else it keeps the story that only it stands in, or opens one of its own. Pure:
equal arguments give equal answers.
"""

import uuid
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from stancewire.events import NAMESPACE, Article
from stancewire.stories.likeness import FITTED, Weights, features, probability
from stancewire.stories.open_stories import OpenStories
from stancewire.stories.running import RunningStory, opened

LABEL_LENGTH = 120
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class AssignmentRule:
    """When an article belongs to a story."""

    threshold: float
    """Least probability that the article tells of the story."""
    window: timedelta
    """A story whose articles all lie farther away than this, before or after, takes no more."""
    weights: Weights = FITTED


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """The story chosen, as it was before the article joined it, and how likely it is."""

    story: RunningStory
    score: float | None
    """None where nothing was compared: the article named its story, or stands in it alone."""
    is_new: bool


def choose_story(
    article: Article,
    vector: NDArray[np.int8],
    running: Mapping[str, RunningStory],
    *,
    terms: Set[str] = frozenset(),
    rule: AssignmentRule,
    version: int,
    received_at: datetime,
    earlier: str | None = None,
) -> Choice:
    """The story of an article.

    `vector` is int8 [384] of title and lead, `terms` are theirs; `version` is the article's
    version; `received_at` the Kafka time of its record; `earlier` the id of the story that its
    earlier version stood in.
    """
    stories = OpenStories.of(running)
    if article.story is not None:
        return _named(article, article.story, stories, received_at=received_at)
    before = stories.get(earlier or "")
    scores = _scores(article, vector, terms, stories, rule=rule, before=before)
    if before is not None and before.id in scores:
        return Choice(story=before, score=scores[before.id], is_new=False)
    if scores:
        nearest = min(scores, key=lambda story_id: (-scores[story_id], story_id))
        return Choice(story=stories[nearest], score=scores[nearest], is_new=False)
    if before is not None and before.articles == 1:
        return Choice(story=before, score=None, is_new=False)
    return _own(article, stories, version=version, received_at=received_at)


def _scores(
    article: Article,
    vector: NDArray[np.int8],
    terms: Set[str],
    stories: OpenStories,
    *,
    rule: AssignmentRule,
    before: RunningStory | None,
) -> dict[str, float]:
    """The probability of each story that the article may join, by its id."""
    at = article.published_at
    near = stories.nearest(vector, at=at, window_days=rule.window / _DAY)
    if before is not None:
        near.append(before)
    found = {
        story.id: probability(features(vector, terms, at, story, stories), rule.weights)
        for story in near
        if story.articles
    }
    return {story_id: score for story_id, score in found.items() if score >= rule.threshold}


def external_story_id(external: str) -> str:
    """The opaque id of a story that a publisher names: the same for all its articles."""
    return str(uuid.uuid5(NAMESPACE, f"story\x1f{external}"))


def new_story_id(*, article_uri: str, version: int) -> str:
    """The id of a story that an article opens: the same whenever this version is read again."""
    return str(uuid.uuid5(NAMESPACE, f"story\x1f{article_uri}\x1f{version}"))


def label_of(article: Article) -> str:
    """What people call a story that this article opens: its headline, else how its text begins."""
    return label_for(article.title or article.body) or article.uri


def label_for(text: str) -> str:
    """A text on one line, cut at a word to the length of a label."""
    words = " ".join(text.split())
    if len(words) <= LABEL_LENGTH:
        return words
    return words[:LABEL_LENGTH].rsplit(" ", 1)[0] + " …"


def _named(
    article: Article, external: str, stories: Mapping[str, RunningStory], *, received_at: datetime
) -> Choice:
    story_id = external_story_id(external)
    if known := stories.get(story_id):
        return Choice(story=known, score=None, is_new=False)
    story = opened(
        id=story_id,
        label=article.story_label or external,
        published_at=article.published_at,
        received_at=received_at,
        external=external,
    )
    return Choice(story=story, score=None, is_new=True)


def _own(
    article: Article, stories: Mapping[str, RunningStory], *, version: int, received_at: datetime
) -> Choice:
    story_id = new_story_id(article_uri=article.uri, version=version)
    if known := stories.get(story_id):
        return Choice(story=known, score=None, is_new=False)
    story = opened(
        id=story_id,
        label=label_of(article),
        published_at=article.published_at,
        received_at=received_at,
        external=None,
    )
    return Choice(story=story, score=None, is_new=True)
