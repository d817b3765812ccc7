"""Observations by the rules, as records of the observations topic."""

from datetime import timedelta

from flow_fakes import NOON
from rule_reader import MODEL, RuleReader
from stancewire.events import Observation, Source, StoryRef
from stancewire.plumbing.envelope import encode
from stancewire.stories.observing import observe, refer_to
from stancewire.workers.records import Incoming
from story_builders import article

STORY = StoryRef(id="s", label="Summit")
OUTLETS = ("Herald", "Courier", "Post", "Mirror")


def observation(number: int, stance: str, *, actor: str = "Ann") -> Observation:
    """Article `number`, published so many hours after noon, in one of four outlets in turn."""
    one = article(
        f"urn:{number}",
        body=f"{actor}: {stance} about matter {number}",
        source=Source(name=OUTLETS[number % 4], owner=OUTLETS[number % 4]),
        published_at=NOON + timedelta(hours=number),
    )
    [made] = observe(
        RuleReader().read(one).actors,
        article=refer_to(one, version=1),
        story=STORY,
        model=MODEL,
        observed_at=NOON + timedelta(hours=number),
    )
    return made


def incoming(
    event: Observation, offset: int = 0, *, key: bytes | None = None, partition: int = 0
) -> Incoming:
    """The observation as a record that a tracker takes."""
    record = encode(event)
    return Incoming(
        topic="stancewire.observations",
        partition=partition,
        offset=offset,
        key=record.key if key is None else key,
        value=record.value,
        headers=tuple(record.headers),
        timestamp=event.observed_at,
    )
