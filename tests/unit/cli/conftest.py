from datetime import UTC, datetime

import pytest

from stancewire.events import (
    Actor,
    ActorRef,
    ArticleRef,
    Detector,
    Evidence,
    ModelRef,
    Observation,
    Passage,
    Source,
    Stance,
    StanceChange,
    StanceReading,
    StanceSince,
    Statement,
    StatementStance,
    StoryRef,
    Support,
)

MODEL = ModelRef(name="stancewire-reader", version="1")
STORY = StoryRef(id="s1", label="Gipfel in Bergen: Was Korvath und Szelem verhandeln wollen")
AT = datetime(2026, 11, 12, 8, 30, tzinfo=UTC)


def scores(label: Stance, confidence: float = 0.85) -> dict[Stance, float]:
    rest = (1 - confidence) / 3
    return {stance: confidence if stance == label else rest for stance in Stance}


def observation(
    *,
    actor: str = "Ingrid Solheim",
    stance: Stance = Stance.WARNING,
    uri: str = "urn:a",
    owner: str = "Transline",
    status: str = "active",
    text: str = "We are one stray bullet away from a new war",
    story: StoryRef | None = STORY,
) -> Observation:
    passage = Passage(text=text, start=0, end=len(text))
    statement = Statement(
        text=text,
        start=0,
        end=len(text),
        sentence=passage,
        speaker=None,
        cue=None,
        stance=StatementStance(label=stance, scores=scores(stance)),
        fingerprint="0" * 16,
        embedding="AAAA",
    )
    return Observation(
        observation_id=f"{uri}|{actor}",
        status=status,
        article=ArticleRef(
            uri=uri,
            version=1,
            title="Shots at Radim bridge",
            url=None,
            language="en",
            source=Source(name=owner, owner=owner),
            published_at=AT,
        ),
        story=story,
        actor=Actor(
            id=f"person:{actor.lower().replace(' ', '-')}",
            name=actor,
            kind="person",
            aliases=("Solheim", "die Ministerin") if actor == "Ingrid Solheim" else (),
        ),
        stance=StanceReading(label=stance, confidence=0.85, scores=scores(stance)),
        statements=(statement,),
        model=MODEL,
        observed_at=AT,
    )


def change(
    *,
    type: str = "changed",
    previous: Stance | None = Stance.HOPEFUL,
    current: Stance | None = Stance.WARNING,
    actor: str = "Ingrid Solheim",
    sequence: int = 2,
    evidence: tuple[Evidence, ...] = (),
) -> StanceChange:
    def since(stance: Stance | None) -> StanceSince | None:
        return StanceSince(stance=stance, since=AT, confidence=0.88) if stance else None

    return StanceChange(
        change_id=f"{actor}-{sequence}",
        sequence=sequence,
        type=type,
        story=STORY,
        actor=ActorRef(id=f"person:{actor.lower().replace(' ', '-')}", name=actor, kind="person"),
        previous=since(previous),
        current=since(current),
        support=Support(statements=4, articles=4, sources=3),
        evidence=evidence,
        detector=Detector(name="categorical-cusum", statistic=5.4, threshold=5.0),
        supersedes=None,
        model=MODEL,
        occurred_at=AT,
        recorded_at=AT,
    )


def evidence(
    text: str, *, stance: Stance = Stance.WARNING, source: str = "Transline News", minute: int = 0
) -> Evidence:
    return Evidence(
        observation_id="o",
        article_uri="urn:a",
        title="Shots",
        source=source,
        text=text,
        stance=stance,
        confidence=0.9,
        published_at=AT.replace(minute=minute),
    )


@pytest.fixture
def samples() -> "Samples":
    return Samples()


class Samples:
    observation = staticmethod(observation)
    change = staticmethod(change)
    evidence = staticmethod(evidence)
