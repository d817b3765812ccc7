import io
import json
import sys
from pathlib import Path

import pytest

from stancewire.cli.inputs import STDIN, read_inputs
from stancewire.errors import InvalidInput


def values(path: Path) -> list[object]:
    return [json.loads(item.value) for item in read_inputs(path)]


def test_lines_keep_their_number_and_their_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"uri": "1"}\n\n{"uri": broken\n')
    items = list(read_inputs(file))
    assert [item.where for item in items] == [f"{file}:1", f"{file}:3"]
    assert items[1].value == b'{"uri": broken'


def test_json_is_one_article_or_an_array(tmp_path: Path) -> None:
    one, many, bad = (tmp_path / name for name in ("one.json", "many.json", "bad.json"))
    one.write_text('{\n "uri": "1"\n}')
    many.write_text('[{"uri": "1"}, {"uri": "2"}]')
    bad.write_text('[{"uri": "1"}, {')
    assert values(one) == [{"uri": "1"}]
    assert values(many) == [{"uri": "1"}, {"uri": "2"}]
    assert [item.value for item in read_inputs(bad)] == [b'[{"uri": "1"}, {']


def test_text_has_a_title_where_a_blank_line_follows_its_first(tmp_path: Path) -> None:
    titled, untitled = tmp_path / "titled.txt", tmp_path / "untitled.txt"
    titled.write_bytes("\ufeffDie Überschrift\r\n\r\nDer Text.\r\nMehr.\r\n".encode())
    untitled.write_text("Der Text.\nMehr.\n")
    assert values(titled) == [
        {"uri": titled.as_uri(), "body": "Der Text.\nMehr.\n", "headline": "Die Überschrift"}
    ]
    assert values(untitled) == [{"uri": untitled.as_uri(), "body": "Der Text.\nMehr.\n"}]


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "latin.txt"
    file.write_bytes("Größe".encode("latin-1"))
    with pytest.raises(InvalidInput, match="UTF-8"):
        list(read_inputs(file))


def test_page_gives_its_heading_language_and_article(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(
        "<html lang=de><head><title>Seite – Zeitung</title></head><body><nav>Menü</nav>"
        "<article><h1>Gipfel in Bergen</h1><p>Der Text.</p></article></body></html>"
    )
    (article,) = values(file)
    assert isinstance(article, dict)
    assert article["headline"] == "Gipfel in Bergen"
    assert article["language"] == "de"
    assert article["content_type"] == "text/html"
    assert "Der Text." in article["body"]
    assert "Menü" not in article["body"]
    assert "Gipfel" not in article["body"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"uri": "1"}\n{"uri": "2"}\n', [{"uri": "1"}, {"uri": "2"}]),
        (b'{"uri":\n "1"}', [{"uri": "1"}]),
        (b'[{"uri": "1"}]', [{"uri": "1"}]),
        (b"Title\n\nText", [{"uri": "stdin:", "headline": "Title", "body": "Text"}]),
    ],
)
def test_standard_input_is_told_apart_by_how_it_begins(
    data: bytes, expected: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert values(STDIN) == expected
