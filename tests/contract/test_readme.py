"""What the documents tell a user to type exists: commands, options, targets, settings, files."""

import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import click
import pytest
from kafka import KafkaConsumer

from stancewire import coverage
from stancewire.cli import main
from stancewire.plumbing.kafka import topic_specs
from stancewire.plumbing.sections import KafkaSettings
from stancewire.plumbing.settings import CONFIG_VARIABLE, known_settings, variable
from stancewire_training.__main__ import main as training

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("services/**/*.md")})
SHELL = re.compile(r"```(?:sh|console)\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"(?<!`)`((?:make|stancewire|python -m stancewire_training) [^`]+)`(?!`)")
ASSIGNMENT = re.compile(r"[A-Z][A-Z_]*=\S*")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FILE_ENDINGS = ("onnx", "py", "toml")
VARIABLES = {variable(*setting) for setting in known_settings()} | {CONFIG_VARIABLE}


class Typed(NamedTuple):
    """A line that a document tells to type; one inside a sentence may leave arguments out."""

    words: list[str]
    is_whole: bool


def typed(page: Path) -> Iterator[Typed]:
    text = page.read_text("utf-8")
    for block in SHELL.findall(text):
        for line in block.splitlines():
            if words := shlex.split(line.removeprefix("$ "), comments=True):
                yield Typed(words, is_whole=True)
    for line in INLINE.findall(SHELL.sub("", text)):
        yield Typed(shlex.split(line), is_whole=False)


COMMANDS = [
    pytest.param(each, id=f"{page.name}: {' '.join(each.words)}")
    for page in PAGES
    for each in typed(page)
]


@pytest.fixture(autouse=True)
def any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let options take files that a page only stands in for; `test_files_exist` looks at others."""
    monkeypatch.setattr(click.Path, "convert", lambda self, value, param, ctx: value)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_exists(command: Typed) -> None:
    words = [w for w in command.words if w != "export"]
    while words and ASSIGNMENT.fullmatch(words[0]):
        name = words.pop(0).partition("=")[0]
        assert name in VARIABLES
    if words:
        check(words, is_whole=command.is_whole)


def check(words: list[str], *, is_whole: bool) -> None:
    match words:
        case ["make", *targets]:
            known = TARGETS | set(re.findall(r"\$[({](?:if \$\()?([A-Z]+)", makefile()))
            assert {target.partition("=")[0] for target in targets} <= known
        case ["pip", "install", *options]:
            assert options[0] == "-c"
            assert (ROOT / options[1]).is_file()
            extras = re.findall(r"\w+", options[2].removeprefix("."))
            assert set(extras) <= set(PROJECT["optional-dependencies"])
        case ["stancewire", *arguments]:
            assert "stancewire" in PROJECT["scripts"]
            parse(main, arguments, is_whole=is_whole)
        case ["python", "-m", "stancewire_training", *arguments]:
            parse(training, arguments, is_whole=is_whole)
        case ["python", file, *_]:
            assert (ROOT / file).is_file()
        case ["docker", "compose", *_]:
            assert (ROOT / "docker-compose.yml").is_file()
        case [program, *_]:
            assert program in ("cp", "git", "mv"), "a command that nobody checks"


def makefile() -> str:
    return (ROOT / "Makefile").read_text("utf-8")


def parse(group: click.Command, arguments: list[str], *, is_whole: bool) -> None:
    """As click does before it runs a command: unknown names and options, missing arguments."""
    command, context = group, click.Context(group)
    rest = [word for word in takewhile(lambda word: word != ">", arguments) if word != "…"]
    try:
        while isinstance(command, click.Group) and rest and not rest[0].isupper():
            if rest[0].startswith("-"):
                break
            name, found, rest = command.resolve_command(context, rest)
            assert found is not None
            command, context = found, click.Context(found, parent=context, info_name=name)
        if not isinstance(command, click.Group):
            command.make_context(context.info_name, rest, parent=context.parent)
    except click.exceptions.Exit:
        return
    except click.MissingParameter:
        assert not is_whole


def test_the_two_commands_stand_at_the_top() -> None:
    first = SHELL.search(README.read_text("utf-8"))
    assert first is not None
    assert first.start() < 100
    assert [line.split("#")[0].split() for line in first[1].splitlines()] == [
        ["make", "demo"],
        ["make", "test"],
    ]


def test_files_that_commands_of_the_readme_take_exist() -> None:
    files = {word for line in typed(README) for word in line.words if word.endswith(".json")}
    assert files
    assert all((ROOT / file).is_file() for file in files)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_and_variables_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    if page.name == "configuration.md":
        text = text.replace("STANCEWIRE_REDIS_SERVICE_HOST", "").replace("STANCEWIRE_TEST_", "")
    named = set(re.findall(r"STANCEWIRE_[A-Z_]+", text))
    assert named <= VARIABLES
    sections = {section for section, _ in known_settings()}
    settings = {
        (section, name)
        for section, name in re.findall(r"`([a-z]+)\.([a-z_]+)`", text)
        if section in sections and name not in FILE_ENDINGS
    }
    assert settings <= set(known_settings())


def test_topics_of_the_readme_exist() -> None:
    topics = {spec.name for spec in topic_specs(KafkaSettings())}
    text = README.read_text("utf-8")
    named = set(re.findall(r"[`\"](stancewire\.[a-z.]+[a-z])[`\"]", text))
    picture = text.split("## The way of an article")[1].split("```")[1]
    drawn = {f"stancewire.{name}" for name in re.findall(r"…([a-z.]*[a-z])", picture)}
    assert len(named) >= 2
    assert len(drawn) >= 6
    assert named | drawn <= topics


def test_quotes_of_the_demo_are_in_its_coverage() -> None:
    block = README.read_text("utf-8").split("```text\n")[1].split("```")[0]
    quotes = re.findall(r"^ +[“„](.*?)[”“],?", block, re.MULTILINE)
    entries = coverage.load(coverage.latest_start(date(2026, 11, 22)))
    published = " ".join(entry.value.decode("utf-8") for entry in entries)
    assert len(quotes) >= 4
    for quote in quotes:
        assert quote in published


def test_the_consumer_runs(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    code = re.search(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert code is not None
    lines = [line for line in code[1].splitlines() if line]
    assert len(lines) <= 10
    monkeypatch.setitem(sys.modules, "kafka", stand_in())

    exec(compile(code[1], str(README), "exec"), {})

    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(EXAMPLES)
    assert "id-0 changed Almut Reinhold hopeful -> warning" in printed


EXAMPLES = sorted((ROOT / "schemas/examples/valid/stance-change").glob("*.json"))


class Record(NamedTuple):
    value: bytes
    headers: list[tuple[str, bytes]]


def stand_in() -> ModuleType:
    """A `kafka` whose consumer takes what the real one takes, and yields the valid examples."""

    class Consumer:
        def __init__(self, *topics: str, **options: object) -> None:
            assert set(topics) <= {spec.name for spec in topic_specs(KafkaSettings())}
            assert set(options) <= set(KafkaConsumer.DEFAULT_CONFIG)

        def __iter__(self) -> Iterator[Record]:
            for number, file in enumerate(EXAMPLES):
                yield Record(file.read_bytes(), [("ce_id", f"id-{number}".encode())])

    module = ModuleType("kafka")
    module.KafkaConsumer = Consumer  # type: ignore[attr-defined]
    return module
