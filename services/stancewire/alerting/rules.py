"""What an operator writes: rules, with what they match and whom they tell."""

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveInt,
    StringConstraints,
    field_validator,
    model_validator,
)

from stancewire.alerting.receivers import Receiver
from stancewire.alerting.values import Severity
from stancewire.events import ActorKind

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
VotingStance = Literal["hopeful", "skeptical", "warning"]
Opening = Literal["established", "changed"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
GroupBy = Literal["actor", "story"]
DAYS: tuple[Day, ...] = get_args(Day)


def _listed(value: object) -> object:
    """One value where a list may stand, as a list of it."""
    return (value,) if isinstance(value, str) else value


class Strict(BaseModel):
    """Frozen; a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Match(Strict):
    """What a change must be; of each list one member, and all that is given."""

    type: Annotated[tuple[Opening, ...], BeforeValidator(_listed)] = ("changed",)
    """What follows on a change (`reverted`, `retracted` …) follows its alert by itself."""
    stance: Annotated[tuple[VotingStance, ...], BeforeValidator(_listed)] = ()
    """The stance arrived at."""
    from_stance: Annotated[tuple[VotingStance, ...], BeforeValidator(_listed)] = ()
    """The stance before; an established stance has none."""
    actor: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    """Ids of actors."""
    actor_kind: Annotated[tuple[ActorKind, ...], BeforeValidator(_listed)] = ()
    alias: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    """Names, or whole words of names, in any case."""
    story: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    """Ids of stories."""
    story_label: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    """Words that stand in a story's label, in any case."""
    language: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    """Languages (`de`, `en`) of the articles that prove the change; one of them is enough."""
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    min_sources: PositiveInt = 1
    """Source owners behind the change."""


class QuietHours(Strict):
    """When nothing is sent; it goes out when they end."""

    start: time
    end: time
    """Not after `start` means the next day."""
    time_zone: str
    days: Annotated[tuple[Day, ...], BeforeValidator(_listed)] = DAYS
    """Days on which quiet hours begin."""

    @field_validator("start", "end")
    @classmethod
    def _is_local(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("write the local time, like 22:00; time_zone says where")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r} is no time zone; write one like Europe/Berlin") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)


class Rule(Strict):
    """One rule."""

    name: Name
    receivers: Annotated[tuple[Name, ...], BeforeValidator(_listed), Field(min_length=1)]
    match: Match = Match()
    severity: Severity = "warning"
    group_by: Annotated[tuple[GroupBy, ...], BeforeValidator(_listed)] = ("story", "actor")
    """Alerts that agree in these are sent together."""
    group_wait_s: NonNegativeFloat = 0.0
    """How long the first alert of a group waits for others."""
    group_interval_s: NonNegativeFloat = 0.0
    """Least time between two deliveries of a group; what comes meanwhile is sent together."""
    quiet_hours: tuple[QuietHours, ...] = ()

    @field_validator("quiet_hours", mode="before")
    @classmethod
    def _may_be_one(cls, value: object) -> object:
        return (value,) if isinstance(value, Mapping) else value


class Rulebook(Strict):
    """A whole rule file."""

    rule: Annotated[tuple[Rule, ...], Field(min_length=1)]
    receiver: Annotated[tuple[Receiver, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        receivers = [receiver.name for receiver in self.receiver]
        for what, names in (("rule", [rule.name for rule in self.rule]), ("receiver", receivers)):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what} {twice[0]!r} is there twice; give each a name of its own")
        for rule in self.rule:
            for name in rule.receivers:
                if name not in receivers:
                    raise ValueError(
                        f"rule {rule.name!r} names the receiver {name!r}, but there is no"
                        f" [[receiver]] of that name; there are {', '.join(sorted(receivers))}"
                    )
        return self

    def receiver_named(self, name: str) -> Any:
        """A receiver; None where there is none of that name (any more)."""
        return next((one for one in self.receiver if one.name == name), None)

    def rule_named(self, name: str) -> Rule | None:
        """A rule; None where there is none of that name (any more)."""
        return next((one for one in self.rule if one.name == name), None)
