"""The methods that were compared: each takes the stream in order and gives a label per article."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from stancewire.stories.assign import AssignmentRule, choose_story
from stancewire.stories.likeness import FITTED, Weights, features, probability
from stancewire.stories.open_stories import OpenStories
from stancewire.stories.running import RunningStory, opened
from stancewire.vectors import cosine
from stancewire_training.stories.stream import Labelled

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The nearest centroid by cosine less a decay over time."""

    threshold: float
    decay_per_day: float
    centred: bool
    """Whether vectors are taken less the mean of their language."""
    window: timedelta = timedelta(days=14)

    def __call__(self, stream: Sequence[Labelled]) -> list[str]:
        """A label for each article of a stream that is in order of time."""
        stories: dict[str, RunningStory] = {}
        found = []
        for one in stream:
            vector = one.vector if self.centred else one.plain
            at = one.article.published_at
            scores = {
                story.id: cosine(vector, story.total)
                - self.decay_per_day * ((at - story.last_event) / _DAY)
                for story in stories.values()
                if at - story.last_event <= self.window
            }
            best = max(scores, key=lambda story_id: (scores[story_id], story_id), default=None)
            if best is None or scores[best] < self.threshold:
                best = one.article.uri
                stories[best] = _opened(one)
            stories[best] = stories[best].joined_by(vector, published_at=at, received_at=at)
            found.append(best)
        return found


@dataclass(frozen=True, kw_only=True)
class Streaming:
    """What the reader does: several representations and times, one linear score."""

    threshold: float = 0.5
    weights: Weights = FITTED
    window: timedelta = timedelta(days=14)

    def __call__(self, stream: Sequence[Labelled]) -> list[str]:
        """A label for each article of a stream that is in order of time."""
        rule = AssignmentRule(threshold=self.threshold, window=self.window, weights=self.weights)
        among = OpenStories()
        found = []
        for one in stream:
            at = one.article.published_at
            choice = choose_story(
                one.article,
                one.vector,
                among,
                terms=one.terms,
                rule=rule,
                version=1,
                received_at=at,
            )
            joined = choice.story.joined_by(
                one.vector, published_at=at, received_at=at, terms=one.terms
            )
            among.put(joined)
            found.append(joined.id)
        return found


@dataclass(frozen=True, kw_only=True)
class Batches:
    """Batches of a day: agglomerated by average linkage, then joined to the running stories.

    After BatClust's idea that a batch knows more of itself than its first article does. A link is
    the cosine of vectors and of terms; a whole batch cluster joins the story that it is likeliest
    to tell of.
    """

    link: float
    """Least mean likeness of two clusters that become one."""
    threshold: float = 0.5
    weights: Weights = FITTED
    window: timedelta = timedelta(days=14)
    batch: timedelta = timedelta(days=1)

    def __call__(self, stream: Sequence[Labelled]) -> list[str]:
        """A label for each article of a stream that is in order of time."""
        among = OpenStories()
        found: dict[str, str] = {}
        begin = 0
        for end in range(1, len(stream) + 1):
            over = end == len(stream) or (
                stream[end].article.published_at - stream[begin].article.published_at > self.batch
            )
            if over:
                self._take(stream[begin:end], among, found)
                begin = end
        return [found[one.article.uri] for one in stream]

    def _take(self, batch: Sequence[Labelled], among: OpenStories, found: dict[str, str]) -> None:
        for rows in agglomerated(_links(batch), self.link):
            members = [batch[row] for row in rows]
            story = self._story(members, among)
            for one in members:
                at = one.article.published_at
                story = story.joined_by(
                    one.vector, published_at=at, received_at=at, terms=one.terms
                )
                found[one.article.uri] = story.id
            among.put(story)

    def _story(self, members: Sequence[Labelled], among: OpenStories) -> RunningStory:
        first = members[0]
        at = first.article.published_at
        near = among.nearest(first.vector, at=at, window_days=self.window / _DAY, limit=len(among))
        scores = {
            story.id: np.mean(
                [
                    probability(
                        features(m.vector, m.terms, m.article.published_at, story, among),
                        self.weights,
                    )
                    for m in members
                ]
            )
            for story in near
        }
        best = max(scores, key=lambda story_id: (scores[story_id], story_id), default=None)
        return among[best] if best and scores[best] >= self.threshold else _opened(first)


def agglomerated(links: NDArray[np.float64], least: float) -> list[list[int]]:
    """Rows joined two by two, the most alike first, while their mean link [n, n] is at least so."""
    clusters = [[row] for row in range(len(links))]
    while len(clusters) > 1:
        means = np.array(
            [
                [links[np.ix_(a, b)].mean() if a is not b else -np.inf for b in clusters]
                for a in clusters
            ]
        )
        i, j = sorted(np.unravel_index(int(means.argmax()), means.shape))
        if means[i, j] < least:
            break
        clusters[i] = sorted(clusters[i] + clusters.pop(j))
    return clusters


def _links(batch: Sequence[Labelled]) -> NDArray[np.float64]:
    vectors = np.stack([one.vector.astype(np.float64) for one in batch])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    shared = np.array([[len(a.terms & b.terms) for b in batch] for a in batch])
    sizes = np.array([max(len(one.terms), 1) for one in batch])
    return vectors @ vectors.T + shared / np.sqrt(np.outer(sizes, sizes))


def _opened(one: Labelled) -> RunningStory:
    at = one.article.published_at
    return opened(
        id=one.article.uri, label=one.article.title, published_at=at, received_at=at, external=None
    )
