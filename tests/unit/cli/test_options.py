"""The options that stand before every command, and how they reach it."""

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from stancewire.cli import COMMANDS, LazyCommand, main
from stancewire.errors import Unavailable
from stancewire.plumbing.settings import load_settings


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    @click.command()
    def show() -> None:
        settings = load_settings()
        click.echo(f"{settings.kafka.partitions} {settings.telemetry.log_level}")

    @click.command()
    def fail() -> None:
        raise Unavailable("Kafka is away")

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STANCEWIRE_CONFIG", raising=False)
    for command in (show, fail):
        monkeypatch.setitem(COMMANDS, str(command.name), LazyCommand("x:y", "Test."))
    found = {"show": show, "fail": fail}
    monkeypatch.setattr(type(main), "get_command", lambda _self, _ctx, name: found[name])


@pytest.mark.usefixtures("shown")
def test_file_and_level_reach_the_command_and_leave_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[kafka]\npartitions = 9\n[telemetry]\nlog_level = "error"\n')
    arguments = ["--config", str(file), "--log-level", "debug", "show"]
    assert CliRunner().invoke(main, arguments).output == "9 debug\n"
    assert "STANCEWIRE_CONFIG" not in os.environ
    assert CliRunner().invoke(main, ["show"]).output == "4 info\n"


@pytest.mark.usefixtures("shown")
def test_a_file_given_as_option_wins_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for partitions in (8, 9):
        (tmp_path / f"{partitions}.toml").write_text(f"[kafka]\npartitions = {partitions}\n")
    monkeypatch.setenv("STANCEWIRE_CONFIG", "8.toml")
    assert CliRunner().invoke(main, ["--config", "9.toml", "show"]).output == "9 info\n"
    assert os.environ["STANCEWIRE_CONFIG"] == "8.toml"
    assert CliRunner().invoke(main, ["show"]).output == "8 info\n"


@pytest.mark.usefixtures("shown")
def test_a_bad_key_is_named_and_ends_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCEWIRE_KAFKA__PARTITION", "4")
    result = CliRunner().invoke(main, ["show"])
    assert result.exit_code == 2
    assert "STANCEWIRE_KAFKA__PARTITION in the environment" in result.output


def test_a_file_that_is_not_there_ends_with_2() -> None:
    result = CliRunner().invoke(main, ["--config", "/nowhere.toml", "doctor"])
    assert result.exit_code == 2
    assert "--config" in result.output


@pytest.mark.usefixtures("shown")
def test_debug_shows_where_an_error_came_from() -> None:
    assert "Error: Kafka is away" in CliRunner().invoke(main, ["fail"]).output
    result = CliRunner().invoke(main, ["--debug", "fail"])
    assert isinstance(result.exception, Unavailable)
