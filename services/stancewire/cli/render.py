"""What a terminal shows: pure functions from values to text, no printing.

A stance is always a word with a sign; colour only repeats it, so nothing is lost without colour.
Text out of articles is untrusted: control characters never reach the terminal.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stancewire.cli.board import Standing
from stancewire.events import Evidence, Observation, Stance, StanceChange, StanceSince

SIGNS = {Stance.HOPEFUL: "+", Stance.SKEPTICAL: "?", Stance.WARNING: "!", Stance.NEUTRAL: "="}
_STYLES = {
    Stance.HOPEFUL: "green",
    Stance.SKEPTICAL: "yellow",
    Stance.WARNING: "bold red",
    Stance.NEUTRAL: "dim",
}
_QUOTE_LENGTH = 110
_LEAST_QUOTE = 30
_NAME_LENGTH = 40
_STORY_LENGTH = 30
_REASON_LENGTH = 160
_NARROW = 100
_INDENT = len("Thu 12 Nov 08:30  ")
_WRAPPED = 14


def plain(text: str) -> str:
    """`text` on one line, without anything that could steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def clip(text: str, length: int) -> str:
    """`plain(text)`, cut at a word to at most `length` characters.

    >>> clip("Worte müssen zu echten Schritten führen", 20)
    'Worte müssen zu…'
    """
    text = plain(text)
    if len(text) <= length:
        return text
    cut = text[:length]
    head, space, _ = cut.rpartition(" ")
    kept = head if space and len(head) > length // 2 else cut[:-1]
    return f"{kept.rstrip(' ,;:–-')}…"


def moment(when: datetime) -> str:
    """A time for people, in UTC: `Thu 12 Nov 08:30`."""
    return f"{when.astimezone(UTC):%a %d %b %H:%M}"


def quoted(text: str, length: int = _QUOTE_LENGTH) -> str:
    """`text` clipped and in quotation marks of its own, unless it brings them."""
    clipped = clip(text, length)
    return clipped if clipped[:1] in "„“\"«»'" else f"“{clipped}”"


def stance_text(stance: Stance, confidence: float | None = None) -> Text:
    """`! warning 88%`."""
    share = "" if confidence is None else f" {confidence:.0%}"
    return Text(f"{SIGNS[stance]} {stance}{share}", style=_STYLES[stance])


def change_row(change: StanceChange, *, room: int | None = None) -> tuple[str, Text]:
    """When it happened in the news, and what: actor, from → to, story, quote and source.

    The quote is clipped so that all of it keeps within `room` characters.
    """
    what = Text.assemble((clip(change.actor.name, _NAME_LENGTH), "bold"), ": ", _transition(change))
    what.append(f"  [{clip(change.story.label, _STORY_LENGTH)}]", style="cyan")
    if evidence := tipping(change):
        _append_quote(what, evidence.text, evidence.source, room)
    return moment(change.occurred_at), what


def tipping(change: StanceChange) -> Evidence | None:
    """The evidence that tipped a change: the most words of the latest article that speaks so."""
    current = change.current.stance if change.current else None
    speaking = [item for item in change.evidence if item.stance == current]
    return max(speaking, key=lambda item: (item.published_at, len(item.text)), default=None)


def dead_letter_row(
    when: datetime, *, key: str | None, stage: str, reason: str
) -> tuple[str, Text]:
    """When a record came that could not be read, which one, and why."""
    what = Text.assemble(
        ("dead letter", "bold magenta"), f" {clip(key or 'without a key', 60)}", (": ", "dim")
    )
    return moment(when), what.append(f"{clip(reason, _REASON_LENGTH)} (stage {stage})")


def observation_row(observation: Observation, *, room: int | None = None) -> tuple[str, Text]:
    """When it was published, who takes which stance, the first words of it, and the outlet."""
    what = Text.assemble((clip(observation.actor.name, _NAME_LENGTH), "bold"), ": ")
    if observation.status == "withdrawn":
        what.append("withdrawn ", style="magenta")
    what.append_text(stance_text(observation.stance.label, observation.stance.confidence))
    if observation.story:
        what.append(f"  [{clip(observation.story.label, _STORY_LENGTH)}]", style="cyan")
    said = observation.statements[0].text if observation.statements else ""
    _append_quote(what, said, observation.article.source.name, room)
    return moment(observation.article.published_at), what


def room_of(console: Console) -> int | None:
    """How many characters a row may have: two lines of a terminal, three of a narrow one."""
    lines = 2 if console.width >= _NARROW else 3
    return lines * (console.width - _INDENT) if console.is_terminal else None


def row(console: Console, when: str, what: Text) -> None:
    """Print a row: with a hanging indent on a terminal, as one unbroken line elsewhere."""
    if not console.is_terminal:
        console.print(Text.assemble(when, "  ", what), soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(ratio=1)
    grid.add_row(when, what)
    console.print(grid)


def reading_table(title: str, byline: str, observations: Sequence[Observation]) -> RenderableType:
    """One article read: its title, and for every actor the stance and the words it rests on."""
    table = Table(
        box=None,
        title=Text.assemble(
            (plain(title) or "(no headline)", "bold"), "\n", (plain(byline), "dim")
        ),
        title_justify="left",
        title_style="",
        padding=(0, 2, 0, 0),
        show_header=False,
        expand=True,
    )
    table.add_column("actor", ratio=4, style="bold", overflow="fold")
    table.add_column("stance", no_wrap=True, min_width=15)
    table.add_column("says", ratio=7)
    for observation in observations:
        table.add_row(
            plain(observation.actor.name),
            stance_text(observation.stance.label, observation.stance.confidence),
            "\n".join(quoted(statement.text, 400) for statement in observation.statements),
        )
    if not observations:
        table.add_row(Text("nobody is quoted", style="dim"), "", "")
    return Padding(table, (0, 0, 1, 0))


def standing_table(label: str, standings: Sequence[Standing]) -> Table:
    """The actors of one story: where each stands, since when, and what was read of them."""
    table = Table(
        box=None,
        title=Text(clip(label, 76), style="bold cyan"),
        title_justify="left",
        title_style="",
        padding=(0, 2, 0, 0),
    )
    table.add_column("actor", ratio=1)
    table.add_column("stance", no_wrap=True)
    table.add_column("since", no_wrap=True)
    table.add_column("articles", no_wrap=True)
    for name in ("sources", "changes"):
        table.add_column(name, justify="right", no_wrap=True)
    for standing in standings:
        current = standing.current
        table.add_row(
            clip(standing.actor, _NAME_LENGTH),
            _arrival(current),
            f"{current.since:%d %b}" if current else "",
            _tally(standing.articles),
            str(standing.sources),
            str(standing.changes),
        )
    return table


def _tally(articles: Mapping[Stance, int]) -> Text:
    """How many articles showed each stance: `+5 ?0 !6 =1`."""
    return Text(" ").join(
        Text(
            f"{SIGNS[stance]}{articles[stance]}",
            style=_STYLES[stance] if articles[stance] else "dim",
        )
        for stance in SIGNS
    )


def _append_quote(what: Text, said: str, source: str, room: int | None) -> None:
    source = f"({clip(source, _NAME_LENGTH)})"
    if said:
        # Wrapping at words costs up to a word's length at each line's end.
        left = _QUOTE_LENGTH if room is None else room - len(what) - len(source) - _WRAPPED
        what.append(f"  {quoted(said, max(_LEAST_QUOTE, min(left, _QUOTE_LENGTH)))}")
    what.append(f" {source}", style="dim")


def _transition(change: StanceChange) -> Text:
    previous, current = change.previous, change.current
    text = Text()
    if change.type not in ("changed", "established"):
        text.append(f"{change.type} ", style="magenta")
    if previous is not None:
        text.append_text(stance_text(previous.stance)).append(" → ")
    text.append_text(_arrival(current))
    return text.append(" (first stance)", style="dim") if change.type == "established" else text


def _arrival(current: StanceSince | None) -> Text:
    if current is None:
        return Text("no stance", style="dim")
    return stance_text(current.stance, current.confidence)
