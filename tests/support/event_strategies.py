"""Hypothesis strategies for every event that the services emit."""

import base64
from datetime import UTC, datetime
from typing import Any, get_args

from hypothesis import strategies as st
from msgspec import UNSET

from stancewire.acts import Act, ActType, Erased, ErasedKind, erasure_digest
from stancewire.baseline import ArticleVersion, Baseline
from stancewire.events import (
    VOTING_STANCES,
    Actor,
    ActorRef,
    ActorStance,
    ArticleRef,
    Assignment,
    ChangeType,
    Detector,
    Evidence,
    ModelRef,
    Observation,
    Passage,
    RecordPlace,
    Source,
    Stance,
    StanceChange,
    StanceReading,
    StanceSince,
    Statement,
    StatementStance,
    StoryRef,
    Support,
    change_id,
    observation_id,
    tracking_key,
)

texts = st.text(st.characters(codec="utf-8"), max_size=40)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
parts = st.text(st.characters(codec="utf-8", exclude_characters="|/"), min_size=1, max_size=20)
uuids = st.uuids().map(str)
probabilities = st.floats(0, 1)
counts = st.integers(0, 2**53)
moments = st.datetimes(
    min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)
)
scores = st.tuples(*[st.integers(0, 1000)] * 4).map(
    lambda drawn: {stance: (drawn[i] + 1) / (sum(drawn) + 4) for i, stance in enumerate(Stance)}
)
embeddings = st.none() | st.binary(min_size=384, max_size=384).map(
    lambda raw: base64.b64encode(raw).decode()
)
sources = st.builds(Source, name=names, owner=names)
models = st.builds(ModelRef, name=names, version=names)
stories = st.builds(StoryRef, id=parts, label=texts)
articles = st.builds(
    ArticleRef,
    uri=names,
    version=counts,
    title=texts,
    url=st.none() | texts,
    language=st.sampled_from(["de", "en", "und"]),
    source=sources,
    published_at=moments,
)
kinds = st.sampled_from(["person", "government", "organization", "group", "unnamed"])
actors = st.builds(
    Actor,
    id=parts,
    name=names,
    kind=kinds,
    on_behalf_of=st.none() | parts,
    aliases=st.lists(texts, max_size=3).map(tuple),
)
passages = st.builds(Passage, text=texts, start=counts, end=counts)
statements = st.builds(
    Statement,
    text=names,
    start=counts,
    end=counts,
    sentence=passages,
    speaker=st.none() | passages,
    cue=st.none() | passages,
    stance=st.builds(StatementStance, label=st.sampled_from(Stance), scores=scores),
    fingerprint=st.integers(0, 2**64 - 1).map("{:016x}".format),
    embedding=embeddings,
)
places = st.builds(RecordPlace, partition=counts, offset=counts, keyed_anew=st.booleans())
readings = st.builds(
    StanceReading, label=st.sampled_from(Stance), confidence=probabilities, scores=scores
)
actor_stances = st.builds(ActorStance, actor=actors, stance=readings, resolved=st.booleans())


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    article, actor, story, model = draw(articles), draw(actors), draw(stories), draw(models)
    return Observation(
        observation_id=observation_id(
            article_uri=article.uri,
            version=article.version,
            story_id=story.id,
            actor_id=actor.id,
            model_version=model.version,
        ),
        status=draw(st.sampled_from(["active", "withdrawn"])),
        article=article,
        story=story,
        actor=actor,
        stance=draw(readings),
        statements=tuple(draw(st.lists(statements, max_size=2))),
        resolved=draw(st.booleans()),
        model=model,
        observed_at=draw(moments),
    )


@st.composite
def assignments(draw: st.DrawFn) -> Assignment:
    story = draw(st.none() | stories)
    ids = draw(st.lists(parts, max_size=3, unique=True)) if story else []
    return Assignment(
        article=draw(articles),
        status=draw(st.sampled_from(["active", "withdrawn"])),
        story=story,
        story_external=draw(st.none() | texts),
        embedding=draw(embeddings),
        actors=tuple(ids),
        keys=tuple(tracking_key(story.id, each) for each in ids) if story else (),
        digest=draw(st.binary(min_size=16, max_size=32)).hex(),
        model=draw(models),
        assigned_at=draw(moments),
        declared=draw(st.none() | counts),
        modified_at=draw(st.none() | moments),
        record=draw(st.none() | places),
        readings=tuple(draw(st.lists(actor_stances, max_size=2))) if story else (),
    )


@st.composite
def stance_changes(draw: st.DrawFn) -> StanceChange:
    kind = draw(st.sampled_from(get_args(ChangeType)))
    story = draw(stories)
    actor = draw(st.builds(ActorRef, id=parts, name=names, kind=kinds))
    superseded: Any = uuids if kind in ("retracted", "amended") else st.none() | uuids
    held = st.none() | st.builds(
        StanceSince,
        stance=st.sampled_from(VOTING_STANCES),
        since=moments,
        confidence=probabilities,
    )
    quotes = st.builds(
        Evidence,
        observation_id=uuids,
        article_uri=names,
        title=texts,
        source=texts,
        text=names,
        stance=st.sampled_from(Stance),
        confidence=probabilities,
        published_at=moments,
    )
    return StanceChange(
        change_id=change_id(story_id=story.id, actor_id=actor.id, type=kind, rests_on=draw(uuids)),
        sequence=draw(st.integers(1, 2**53)),
        type=kind,
        story=story,
        actor=actor,
        previous=draw(held),
        current=draw(held),
        support=draw(st.builds(Support, statements=counts, articles=counts, sources=counts)),
        evidence=tuple(draw(st.lists(quotes, max_size=2))),
        detector=draw(
            st.builds(
                Detector,
                name=names,
                statistic=st.floats(-1e9, 1e9),
                threshold=st.floats(-1e9, 1e9),
            )
        ),
        supersedes=draw(superseded),
        model=draw(models),
        occurred_at=draw(moments),
        recorded_at=draw(moments),
    )


@st.composite
def acts(draw: st.DrawFn) -> Act:
    kind = draw(st.sampled_from(get_args(ActType)))
    told: dict[str, Any] = {"reason": draw(st.none() | texts)}
    match kind:
        case "rename":
            told["label"] = draw(names)
        case "merge":
            told["into"] = draw(parts)
        case "split":
            told["into"] = draw(parts)
            told["label"] = draw(st.none() | names)
            told["articles"] = tuple(draw(st.lists(names, min_size=1, max_size=3)))
        case "mark":
            told["observation_id"] = draw(uuids)
            told["stance"] = draw(st.sampled_from([*Stance, None, UNSET]))
        case "erase":
            digest = erasure_digest(draw(texts))
            kinds = st.sampled_from(get_args(ErasedKind))
            told["erased"] = Erased(kind=draw(kinds), digest=digest)
    ids = {"act_id": draw(uuids), "story_id": draw(parts), "by": draw(names), "at": draw(moments)}
    return Act(type=kind, **ids, **told)


baselines = st.builds(
    Baseline,
    story=stories,
    actor=st.builds(ActorRef, id=parts, name=names, kind=kinds),
    model=models,
    readings=st.lists(observations(), max_size=2).map(tuple),
    unseen=st.lists(st.builds(ArticleVersion, uri=names, version=counts), max_size=2).map(tuple),
    checkpoint=st.none() | st.binary(max_size=40).map(lambda raw: base64.b64encode(raw).decode()),
    at=moments,
)


events = st.one_of(baselines, observations(), assignments(), stance_changes(), acts())
