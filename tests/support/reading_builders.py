"""Readings of actors, as short as tests of scoring need them."""

from stancewire.events import (
    Actor,
    ActorReading,
    Passage,
    Stance,
    StanceReading,
    Statement,
    StatementStance,
)


def reading(
    name: str,
    stance: Stance = Stance.HOPEFUL,
    *,
    aliases: tuple[str, ...] = (),
    confidence: float = 0.7,
    spans: tuple[tuple[int, int], ...] = (),
) -> ActorReading:
    """`name` takes `stance` in each of `spans`; the other three stances share the rest evenly."""
    rest = (1 - confidence) / 3
    scores = {s: confidence if s == stance else rest for s in Stance}
    return ActorReading(
        actor=Actor(id="x", name=name, kind="person", aliases=aliases),
        stance=StanceReading(label=stance, confidence=confidence, scores=scores),
        statements=tuple(_statement(span, stance, scores) for span in spans),
    )


def _statement(span: tuple[int, int], stance: Stance, scores: dict[Stance, float]) -> Statement:
    start, end = span
    text = "x" * (end - start)
    return Statement(
        text=text,
        start=start,
        end=end,
        sentence=Passage(text=text, start=start, end=end),
        speaker=None,
        cue=None,
        stance=StatementStance(label=stance, scores=scores),
    )
