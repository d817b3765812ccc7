"""`stancewire tail`: follow a topic, readable or as JSON lines."""

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

import click
import msgspec
from rich.console import Console
from rich.text import Text

from stancewire.cli import render
from stancewire.cli.letters import letter_of
from stancewire.errors import InvalidInput
from stancewire.events import Observation, Stance, StanceChange, StoryRef
from stancewire.plumbing.envelope import decode_event
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import load_settings
from stancewire.workers.dead_letters import marked
from stancewire.workers.following import follow
from stancewire.workers.records import Incoming

_POLL_S = 0.5
_SHOWN_VALUE = 200

Row = tuple[str, Text]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which events are shown; None lets all through."""

    stance: str | None = None
    actor: str | None = None
    story: str | None = None

    def takes(self, event: Observation | StanceChange) -> bool:
        """Whether an event passes every filter."""
        return (
            (self.stance is None or self.stance == _stance_of(event))
            and (self.actor is None or _names_actor(event, self.actor))
            and (self.story is None or _names_story(event.story, self.story))
        )


@click.command()
@click.argument("what", type=click.Choice(["changes", "observations", "articles", "dlq"]))
@click.option(
    "--stance",
    type=click.Choice([stance.value for stance in Stance]),
    help="Only changes that arrive at this stance, or observations of it.",
)
@click.option("--actor", help="Only actors of this id, or whose name holds these words.")
@click.option("--story", help="Only stories of this id, or whose label holds these words.")
@click.option("--from-beginning", is_flag=True, help="Begin with the oldest record kept.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per record.")
def tail(
    what: str,
    *,
    stance: str | None,
    actor: str | None,
    story: str | None,
    from_beginning: bool,
    as_json: bool,
) -> None:
    """Follow a topic.

    Shows what comes from now on, until Ctrl-C. With --json, events are printed as they are on the
    topic, dead letters with the reason beside the value.
    """
    wanted = Wanted(stance=stance, actor=actor, story=story)
    if what in ("articles", "dlq") and wanted != Wanted():
        raise click.UsageError(f"--stance, --actor and --story do not apply to {what}")
    settings = load_settings()
    topics = Topics(settings.kafka.topic_prefix)
    topic = topics.articles_dlq if what == "dlq" else str(getattr(topics, what))
    show = _show_json if as_json else _show_row
    with follow(settings.kafka, [topic]) as follower:
        if not from_beginning:
            follower.skip_to_end()
        try:
            while True:
                for incoming in follower.poll(_POLL_S):
                    _show(incoming, what, wanted, show)
        except KeyboardInterrupt:
            return


Shower = Callable[[Incoming, Observation | StanceChange | None, str], None]


def _show(incoming: Incoming, what: str, wanted: Wanted, show: Shower) -> None:
    if what in ("articles", "dlq"):
        if what == "articles" or marked(incoming) is None:
            show(incoming, None, what)
        return
    try:
        event = decode_event(incoming.value, incoming.headers)
    except InvalidInput as error:
        place = f"{incoming.topic}[{incoming.partition}] at {incoming.offset}"
        click.echo(f"{place} is passed over: {error}", err=True)
        return
    if isinstance(event, Observation | StanceChange) and wanted.takes(event):
        show(incoming, event, what)


def _show_json(incoming: Incoming, event: Observation | StanceChange | None, what: str) -> None:
    if event is not None:
        line = msgspec.json.encode(event)
    elif what == "dlq":
        line = msgspec.json.encode(asdict(letter_of(incoming)))
    else:
        line = _compact(incoming.value)
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _compact(value: bytes | None) -> bytes:
    """JSON on one line; a JSON string of the bytes where they are something else."""
    try:
        return msgspec.json.format(value or b"null", indent=-1)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.encode((value or b"").decode(errors="backslashreplace"))


def _show_row(incoming: Incoming, event: Observation | StanceChange | None, what: str) -> None:
    console = Console(highlight=False)
    render.row(console, *row_of(incoming, event, what, room=render.room_of(console)))


def row_of(
    incoming: Incoming,
    event: Observation | StanceChange | None,
    what: str,
    *,
    room: int | None = None,
) -> Row:
    """The readable form of a record; `room` as in `render.change_row`."""
    if isinstance(event, StanceChange):
        return render.change_row(event, room=room)
    if event is not None:
        return render.observation_row(event, room=room)
    if what == "dlq":
        letter = letter_of(incoming)
        return render.dead_letter_row(
            incoming.timestamp, key=letter.key, stage=letter.stage, reason=letter.reason
        )
    value = (incoming.value or b"(withdrawn)").decode(errors="backslashreplace")
    key = (incoming.key or b"").decode(errors="backslashreplace")
    text = Text.assemble((render.clip(key, 80), "bold"), "  ", render.clip(value, _SHOWN_VALUE))
    return render.moment(incoming.timestamp), text


def _stance_of(event: Observation | StanceChange) -> str | None:
    if isinstance(event, Observation):
        return event.stance.label
    return event.current.stance if event.current else None


def _names_actor(event: Observation | StanceChange, words: str) -> bool:
    aliases = event.actor.aliases if isinstance(event, Observation) else ()
    return words == event.actor.id or any(
        words.casefold() in name.casefold() for name in (event.actor.name, *aliases)
    )


def _names_story(story: StoryRef | None, words: str) -> bool:
    return story is not None and (words == story.id or words.casefold() in story.label.casefold())
