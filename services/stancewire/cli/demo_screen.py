"""What the demo shows: what it is, every change and dead letter as it comes, and how it ended."""

import sys
import time
from collections import deque
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from stancewire.cli import render
from stancewire.cli.board import Board
from stancewire.cli.letters import Letter
from stancewire.cli.playing import Outcome
from stancewire.coverage import DAYS
from stancewire.events import StanceChange
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.settings import Settings, variable

_LAST_LINES = 12
_LEAST_ARTICLES = 3
_SHOWN_LOST = 10


class DemoScreen:
    """Prints; beside it a progress bar where a terminal is there. Use it in a `with` block."""

    def __init__(self, console: Console, *, settings: Settings, total: int) -> None:
        self._console = console
        self._settings = settings
        self._total = total
        self._started = time.monotonic()
        self._progress = Progress(
            TextColumn("[dim]{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("starting the services", total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def introduce(self, stories: int, *, page: str) -> None:
        """Say what runs where, how to watch along, and what the signs mean."""
        servers = self._settings.kafka.bootstrap_servers
        changes = Topics(self._settings.kafka.topic_prefix).changes
        watch = f"{variable('kafka', 'bootstrap_servers')}={servers} stancewire tail changes"
        self._line(
            Text.assemble(
                ("Stancewire demo", "bold"),
                f": {self._total} records of invented coverage, {DAYS} days, {stories} stories,"
                " in German and English",
            )
        )
        self._line(Text(f"Kafka {servers}, topic {changes} (embedded: ends with the demo)"))
        self._line(Text(f"Live page {page}/"))
        self._line(Text("Watch along there, with any Kafka client, or:"))
        self._line(Text(f"  {watch} --from-beginning"))
        signs = Text("  ").join(render.stance_text(stance) for stance in render.SIGNS)
        self._line(
            Text.assemble(signs, ("   a change is printed when the votes for it suffice", "dim"))
        )
        self._line(Text(""))

    def changed(self, change: StanceChange) -> None:
        """Print a change in one row."""
        room = render.room_of(self._console)
        render.row(self._console, *render.change_row(change, room=room))

    def buried(self, letter: Letter, at: datetime) -> None:
        """Print a dead letter in one row."""
        row = render.dead_letter_row(at, key=letter.key, stage=letter.stage, reason=letter.reason)
        render.row(self._console, *row)

    def progressed(self, done: int, total: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=total, description="reading")

    def conclude(self, outcome: Outcome, board: Board) -> None:
        """Print where everybody stands now, and what became of all that was published."""
        self._progress.update(self._task, visible=False)
        self._line(Text(""))
        for story, standings in board.standings(least_articles=_LEAST_ARTICLES):
            self._console.print(render.standing_table(story.label, standings))
            self._line(Text(""))
        self._line(Text("articles: how many showed each stance; sources: owners of the outlets"))
        self._line(
            Text(
                f"{outcome.published} published: {outcome.read} read, {outcome.withdrawn} taken"
                f" back, {outcome.refused} dead letters; {outcome.changes} changes of stance,"
                f" {time.monotonic() - self._started:.0f} s",
                style="bold",
            )
        )
        for lost in outcome.lost[:_SHOWN_LOST]:
            self._line(Text(f"not processed: {render.clip(lost, 200)}", style="bold red"))
        if len(outcome.lost) > _SHOWN_LOST:
            self._line(Text(f"… and {len(outcome.lost) - _SHOWN_LOST} more", style="bold red"))

    def part(self, page: str, *, stays: bool) -> None:
        """Name the page, which is there for as long as the demo stays."""
        if stays:
            self._line(Text("Coverage of a third story comes in from now on; Ctrl-C ends it all."))
            self._line(Text(f"See it live: {page}/", style="bold"))
        else:
            keep = "make demo KEEP=1 (or stancewire demo --keep)"
            self._line(Text(f"To see it live, run {keep} and open {page}/"))

    def _line(self, text: Text) -> None:
        self._console.print(text, soft_wrap=not self._console.is_terminal)


class ServiceLog:
    """What the services write: shown as it comes, or its end when something went wrong."""

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._last: dict[str, deque[str]] = {}

    def take(self, line: str) -> None:
        """Take a line, which begins with the name of its service."""
        if self._verbose:
            print(line, file=sys.stderr, flush=True)
        else:
            name = line.partition(" ")[0]
            self._last.setdefault(name, deque(maxlen=_LAST_LINES)).append(line)

    def show(self) -> None:
        """Print the last lines of each service that were not shown yet."""
        for lines in self._last.values():
            while lines:
                print(lines.popleft(), file=sys.stderr, flush=True)
