"""The JSON shapes of the interface; what events and tracking have is shown as it is there."""

from stancewire.events import ActorRef, Moment, Stance, StanceChange, StoryRef, Value
from stancewire.stores.shown import Shown
from stancewire.stores.track_index import Position
from stancewire.tracking.timeline import Proof, Timeline


class Story(Value, frozen=True, kw_only=True):
    """A story and who speaks in it."""

    id: str
    label: str
    published_at: Moment
    """Publication of its newest article."""
    actors: tuple[Shown, ...]
    """Who spoke last comes first; in a list of stories only the first ones."""
    actors_total: int
    stances: dict[Stance, int]
    """How many actors hold which stance."""
    languages: tuple[str, ...]
    latest: Shown | None
    """The actor whose stance turned last; None where none is established yet."""


class StoryPage(Value, frozen=True, kw_only=True):
    """Stories, the one with the newest article first."""

    items: tuple[Story, ...]
    next: str | None
    """The cursor of the next page; None on the last one."""


class TimelinePage(Value, frozen=True, kw_only=True):
    """Timelines of a story's actors; who spoke last comes first."""

    story: StoryRef
    items: tuple[Timeline, ...]
    next: str | None


class ProofPage(Value, frozen=True, kw_only=True):
    """The articles in which an actor speaks, with the statements; the newest first."""

    items: tuple[Proof, ...]
    next: str | None


class InStory(Value, frozen=True, kw_only=True):
    """An actor in one story."""

    story: StoryRef
    shown: Shown


class ActorPage(Value, frozen=True, kw_only=True):
    """The stories in which an actor speaks; where it spoke last comes first."""

    actor: ActorRef
    items: tuple[InStory, ...]
    next: str | None


class RecordedChange(Value, frozen=True, kw_only=True):
    """A change and its position, from which `/api/v1/stream` can go on (`Last-Event-ID`)."""

    position: Position
    change: StanceChange


class ChangePage(Value, frozen=True, kw_only=True):
    """Changes, the one recorded last first."""

    items: tuple[RecordedChange, ...]
    next: str | None
    """None where nothing older is kept. A page may be short, or empty, and still have a next."""


class Accepted(Value, frozen=True, kw_only=True):
    """An article that is in Kafka now and will be read."""

    uri: str
    status: str
    """`accepted`"""


class Session(Value, frozen=True, kw_only=True):
    """Who calls."""

    access: str
    """`keys` where calls need a key, `open` where they need none."""
    name: str | None
    """The key's name."""
    scopes: tuple[str, ...]
