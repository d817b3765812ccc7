"""The `stancewire` command: its table of commands, and what it makes of errors.

Only the module of the command that is run is imported, so that `--help` answers at once.
Exit codes: 0 done, 1 failed, 2 bad usage or configuration.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

import click

from stancewire import __version__
from stancewire.errors import ConfigurationError, StancewireError


class LazyCommand(NamedTuple):
    """Where a command is, and the first line of its help."""

    target: str
    """`module:function`"""
    help: str


COMMANDS = {
    "demo": LazyCommand("stancewire.cli.demo:demo", "Everything at once on bundled coverage."),
    "up": LazyCommand("stancewire.cli.up:up", "Run all services here."),
    "read": LazyCommand("stancewire.cli.read:read", "Read articles offline: who says what, how."),
    "publish": LazyCommand("stancewire.cli.publish:publish", "Send articles to Kafka."),
    "tail": LazyCommand("stancewire.cli.tail:tail", "Follow a topic."),
    "dlq": LazyCommand("stancewire.cli.dlq:dlq", "Look at dead letters, replay or discard them."),
    "purge": LazyCommand("stancewire.cli.purge:purge", "Erase an article or a person everywhere."),
    "topics": LazyCommand("stancewire.cli.topics:topics", "Create the topics, or compare them."),
    "rebuild": LazyCommand(
        "stancewire.cli.rebuild:rebuild", "Fold Redis anew from the topics, and compare."
    ),
    "upgrade": LazyCommand("stancewire.cli.upgrade:upgrade", "Move to another reading model."),
    "evaluate": LazyCommand(
        "stancewire.cli.evaluate:evaluate", "Score the reader on labelled articles."
    ),
    "bench": LazyCommand("stancewire.cli.bench:bench", "Measure how fast this machine reads."),
    "doctor": LazyCommand(
        "stancewire.cli.doctor:doctor", "Find what is wrong, and how to mend it."
    ),
    "reader": LazyCommand("stancewire.cli.services:reader", "Run one reader."),
    "tracker": LazyCommand("stancewire.cli.services:tracker", "Run one tracker."),
    "alerter": LazyCommand("stancewire.cli.services:alerter", "Run one alerter."),
    "gateway": LazyCommand("stancewire.cli.services:gateway", "Serve HTTP and the live page."),
    "alerts": LazyCommand(
        "stancewire.cli.alerts:alerts", "Look at alerts, send them again, try rules."
    ),
    "keys": LazyCommand("stancewire.cli.keys:keys", "Make, list and revoke API keys."),
}
"""Every command, in the order in which `--help` shows them."""


class LazyGroup(click.Group):
    """A group that imports a command only when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].target.partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands out of the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run, with our errors turned into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except StancewireError as error:
            if ctx.params.get("debug"):
                raise
            raise _Failed(error) from error


class _Failed(click.ClickException):
    def __init__(self, error: StancewireError) -> None:
        super().__init__(str(error))
        self.exit_code = 2 if isinstance(error, ConfigurationError) else 1


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stancewire")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True),
    help="TOML file with the settings.  [default: ./stancewire.toml where there is one]",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="Least severity that services log.",
)
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.pass_context
def main(ctx: click.Context, *, config: str | None, log_level: str | None, debug: bool) -> None:
    """Who hopes, who doubts, who warns in the news, and when that changes."""
    # The environment is how settings reach the commands, and the processes that they start.
    chosen = {"STANCEWIRE_CONFIG": config, "STANCEWIRE_TELEMETRY__LOG_LEVEL": log_level}
    ctx.with_resource(_environment({k: v for k, v in chosen.items() if v is not None}))
    if not debug:
        # What kafka-python logs as an error comes to us as an exception as well.
        logging.getLogger("kafka").setLevel(logging.CRITICAL)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
