import msgspec
import pytest

from examples import ARRIVAL
from stancewire.errors import InvalidInput
from stancewire.events import Article, Source, Withdrawal
from stancewire.intake.decode import decode

BODY = {"contentType": "text/plain", "value": "Der Verband hofft auf Regen."}


def read(**item: object) -> Article | Withdrawal:
    raw = msgspec.json.encode({"uri": "urn:n", "bodies": [BODY], **item})
    return decode(raw, key=None, headers=None, received_at=ARRIVAL)


def test_both_versions_of_the_standard_give_the_same_article():
    three = read(
        version="7",
        versionCreated="2026-03-01T10:00:00Z",
        infoSources=[{"name": "Agentur Mitte"}],
        pubStatus="usable",
    )
    two = read(
        version="7",
        versioncreated="2026-03-01T10:00:00Z",
        infosources=[{"name": "Agentur Mitte"}],
        pubstatus="usable",
        bodies=[{"contenttype": "text/plain", "value": BODY["value"]}],
    )

    assert three == two
    assert three.version == 7
    assert three.source == Source(name="Agentur Mitte", owner="agentur mitte")


def test_declared_standard_decides_where_no_name_does():
    with pytest.raises(InvalidInput, match="/bodies/0/contenttype is 5"):
        read(standard={"version": "2.1"}, bodies=[{"value": "x", "contenttype": 5}])


def test_empty_time_is_a_missing_one():
    assert read(versionCreated=" ").modified_at is None


def test_mixed_spelling_is_refused_so_that_no_withdrawal_is_overlooked():
    with pytest.raises(InvalidInput, match=r"mixes versionCreated .* with pubstatus"):
        read(versionCreated="2026-03-01T10:00:00Z", pubstatus="canceled")


@pytest.mark.parametrize("name", ["pubStatus", "pubstatus"])
@pytest.mark.parametrize("status", ["withheld", "canceled"])
def test_status_withdraws(name, status):
    assert read(**{name: status, "version": 3}) == Withdrawal(uri="urn:n", version=3)


@pytest.mark.parametrize(
    ("bodies", "text"),
    [
        ([{"contentType": "text/html", "value": "<p>HTML</p>"}, BODY], BODY["value"]),
        ([{**BODY, "value": "second"}, {**BODY, "role": "main", "value": "main"}], "main"),
        ([{**BODY, "value": " "}, {"contentType": "text/html", "value": "<p>HTML</p>"}], "HTML"),
        ([{"value": "<p>guessed</p>"}], "guessed"),
        ([{"value": "a < b"}], "a < b"),
        ([{"contentType": "text/html; charset=utf-8", "value": "A &amp; B"}], "A & B"),
        ([{"contentType": "application/xhtml+xml", "value": "<p>X</p>"}], "X"),
        ([{"contentType": "application/nitf+xml", "value": "<nitf/>"}, {"value": "kept"}], "kept"),
    ],
)
def test_the_body_to_read_is_chosen(bodies, text):
    assert read(bodies=bodies).body == text


def test_headline_is_the_main_one_on_one_line():
    headlines = [{"value": "short"}, {"role": "main", "value": " The  main\none "}]

    assert read(headlines=headlines).title == "The main one"
    assert read(headlines=[], title="Fallback").title == "Fallback"


def test_publisher_is_the_source_before_other_parties():
    parties = [{"name": "Photo desk"}, {"name": "The Post", "role": "https://c.example/publisher"}]

    assert read(infoSources=parties).source.name == "The Post"
    assert read(infoSources=parties[:1]).source.name == "Photo desk"
    assert read(copyrightHolder="Agency").source.name == "Agency"
    assert read().source.name == "unknown"


def test_first_version_s_time_is_the_time_of_publication():
    article = read(firstCreated="2026-03-01T10:00:00Z", versionCreated="2026-03-02T10:00:00Z")

    assert article.published_at.day == 1
    assert article.modified_at is not None
    assert article.modified_at.day == 2
    assert read(versionCreated="2026-03-02T10:00:00Z").published_at.day == 2


@pytest.mark.parametrize("name", ["embargoed", "embargoedUntil"])
def test_embargo_is_read_under_either_name(name):
    assert read(**{name: "2026-05-01T00:00:00Z"}).embargoed_until.month == 5


@pytest.mark.parametrize("rel", ["story", "Story", "nrol:story", "https://c.example/rel/story/"])
def test_subject_with_relation_story_names_the_story(rel):
    subjects = [{"name": "Politik", "rel": "about"}, {"uri": "tag:1", "name": "Gipfel", "rel": rel}]
    article = read(subjects=subjects)

    assert (article.story, article.story_label) == ("tag:1", "Gipfel")


def test_own_story_field_wins_over_subjects():
    article = read(subjects=[{"literal": "s", "rel": "story"}], story={"id": "own"})

    assert (article.story, article.story_label) == ("own", "own")


@pytest.mark.parametrize(
    ("declared", "version"),
    [("6", 6), (6, 6), (" 6 ", 6), ("6.1", None), ("v6", None), ("", None), (None, None), (0, 0)],
)
def test_whole_versions_are_read_from_numbers_and_strings(declared, version):
    assert read(version=declared).version == version
