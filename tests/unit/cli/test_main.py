import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from stancewire.cli import COMMANDS, LazyCommand, main
from stancewire.errors import ConfigurationError, Unavailable


def test_help_lists_every_command() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for name, command in COMMANDS.items():
        assert name in result.output
        assert command.help in result.output


def test_help_imports_neither_kafka_nor_models() -> None:
    script = (
        "import sys; from stancewire.cli import main; main(['--help'], standalone_mode=False);"
        "print(sorted({'kafka', 'faust', 'transformers', 'onnxruntime'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert out.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_table_says_what_the_command_says(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    first_line = (command.help or "").splitlines()[0]
    assert COMMANDS[name].help == first_line


def test_unknown_command_is_bad_usage() -> None:
    assert CliRunner().invoke(main, ["foretell"]).exit_code == 2


@pytest.mark.parametrize(
    ("error", "exit_code"), [(ConfigurationError("bad key"), 2), (Unavailable("away"), 1)]
)
def test_our_errors_become_a_message_and_an_exit_code(
    error: Exception, exit_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setitem(COMMANDS, "failing", LazyCommand("x:y", "Fail."))
    monkeypatch.setattr(type(main), "get_command", lambda *_: failing)
    result = CliRunner().invoke(main, ["failing"])
    assert result.exit_code == exit_code
    assert str(error) in result.output
    assert "Traceback" not in result.output
