"""Observations and configurations for the tests of tracking, made from a few words."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from stancewire.events import (
    Actor,
    ArticleRef,
    ModelRef,
    Observation,
    Passage,
    Source,
    Stance,
    StanceChange,
    StanceReading,
    Statement,
    StatementStance,
    StoryRef,
)
from stancewire.stories.fingerprint import fingerprint
from stancewire.tracking import DetectorConfig, Likelihoods, State, step

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
RECORDED = datetime(2026, 6, 1, tzinfo=UTC)
MODEL = ModelRef(name="stancewire-reader", version="1")
MATRIX = ((0.8, 0.15, 0.05), (0.1, 0.8, 0.1), (0.05, 0.15, 0.8))
LABELS = {
    "h": Stance.HOPEFUL,
    "s": Stance.SKEPTICAL,
    "w": Stance.WARNING,
    "n": Stance.NEUTRAL,
}


def config(**changes: object) -> DetectorConfig:
    likelihoods = Likelihoods({"de": MATRIX, "en": MATRIX}, off_stance=0.0)
    return DetectorConfig(likelihoods=likelihoods, **changes)  # type: ignore[arg-type]


def observation(
    name: str,
    label: str = "h",
    *,
    hours: float = 0.0,
    version: int = 1,
    withdrawn: bool = False,
    texts: Sequence[str] | None = None,
    owner: str | None = None,
    confidence: float = 0.8,
    model: str = "1",
    **changes: object,
) -> Observation:
    """An article `name`, published `hours` after the start, that reads as one of h, s, w, n.

    Every name is an outlet with an owner and a wording of its own, unless told otherwise.
    """
    stance = LABELS[label]
    rest = (1.0 - confidence) / 3
    scores = {each: confidence if each == stance else rest for each in Stance}
    spoken = [own_words(name)] if texts is None else texts
    uri = f"urn:{name}"
    values: dict[str, object] = {
        "observation_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{uri} {version} {model}")),
        "status": "withdrawn" if withdrawn else "active",
        "article": ArticleRef(
            uri=uri,
            version=version,
            title=f"Title of {name}",
            url=None,
            language="en",
            source=Source(name=f"The {name}", owner=owner or f"{name} group"),
            published_at=START + timedelta(hours=hours),
        ),
        "story": StoryRef(id="talks", label="The talks"),
        "actor": Actor(id="person:jane-doe", name="Jane Doe", kind="person"),
        "stance": StanceReading(label=stance, confidence=confidence, scores=scores),
        "statements": () if withdrawn else statements(spoken, stance, scores),
        "model": ModelRef(name=MODEL.name, version=model),
        "observed_at": START + timedelta(days=400),
    }
    return Observation(**{**values, **changes})  # type: ignore[arg-type]


def statements(
    texts: Iterable[str], stance: Stance, scores: dict[Stance, float]
) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            text=text,
            start=0,
            end=len(text),
            sentence=Passage(text=text, start=0, end=len(text)),
            speaker=None,
            cue=None,
            stance=StatementStance(label=stance, scores=scores),
            fingerprint=known_fingerprint(text),
        )
        for text in texts
    )


@lru_cache
def own_words(name: str) -> str:
    """Words that no other name's are a copy of."""
    return " ".join(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}{i}").hex[:9] for i in range(6))


def run(
    observations: Iterable[Observation], *, config: DetectorConfig, state: State | None = None
) -> tuple[State, list[StanceChange]]:
    state, events = state or State(), []
    for each in observations:
        state, new = step(state, each, config=config, recorded_at=RECORDED)
        events += new
    return state, events


def articles(
    labels: str, *, every: float = 1.0, prefix: str = "a", start: float = 0.0
) -> list[Observation]:
    """One article per letter, `every` hours apart: `articles("hhhww")`."""
    return [
        observation(f"{prefix}{i}", label, hours=start + i * every)
        for i, label in enumerate(labels)
    ]


def days(number: float) -> timedelta:
    return timedelta(days=number)


known_fingerprint = lru_cache(fingerprint)
