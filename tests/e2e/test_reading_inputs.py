"""Odd input on the whole way: as it comes, through `stancewire read`, with the shipped model."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from stancewire.cli import main

FRENCH = (
    "Le ministre Luc Roche a mis en garde contre une nouvelle guerre, a-t-il dit lundi à Paris."
)


def read(*articles: dict[str, Any]) -> Result:
    lines = "\n".join(json.dumps(article) for article in articles)
    return CliRunner().invoke(main, ["read", "--format", "jsonl"], input=lines)


def actors(result: Result) -> list[dict[str, str]]:
    """For each article the stance of each actor, by id."""
    assert result.exit_code == 0, result.output
    return [
        {o["actor"]["id"]: o["stance"]["label"] for o in json.loads(line)["observations"]}
        for line in result.stdout.splitlines()
    ]


def test_what_hides_in_words_and_markup_changes_nothing() -> None:
    plain = "Ministerin Ingrid Solheim warnt: „Ein Schuss, und der Krieg ist da“."
    soft = plain.replace("Solheim", "Sol\u00adheim").replace("warnt", "warn\u200bt")
    entities = plain.replace("„", "&bdquo;").replace("“", "&ldquo;")
    html = f"<p>{entities}</p><script>alert('hopeful')</script>"
    found = actors(
        read(
            {"uri": "1", "language": "de", "body": plain},
            {"uri": "2", "language": "de", "body": soft},
            {
                "uri": "3",
                "language": "de",
                "version": "1",
                "standard": {"name": "ninjs", "version": "3.0"},
                "bodies": [{"contentType": "text/html", "value": html}],
            },
        )
    )
    assert found == [{"person:ingrid-solheim": "warning"}] * 3


def test_headlines_and_push_alerts_are_read_or_left_without_an_actor() -> None:
    found = actors(
        read(
            {"uri": "1", "language": "de", "headline": "Solheim warnt vor Krieg", "body": "-"},
            {"uri": "2", "language": "de", "body": "EIL: Ingrid Solheim warnt vor Krieg"},
        )
    )
    assert found == [{}, {"person:ingrid-solheim": "warning"}]


def test_another_language_is_skipped_with_a_note() -> None:
    result = read({"uri": "1", "body": FRENCH})
    assert (result.exit_code, result.stdout) == (0, "")
    assert "'fr'" in result.stderr


def test_another_language_is_refused_where_the_setting_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STANCEWIRE_READER__UNSUPPORTED_LANGUAGE", "dead_letter")
    result = read({"uri": "1", "body": FRENCH})
    assert (result.exit_code, result.stdout) == (1, "")
    assert "stage language" in result.stderr


def test_another_language_is_read_where_the_setting_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STANCEWIRE_READER__UNSUPPORTED_LANGUAGE", "read")
    (found,) = actors(read({"uri": "1", "body": FRENCH}))
    assert set(found) == {"person:luc-roche"}
