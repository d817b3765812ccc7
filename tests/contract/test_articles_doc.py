"""docs/articles.md says what the code does: its examples are read, its tables are the schemas."""

import re
from pathlib import Path

import msgspec
import pytest

from examples import ARRIVAL
from stancewire.errors import InvalidInput
from stancewire.events import Article, Withdrawal
from stancewire.intake.decode import decode
from stancewire.intake.html_tags import MOST_ELEMENTS
from stancewire.plumbing import schemas

PAGE = (Path(__file__).parents[2] / "docs" / "articles.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
SCHEMA_OF = {
    "Plain": "article.plain",
    "ninjs 3.x": "article.ninjs-3",
    "ninjs 2.x": "article.ninjs-2",
    "schema.org NewsArticle": "article.schema-org",
}
EXAMPLES = [
    pytest.param(title, block, id=f"{title} {number}")
    for title, text in SECTIONS.items()
    for number, block in enumerate(re.findall(r"```json\n(.*?)```", text, re.DOTALL))
]


def read(value: bytes) -> Article | Withdrawal:
    return decode(value, key=None, headers=None, received_at=ARRIVAL)


@pytest.mark.parametrize(("title", "block"), EXAMPLES)
def test_example_is_read(title, block):
    article = read(block.encode())

    if "canceled" in block:
        assert isinstance(article, Withdrawal)
    else:
        assert isinstance(article, Article)
        assert article.language in ("de", "en")
        assert "&" not in article.body


@pytest.mark.parametrize(("title", "schema"), SCHEMA_OF.items())
def test_table_has_every_field_of_the_schema(title, schema):
    rows = re.findall(r"^\| (`[^|]+) \| ([^|]*)\|", SECTIONS[title], re.MULTILINE)
    fields = {
        name: need.strip() for names, need in rows for name in re.findall(r"`([^`]+)`", names)
    }
    document = schemas.validator(schema).schema

    assert set(fields) == set(document["properties"])
    assert {name for name, need in fields.items() if need == "yes"} == set(document["required"])


@pytest.mark.parametrize("title", SCHEMA_OF)
def test_every_shape_has_an_example_and_a_link(title):
    anchor = re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")

    assert any(parameters.values[0] == title for parameters in EXAMPLES)
    assert f"(#{anchor})" in PAGE


@pytest.mark.parametrize(
    ("article", "line"),
    [
        ({"uri": "a", "bodies": [{"value": 12}]}, 0),
        ({"uri": "a", "body": "b", "published_at": "yesterday"}, 1),
    ],
)
def test_messages_are_quoted_as_they_are(article, line):
    quoted = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert quoted is not None

    with pytest.raises(InvalidInput) as refused:
        read(msgspec.json.encode(article))

    assert str(refused.value) == quoted[1].splitlines()[line]


def test_limits_are_the_code_s():
    assert f"at most {MOST_ELEMENTS:,} block elements" in PAGE
