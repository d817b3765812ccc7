"""`stancewire demo`: the whole way of an article on one machine, on bundled coverage."""

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from stancewire import coverage
from stancewire.cli.demo_screen import DemoScreen, ServiceLog
from stancewire.cli.playing import Outcome, Playing
from stancewire.cli.processes import own_servers, page_of, plan_services
from stancewire.errors import ConfigurationError, StancewireError, Unavailable
from stancewire.plumbing.kafka import apply_topics
from stancewire.plumbing.sections import KafkaSettings, RedisSettings
from stancewire.plumbing.settings import (
    CONFIG_VARIABLE,
    Settings,
    known_settings,
    load_settings,
    variable,
)
from stancewire.plumbing.supervise import BAD_CONFIGURATION, Service, Supervisor

_GRACE_S = 4.5
_INTERRUPTED = 130
_EMBEDDED = ("kafka", "redis")


@click.command()
@click.option(
    "--keep", is_flag=True, help="Keep everything running, with coverage coming in, until Ctrl-C."
)
@click.option("--verbose", is_flag=True, help="Show what the services log, on standard error.")
def demo(*, keep: bool, verbose: bool) -> None:
    """Everything at once on bundled coverage.

    Starts an embedded Kafka broker and Redis and all services, publishes ten days of invented
    coverage of two stories, and prints each change of stance as it comes off its topic; the live
    page shows the same meanwhile. It never touches a Kafka or Redis of yours and leaves nothing
    behind. Exit code 0 only if every article was processed.
    """
    settings = load_settings().model_copy(
        # One partition keeps the articles in the order in which the outlets published them.
        update={"kafka": KafkaSettings(partitions=1), "redis": RedisSettings()}
    )
    entries = coverage.load(coverage.latest_start(datetime.now(UTC).date()))
    log = ServiceLog(verbose=verbose)
    with (
        own_servers(settings) as settings,
        tempfile.TemporaryDirectory(prefix="stancewire-demo-") as directory,
        DemoScreen(Console(highlight=False), settings=settings, total=len(entries)) as screen,
    ):
        apply_topics(settings.kafka)
        services = _services(settings, Path(directory))
        page = page_of(services, settings)
        screen.introduce(len({entry.story for entry in entries}), page=page)
        playing = Playing(settings.kafka, entries, screen=screen, clock=time.monotonic)
        run = _Run(playing=playing, screen=screen, log=log, page=page, keep=keep)
        try:
            outcome = asyncio.run(run.until_ended(services))
        except StancewireError:
            log.show()
            raise
    if outcome is None and run.interrupted:
        sys.exit(_INTERRUPTED)
    if outcome is None:
        log.show()
        error = ConfigurationError if run.code == BAD_CONFIGURATION else Unavailable
        raise error("the services ended before all was read; their last lines above say why")
    sys.exit(1 if outcome.lost else 0)


@dataclass(kw_only=True)
class _Run:
    """The services beside the thread that publishes and follows."""

    playing: Playing
    screen: DemoScreen
    log: ServiceLog
    page: str
    """Where the live page is."""
    keep: bool
    interrupted: bool = False
    code: int | None = None
    """With which the services ended, if they did so by themselves."""

    async def until_ended(self, services: Sequence[Service]) -> Outcome | None:
        """Run until all is processed, somebody interrupts, or the services end by themselves."""
        supervisor = Supervisor(write=self.log.take, grace=_GRACE_S)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt)
        running = asyncio.create_task(supervisor.run(services))
        playing = asyncio.create_task(asyncio.to_thread(self._play))
        try:
            await asyncio.wait({running, playing}, return_when=asyncio.FIRST_COMPLETED)
            self.playing.stopped.set()
            if running.done():
                self.code = running.result()
            return await playing
        finally:
            self.playing.stopped.set()
            supervisor.stop()
            await running

    def _interrupt(self) -> None:
        self.interrupted = True
        self.playing.stopped.set()

    def _play(self) -> Outcome | None:
        outcome = self.playing.play()
        if outcome is not None:
            self.screen.conclude(outcome, self.playing.board)
            self.screen.part(self.page, stays=self.keep)
            if self.keep:
                self.playing.linger(coverage.live())
        return outcome


def _services(settings: Settings, directory: Path) -> list[Service]:
    """One service of each kind, which sees no Kafka, no Redis and no file of the user's."""
    nothing = directory / "empty.toml"
    nothing.touch()
    ours = {CONFIG_VARIABLE: str(nothing)}
    for section, name in known_settings():
        value = getattr(getattr(settings, section), name)
        is_set = name in getattr(settings, section).model_fields_set
        # An empty variable counts as unset.
        ours[variable(section, name)] = str(value) if is_set and section not in _EMBEDDED else ""
    return [
        Service(
            name=service.name, command=service.command, environment=ours | dict(service.environment)
        )
        for service in plan_services(settings, {})
    ]
