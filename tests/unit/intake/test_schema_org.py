import msgspec
import pytest

from examples import ARRIVAL
from stancewire.errors import InvalidInput
from stancewire.events import Article
from stancewire.intake.decode import decode

NODE = {
    "@type": "NewsArticle",
    "url": "https://www.post.example/a",
    "articleBody": "Der Rat hofft auf eine Einigung.",
}


def read(document: object) -> Article:
    article = decode(msgspec.json.encode(document), key=None, headers=None, received_at=ARRIVAL)
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize(
    "kind",
    [
        "NewsArticle",
        "schema:NewsArticle",
        "https://schema.org/ReportageNewsArticle",
        ["CreativeWork", "AnalysisNewsArticle"],
    ],
)
def test_news_article_and_its_subtypes_are_accepted(kind):
    assert read({**NODE, "@type": kind}).uri == NODE["url"]


@pytest.mark.parametrize("kind", ["Article", "BlogPosting", "NotANewsArticle", None, 3, [4]])
def test_other_types_are_refused(kind):
    with pytest.raises(InvalidInput, match="NewsArticle"):
        read({**NODE, "@type": kind})


def test_two_articles_in_one_graph_are_refused():
    with pytest.raises(InvalidInput, match="2 NewsArticle"):
        read({"@graph": [NODE, NODE]})


def test_fault_in_a_graph_is_placed():
    with pytest.raises(InvalidInput, match="/@graph/1/headline is 5"):
        read({"@graph": [{}, {**NODE, "headline": 5}]})


@pytest.mark.parametrize(
    ("changes", "uri"),
    [
        ({"@id": "https://post.example/id"}, "https://post.example/id"),
        ({"@id": "#local"}, NODE["url"]),
        ({"@id": "_:b0"}, NODE["url"]),
        ({"url": None, "mainEntityOfPage": "https://post.example/p"}, "https://post.example/p"),
        (
            {"url": None, "mainEntityOfPage": {"@id": "https://post.example/q"}},
            "https://post.example/q",
        ),
    ],
)
def test_identity_is_the_first_that_holds_beyond_the_page(changes, uri):
    assert read({**NODE, **changes}).uri == uri


def test_identity_must_be_fit_for_a_key():
    with pytest.raises(InvalidInput, match="cannot be a key"):
        read({**NODE, "@id": "https://post.example/\n"})


def test_identity_is_needed():
    with pytest.raises(InvalidInput, match="no identity"):
        read({**NODE, "url": " "})


@pytest.mark.parametrize(
    ("publisher", "name"),
    [
        ("The Post", "The Post"),
        ({"name": "The Post"}, "The Post"),
        ([{"@id": "#nobody"}, {"name": "The Post"}], "The Post"),
        ({"@id": "#org"}, "Organisation of the graph"),
        (None, "post.example"),
        ({}, "post.example"),
    ],
)
def test_publisher_is_the_source_else_the_host(publisher, name):
    graph = [{"@id": "#org", "name": "Organisation of the graph"}, {**NODE, "publisher": publisher}]

    assert read({"@graph": graph}).source.name == name


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("He said &quot;yes&quot;.\n\nShe left.", 'He said "yes".\n\nShe left.'),
        ("<p>One &amp; all</p><p>Two</p>", "One & all\n\nTwo"),
        ("AT&T is <5% down", "AT&T is <5% down"),
    ],
)
def test_markup_in_the_body_becomes_text(body, text):
    assert read({**NODE, "articleBody": body}).body == text


@pytest.mark.parametrize(
    "language", ["de-AT", {"alternateName": "de"}, {"name": "de"}, {"name": "German"}, None]
)
def test_language_is_declared_or_detected(language):
    assert read({**NODE, "inLanguage": language}).language == "de"


def test_modification_orders_versions_and_publication_is_the_event_time():
    article = read(
        {**NODE, "datePublished": "2026-03-01", "dateModified": "2026-03-02T01:00:00+02:00"}
    )

    assert article.published_at.isoformat() == "2026-03-01T00:00:00+00:00"
    assert article.modified_at is not None
    assert article.modified_at.isoformat() == "2026-03-01T23:00:00+00:00"
