"""Progress on standard error while long work runs, where a terminal is there to see it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)


@contextmanager
def progress(
    what: str, *, total: int | None = None, enabled: bool = True
) -> Iterator[Callable[[], None]]:
    """Show `what` and how many are done; the yielded function counts one more."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    disable = not (enabled and console.is_terminal)
    with Progress(*columns, console=console, transient=True, disable=disable) as display:
        task = display.add_task(what, total=total)
        yield lambda: display.advance(task)
