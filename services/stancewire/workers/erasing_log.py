"""What the topics hold of an article or an actor, and the records that take it back. Pure.

Names travel in these records only where a subscriber needs them to know what to drop: the article's
uri, the actor's id, the key. Titles, outlets, quotes and people's names are left out.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import msgspec
from msgspec import structs

from stancewire.acts import ERASED_STORY, Act, Erased, ErasedKind, erasure_digest
from stancewire.errors import InvalidInput
from stancewire.events import (
    NAMESPACE,
    ArticleRef,
    Assignment,
    Observation,
    Source,
    StoryRef,
)
from stancewire.plumbing.envelope import Event, Record, decode_event, encode
from stancewire.tracking.erasure import FINAL_VERSION, WHOLE_ACTOR, erases
from stancewire.workers.records import Incoming

SOURCE = "stancewire/purge"
_NOBODY = "erased"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is to be erased."""

    kind: ErasedKind
    name: str
    """The article's uri or the actor's id."""

    def is_in(self, *texts: bytes | None) -> bool:
        """Whether any of the texts names it: as a whole, in JSON, in MessagePack or in a key.

        A longer name that begins alike is another one.
        """
        return any(
            text.endswith(self._ends) or any(form in text for form in self._forms)
            for text in texts
            if text
        )

    @cached_property
    def _ends(self) -> tuple[bytes, ...]:
        plain = _utf8(self.name)
        return (b":" + plain, b"|" + plain)

    @cached_property
    def _forms(self) -> tuple[bytes, ...]:
        quoted = msgspec.json.encode(self.name)
        return (quoted, b"|" + quoted[1:], msgspec.msgpack.encode(self.name))

    def is_all_of(self, text: bytes | None) -> bool:
        """Whether a text is the name and nothing else."""
        return text == _utf8(self.name)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogatepass")


@dataclass
class Mentions:
    """What the observations have said of the subject so far: the newest of each key and article."""

    subject: Subject
    newest: dict[tuple[str, str], Observation] = field(default_factory=dict)

    def take(self, records: Iterable[Incoming]) -> None:
        """Look through observations."""
        for record in records:
            if self.subject.is_in(record.value):
                self._look(record)

    def add(self, observation: Observation) -> None:
        """Count an observation that Redis knows and the topic may have lost."""
        if observation.story is not None and self._is_meant(observation):
            key = f"{observation.story.id}|{observation.actor.id}"
            self.newest.setdefault((key, observation.article.uri), observation)

    def open(self) -> list[Observation]:
        """What has not been taken back by an erasure yet."""
        return [one for one in self.newest.values() if not erases(one)]

    def _look(self, record: Incoming) -> None:
        try:
            event = decode_event(record.value, record.headers)
        except InvalidInput:
            return
        if isinstance(event, Observation) and self._is_meant(event):
            key = (record.key or b"").decode(errors="replace")
            self.newest[key, event.article.uri] = event

    def _is_meant(self, observation: Observation) -> bool:
        if self.subject.kind == "article":
            return observation.article.uri == self.subject.name
        return observation.actor.id == self.subject.name


def erasure_act(subject: Subject, *, by: str, at: datetime, reason: str | None) -> Act:
    """The act of an erasure: the same id whenever the same is erased."""
    digest = erasure_digest(subject.name)
    return Act(
        act_id=str(uuid.uuid5(NAMESPACE, f"erase\x1f{subject.kind}\x1f{digest}")),
        type="erase",
        story_id=ERASED_STORY,
        by=by,
        at=at,
        reason=reason,
        erased=Erased(kind=subject.kind, digest=digest),
    )


def rename_act(story: StoryRef, *, by: str, at: datetime, reason: str) -> Act:
    """The act by which a story gets another label."""
    rests_on = f"rename\x1f{story.id}\x1f{story.label}\x1f{at.isoformat()}"
    return Act(
        act_id=str(uuid.uuid5(NAMESPACE, rests_on)),
        type="rename",
        story_id=story.id,
        by=by,
        at=at,
        reason=reason,
        label=story.label,
    )


def encoded(event: Event) -> Record:
    """The record of an event of a purge."""
    return encode(event, source=SOURCE)


def erasures_of(mentions: Mentions, *, at: datetime) -> Iterator[Observation]:
    """The withdrawals of all that was observed, and behind them those of an actor's whole keys.

    The last ones are made for every key, whether its articles were taken back before or not.
    """
    for observation in mentions.open():
        yield erasing(observation, mentions.subject, at=at)
    if mentions.subject.kind == "actor":
        by_key = {key: observation for (key, _), observation in mentions.newest.items()}
        for key, observation in by_key.items():
            rests_on = f"{WHOLE_ACTOR}\x1f{key}"
            yield structs.replace(
                erasing(observation, mentions.subject, at=at),
                observation_id=str(uuid.uuid5(NAMESPACE, rests_on)),
                article=_without_article(observation.article, uri=WHOLE_ACTOR),
            )


def erasing(observation: Observation, subject: Subject, *, at: datetime) -> Observation:
    """The withdrawal that no later version of the article can follow, under the same id."""
    actor = observation.actor
    if subject.kind == "actor":
        actor = structs.replace(actor, name=_NOBODY, aliases=(), on_behalf_of=None)
    return structs.replace(
        observation,
        status="withdrawn",
        article=_without_article(observation.article, uri=observation.article.uri),
        actor=actor,
        statements=(),
        observed_at=at,
    )


def assignment_without(assignment: Assignment, actor_id: str) -> Assignment:
    """The assignment as if the actor were not in the article; the same object where it is not."""
    cleaned = structs.replace(
        assignment,
        actors=tuple(each for each in assignment.actors if each != actor_id),
        keys=tuple(key for key in assignment.keys if key.partition("|")[2] != actor_id),
        readings=tuple(
            structs.replace(each, actor=structs.replace(each.actor, on_behalf_of=None))
            if each.actor.on_behalf_of == actor_id
            else each
            for each in assignment.readings
            if each.actor.id != actor_id
        ),
    )
    return assignment if cleaned == assignment else cleaned


def _without_article(article: ArticleRef, *, uri: str) -> ArticleRef:
    return ArticleRef(
        uri=uri,
        version=FINAL_VERSION,
        title="",
        url=None,
        language=article.language,
        source=Source(name=_NOBODY, owner=_NOBODY),
        published_at=article.published_at,
    )
