import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.coverage import DAYS, STORIES, Entry, latest_start, live, load
from stancewire.errors import InvalidInput
from stancewire.events import Article, Withdrawal
from stancewire.intake.decode import decode

MONDAY = date(2026, 11, 9)


def taken(entry: Entry) -> Article | Withdrawal:
    return decode(entry.value, key=entry.key.encode(), headers=(), received_at=entry.at)


@pytest.fixture(scope="module")
def entries() -> tuple[Entry, ...]:
    return load(MONDAY)


@pytest.fixture(scope="module")
def articles(entries: tuple[Entry, ...]) -> list[tuple[Entry, Article]]:
    found = []
    for entry in entries:
        try:
            value = taken(entry)
        except InvalidInput:
            continue
        if isinstance(value, Article):
            found.append((entry, value))
    return found


def test_there_is_enough_of_it(articles: list[tuple[Entry, Article]]) -> None:
    assert len({article.uri for _, article in articles}) >= 48
    assert {entry.story for entry, _ in articles} == set(STORIES)
    languages = Counter(article.language for _, article in articles)
    assert set(languages) == {"de", "en"}
    assert min(languages.values()) >= 15
    owners = {article.source.owner for _, article in articles}
    outlets = {article.source.name for _, article in articles}
    assert len(owners) >= 6
    assert len(outlets) > len(owners), "some outlets share an owner"


def test_exactly_two_inputs_are_no_articles(entries: tuple[Entry, ...]) -> None:
    stages = []
    for entry in entries:
        try:
            taken(entry)
        except InvalidInput as error:
            stages.append(error.stage)
    assert sorted(stages) == ["decode", "schema"]


def test_one_article_is_corrected_and_one_withdrawn(
    entries: tuple[Entry, ...], articles: list[tuple[Entry, Article]]
) -> None:
    versions = Counter(article.uri for _, article in articles)
    (corrected,) = (uri for uri, count in versions.items() if count > 1)
    first, second = (article for _, article in articles if article.uri == corrected)
    assert (first.version, second.version) == (1, 2)
    assert "Vestin" in first.body
    assert "Vestin" not in second.body
    repeated = [key for key, count in Counter(entry.key for entry in entries).items() if count > 1]
    (withdrawn,) = set(repeated) - {corrected}
    _, withdrawal = (taken(entry) for entry in entries if entry.key == withdrawn)
    assert isinstance(withdrawal, Withdrawal)
    assert withdrawal.uri == withdrawn


def test_every_shape_is_used(entries: tuple[Entry, ...]) -> None:
    shapes = set()
    for entry in entries:
        try:
            names = json.loads(entry.value).keys()
        except ValueError:
            continue
        shapes |= names & {"standard", "$standard", "@context", "published_at"}
    assert shapes == {"standard", "$standard", "@context", "published_at"}
    assert sum(b'"contentType":"text/html"' in entry.value for entry in entries) == 1


def test_bodies_are_plain_prose_of_a_usual_length(articles: list[tuple[Entry, Article]]) -> None:
    for _, article in articles:
        assert 80 <= len(article.body.split()) <= 250, article.uri
        assert "<" not in article.body
        assert "share()" not in article.body
        assert article.title


def test_agency_quotes_come_back_in_other_outlets(articles: list[tuple[Entry, Article]]) -> None:
    for words in ("das Eis zwischen", "dann kehrt der Krieg an die Sorna zurück", "Die Vernunft"):
        outlets = {article.source.name for _, article in articles if words in article.body}
        assert len(outlets) >= 2, words


def test_entries_come_in_the_order_of_publication(entries: tuple[Entry, ...]) -> None:
    times = [entry.at for entry in entries]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    assert times[-1].date() - times[0].date() == timedelta(days=DAYS - 1)


def test_articles_are_published_when_their_entry_says(
    articles: list[tuple[Entry, Article]],
) -> None:
    for entry, article in articles:
        assert article.published_at == entry.at, article.uri
        assert article.uri == entry.key


def test_headlines_and_leads_name_the_event(articles: list[tuple[Entry, Article]]) -> None:
    names = {"summit": ("Korvath", "Szelem", "Bergen"), "dam": ("Greifenbach",)}
    for entry, article in articles:
        start = f"{article.title} {article.body[:400]}"
        assert any(name in start for name in names[entry.story]), article.uri


def test_a_later_start_moves_everything_by_as_much() -> None:
    week = timedelta(days=7)
    early, late = load(MONDAY), load(MONDAY + week)
    assert [entry.at + week for entry in early] == [entry.at for entry in late]
    assert [entry.key for entry in early] == [entry.key for entry in late]


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_latest_start_is_the_last_monday_that_leaves_room(today: date) -> None:
    start = latest_start(today)
    assert start.weekday() == 0
    assert start + timedelta(days=DAYS - 1) < today
    assert start + timedelta(days=DAYS - 1 + 7) >= today


def test_no_article_lies_in_the_future() -> None:
    now = datetime(2027, 3, 3, 0, 1, tzinfo=UTC)
    assert all(entry.at < now for entry in load(latest_start(now.date())))


def test_an_outlet_names_itself_one_way(articles: list[tuple[Entry, Article]]) -> None:
    names = defaultdict(set)
    for _, article in articles:
        names[article.source.owner].add(article.source.name)
    assert {owner for owner, outlets in names.items() if len(outlets) > 1} == {
        "verlag an der küste"
    }


def test_what_comes_in_live_is_published_when_its_turn_comes() -> None:
    at = datetime(2027, 3, 3, 12, 30, tzinfo=UTC)
    found = [
        decode(late.published(at), key=late.key.encode(), headers=(), received_at=at)
        for late in live()
    ]
    assert len(found) >= 20
    assert len({article.uri for article in found}) == len(found)
    for article in found:
        assert isinstance(article, Article)
        assert article.published_at == at
        assert "Velsund" in article.title or "Velsund" in article.body
    assert {article.language for article in found if isinstance(article, Article)} == {"de", "en"}
