"""Changes of stance and rules for the tests of alerting, made from a few words."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stancewire.alerting.loading import parse_rules
from stancewire.alerting.rules import Rulebook
from stancewire.alerting.values import Delivery, Notice, alert_key
from stancewire.events import (
    ActorRef,
    Detector,
    Evidence,
    ModelRef,
    Stance,
    StanceChange,
    StanceSince,
    StoryRef,
    Support,
)

NOW = datetime(2026, 3, 9, 18, 0, tzinfo=UTC)
OCCURRED = datetime(2026, 3, 9, 17, 45, tzinfo=UTC)
SECRET = "whsec_" + "c3RhbmNld2lyZS1pcy10ZXN0ZWQtaGVyZQ=="
STANCES = {"h": Stance.HOPEFUL, "s": Stance.SKEPTICAL, "w": Stance.WARNING}
RULES = f"""
[[receiver]]
name = "desk"
type = "webhook"
url = "https://desk.example/hook"
secrets = ["{SECRET}"]

[[rule]]
name = "warns"
receivers = ["desk"]
match.stance = "warning"
"""


def change(name: str, move: str, **fields: object) -> StanceChange:
    """A change called `name`: `change("c1", "h>w")`; nothing before the arrow is no stance before.

    `type` is `changed`, or `established` without a stance before, unless told otherwise;
    `supersedes` takes the name of another change.
    """
    before, _, after = move.partition(">")
    at = fields.pop("at", OCCURRED)
    assert isinstance(at, datetime)
    superseded = fields.pop("supersedes", None)
    sources, confidence = fields.pop("sources", 3), fields.pop("confidence", 0.9)
    language = fields.pop("language", "de")
    assert isinstance(sources, int)
    assert isinstance(confidence, float)
    assert isinstance(language, str)
    stance = STANCES.get(after)
    values: dict[str, object] = {
        "change_id": id_of(name),
        "sequence": 1,
        "type": "changed" if before else "established",
        "story": StoryRef(id="st-harbour", label="The harbour talks"),
        "actor": ActorRef(id="person:jane-doe", name="Minister Jane Doe", kind="person"),
        "previous": _held(before, at, 0.8),
        "current": _held(after, at, confidence),
        "support": Support(statements=4, articles=4, sources=sources),
        "evidence": (_evidence(stance or Stance.WARNING, at, language),),
        "detector": Detector(name="categorical-cusum", statistic=5.4, threshold=5.2),
        "supersedes": id_of(str(superseded)) if superseded else None,
        "model": ModelRef(name="stancewire-reader", version="1"),
        "occurred_at": at,
        "recorded_at": at + timedelta(seconds=2),
    }
    return StanceChange(**{**values, **fields})  # type: ignore[arg-type]


def rulebook(text: str = RULES, *, suffix: str = ".toml", **environ: str) -> Rulebook:
    return parse_rules(text, file=Path(f"rules{suffix}"), environ=environ)


def notice(of: StanceChange, status: str = "firing", **fields: object) -> Notice:
    values: dict[str, object] = {
        "status": status,
        "key": alert_key("warns", of.story.id, of.actor.id),
        "alert_id": of.change_id,
        "rule": "warns",
        "severity": "warning",
        "change": of,
    }
    return Notice(**{**values, **fields})  # type: ignore[arg-type]


def delivery(*notices: Notice, **fields: object) -> Delivery:
    values: dict[str, object] = {
        "id": id_of("delivery"),
        "receiver": "desk",
        "rule": "warns",
        "severity": "warning",
        "group": id_of("group"),
        "notices": notices,
        "state": "sending",
        "created_at": NOW,
        "due_at": NOW,
        "tries": 1,
    }
    return Delivery(**{**values, **fields})  # type: ignore[arg-type]


def id_of(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def _held(letter: str, since: datetime, confidence: float) -> StanceSince | None:
    stance = STANCES.get(letter)
    return StanceSince(stance=stance, since=since, confidence=confidence) if stance else None


def _evidence(stance: Stance, at: datetime, language: str) -> Evidence:
    return Evidence(
        observation_id=id_of("observation"),
        article_uri="https://north.example/1",
        title="Talks drag on",
        source="Northern Post",
        text="Without a promise the harbour will close",
        stance=stance,
        confidence=0.9,
        published_at=at,
        language=language,
    )
