import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from stancewire.cli import main, read
from stancewire.errors import InvalidInput
from stancewire.events import ActorReading, Article, ModelRef


class FakeReader:
    """Finds one actor, who says the first sentence; refuses bodies that say `unreadable`."""

    model = ModelRef(name="fake", version="1")
    languages = ("en",)

    def __init__(self, samples: Any) -> None:
        self._samples = samples

    def read(self, article: Article) -> Any:
        if "unreadable" in article.body:
            raise InvalidInput("this cannot be read", stage="read")
        found = self._samples.observation(text=article.body.split(".")[0])
        reading = ActorReading(actor=found.actor, stance=found.stance, statements=found.statements)
        return SimpleNamespace(actors=(reading,))


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch, samples: Any) -> None:
    monkeypatch.setattr(read, "load_reader", lambda _: FakeReader(samples))


def article(uri: str, body: str = "War may return. It may not.", **more: object) -> str:
    return json.dumps({"uri": uri, "body": body, "language": "en", **more})


def run(*arguments: str, input: str | None = None) -> Any:
    return CliRunner().invoke(main, ["read", *arguments], input=input)


def test_a_line_per_article_in_the_order_of_the_input(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(article(f"urn:{number}") for number in range(5)))
    result = run(str(file), "--format", "jsonl")
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["article"]["uri"] for line in lines] == [f"urn:{number}" for number in range(5)]
    (observation,) = lines[0]["observations"]
    assert observation["actor"]["name"] == "Ingrid Solheim"
    assert observation["story"] is None
    assert observation["stance"]["label"] == "warning"
    assert "embedding" not in observation["statements"][0]
    assert observation["model"] == {"name": "fake", "version": "1"}


def test_a_named_story_is_given(tmp_path: Path) -> None:
    result = run(input=article("urn:1", story={"id": "bergen", "label": "Gipfel in Bergen"}))
    (observation,) = json.loads(result.stdout)["observations"]
    assert observation["story"]["label"] == "Gipfel in Bergen"
    assert "bergen" not in observation["story"]["id"]


def test_the_output_does_not_depend_on_the_clock(tmp_path: Path) -> None:
    line = article("urn:1", published_at="2026-11-12T08:30:00Z")
    first, second = run(input=line), run(input=line)
    assert first.stdout == second.stdout
    (observation,) = json.loads(first.stdout)["observations"]
    assert observation["observed_at"] == "2026-11-12T08:30:00Z"


def test_a_bad_line_is_told_with_its_place_and_the_others_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = [article("urn:1"), "{no json", article("urn:3", "unreadable"), article("urn:4")]
    file.write_text("\n".join(lines))
    result = run(str(file))
    assert result.exit_code == 1
    read_uris = [json.loads(line)["article"]["uri"] for line in result.stdout.splitlines()]
    assert read_uris == ["urn:1", "urn:4"]
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{file}:2: ")
    assert "stage decode" in first
    assert second == f"{file}:3: this cannot be read (stage read)"


def test_a_file_in_another_encoding_does_not_stop_the_next(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.txt", tmp_path / "good.txt"
    bad.write_bytes("Größe".encode("latin-1"))
    good.write_text("A title\n\nWar may return.")
    result = run(str(bad), str(good))
    assert result.exit_code == 1
    assert str(bad) in result.stderr
    assert json.loads(result.stdout)["article"]["title"] == "A title"


def test_a_withdrawal_is_passed_over(tmp_path: Path) -> None:
    canceled = {"uri": "urn:1", "pubStatus": "canceled", "version": "2", "language": "en"}
    result = run(input=json.dumps({"standard": {"name": "ninjs"}, **canceled}))
    assert (result.exit_code, result.stdout) == (0, "")


def test_an_article_in_another_language_is_left_out_with_a_note() -> None:
    other = article("urn:2", "La guerre peut revenir.", language="fr")
    result = run(input=f"{article('urn:1')}\n{other}\n{article('urn:3', language='und')}")
    assert result.exit_code == 0
    uris = [json.loads(line)["article"]["uri"] for line in result.stdout.splitlines()]
    assert uris == ["urn:1", "urn:3"]
    (note,) = result.stderr.splitlines()
    assert note.startswith("-:2: left out: the article's language is 'fr'")
    assert "reader.unsupported_language" in note


@pytest.mark.parametrize(("setting", "code", "read"), [("read", 0, 1), ("dead_letter", 1, 0)])
def test_another_language_is_read_or_refused_where_the_setting_says_so(
    monkeypatch: pytest.MonkeyPatch, setting: str, code: int, read: int
) -> None:
    monkeypatch.setenv("STANCEWIRE_READER__UNSUPPORTED_LANGUAGE", setting)
    result = run(input=article("urn:1", language="fr"))
    assert (result.exit_code, len(result.stdout.splitlines())) == (code, read)
    assert ("stage language" in result.stderr) == bool(code)


def test_table_shows_title_actor_stance_and_quote() -> None:
    result = run("--format", "table", input=article("urn:1", headline="Fears for the summit"))
    assert result.exit_code == 0
    for shown in ("Fears for the summit", "Ingrid", "! warning 85%", "War may return"):
        assert shown in result.stdout


def test_a_missing_file_is_bad_usage() -> None:
    assert run("nowhere.jsonl").exit_code == 2
