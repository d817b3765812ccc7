import msgspec
import pytest

from examples import ARRIVAL
from stancewire.errors import InvalidInput
from stancewire.events import Article, Source
from stancewire.intake.decode import decode


def read(**item: object) -> Article:
    value = msgspec.json.encode({"uri": "urn:p", "body": "Two words.", **item})
    article = decode(value, key=None, headers=None, received_at=ARRIVAL)
    assert isinstance(article, Article)
    return article


def test_smallest_article():
    assert read() == Article(
        uri="urn:p",
        title="",
        body="Two words.",
        language="und",
        source=Source(name="unknown", owner="unknown"),
        published_at=ARRIVAL,
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("The  Post ", Source(name="The Post", owner="the post")),
        ("BILD", Source(name="BILD", owner="axel springer")),
        ({"name": "Bild", "owner": "Somebody Else"}, Source(name="Bild", owner="somebody else")),
        ({"name": "welt.de", "owner": None}, Source(name="welt.de", owner="axel springer")),
        (None, Source(name="unknown", owner="unknown")),
        ("\u00ad", Source(name="unknown", owner="unknown")),
    ],
)
def test_source_has_an_owner(source, expected):
    assert read(source=source).source == expected


def test_host_of_the_address_is_the_source_where_none_is_named():
    assert read(url="https://www.Welt.de/x").source == Source(name="welt.de", owner="axel springer")
    assert read(uri="https://post.example/1").source.name == "post.example"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://post.example/a?b=c", True),
        ("javascript:alert(1)", False),
        ("https://post.example/a b", False),
        ("ftp://post.example/", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_kept(url, kept):
    assert read(url=url).url == (url if kept else None)


def test_markup_in_plain_text_is_text_unless_declared():
    html = "<p>A &amp; B</p>"

    assert read(body=html).body == html
    assert read(body=html, content_type="text/html").body == "A & B"


@pytest.mark.parametrize("number", ["9007199254740992", 9007199254740992])
def test_version_beyond_exact_numbers_is_refused(number):
    with pytest.raises(InvalidInput, match="/version"):
        read(version=number)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", "2026-03-01T00:00:00+00:00"),
        ("2026-03-01T10:00:00", "2026-03-01T10:00:00+00:00"),
        ("2026-03-01T10:00:00+0530", "2026-03-01T04:30:00+00:00"),
        (" 2026-03-01T10:00:00.5Z ", "2026-03-01T10:00:00.500000+00:00"),
    ],
)
def test_times_are_read_in_utc(text, moment):
    assert read(published_at=text).published_at.isoformat() == moment


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "now"])
def test_impossible_times_are_refused(text):
    with pytest.raises(InvalidInput, match="/modified_at"):
        read(modified_at=text)
