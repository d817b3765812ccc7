"""The `stancewire` command: its table of commands, and what it makes of errors.

Only the module of the command that is run is imported, so that `--help` answers at once.
Exit codes: 0 done, 1 failed, 2 bad usage or configuration.
"""

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
    "up": LazyCommand("stancewire.cli.up:up", "Run all services in one process tree."),
    "read": LazyCommand("stancewire.cli.read:read", "Read articles offline: who says what, how."),
    "publish": LazyCommand("stancewire.cli.publish:publish", "Send articles to Kafka."),
    "tail": LazyCommand("stancewire.cli.tail:tail", "Follow a topic."),
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
            raise _Failed(error) from error


class _Failed(click.ClickException):
    def __init__(self, error: StancewireError) -> None:
        super().__init__(str(error))
        self.exit_code = 2 if isinstance(error, ConfigurationError) else 1


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stancewire")
def main() -> None:
    """Who hopes, who doubts, who warns in the news, and when that changes."""
