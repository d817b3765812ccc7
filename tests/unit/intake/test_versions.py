from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.events import Article, ObservationStatus, Source, Withdrawal
from stancewire.intake.versions import content_digest, event_version, replaces

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)


@dataclass(frozen=True)
class Stands:
    version: int
    declared: int | None
    modified_at: datetime | None
    digest: str
    status: ObservationStatus = "active"


def article(version: int | None = None, at: datetime | None = None, body: str = "old") -> Article:
    return Article(
        uri="urn:a",
        title="Title",
        body=body,
        language="en",
        source=Source(name="Post", owner="post"),
        published_at=NOON,
        version=version,
        modified_at=at,
    )


def stands(arrived: Article, *, status: ObservationStatus = "active", version: int = 1) -> Stands:
    return Stands(version, arrived.version, arrived.modified_at, content_digest(arrived), status)


def test_first_version_stands():
    assert replaces(article(), None)
    assert replaces(Withdrawal(uri="urn:a"), None)


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [
        (article(2), article(3), True),
        (article(2), article(2, body="new"), False),
        (article(2), article(1, body="new"), False),
        (article(9), article(10), True),
        (article(2, LATER), article(3, NOON), True),
        (article(3, NOON), article(2, LATER), False),
        (article(None, NOON), article(None, LATER), True),
        (article(None, NOON), article(None, NOON, body="new"), False),
        (article(None, LATER), article(None, NOON, body="new"), False),
        (article(2, NOON), article(None, LATER), True),
        (article(), article(body="new"), True),
        (article(), article(), False),
        (article(2), article(body="new"), True),
        (article(2), article(), False),
    ],
)
def test_order_of_versions(old, new, replaced):
    assert replaces(new, stands(old)) is replaced


@pytest.mark.parametrize(
    ("withdrawal", "replaced"),
    [
        (Withdrawal(uri="urn:a"), True),
        (Withdrawal(uri="urn:a", version=2), True),
        (Withdrawal(uri="urn:a", version=3), True),
        (Withdrawal(uri="urn:a", version=1), False),
        (Withdrawal(uri="urn:a", modified_at=NOON), True),
        (Withdrawal(uri="urn:a", modified_at=NOON - timedelta(days=1)), False),
    ],
)
def test_withdrawal_takes_back_what_stands_unless_it_is_older(withdrawal, replaced):
    assert replaces(withdrawal, stands(article(2, NOON))) is replaced


def test_withdrawal_is_not_repeated():
    gone = stands(article(2), status="withdrawn")

    assert not replaces(Withdrawal(uri="urn:a"), gone)
    assert not replaces(Withdrawal(uri="urn:a", version=2), gone)
    assert replaces(Withdrawal(uri="urn:a", version=3), gone)


def test_article_comes_back_after_a_withdrawal_only_as_something_newer():
    gone = stands(article(2), status="withdrawn")

    assert not replaces(article(2), gone)
    assert not replaces(article(1, body="new"), gone)
    assert replaces(article(3), gone)
    assert not replaces(article(), stands(article(), status="withdrawn"))
    assert replaces(article(body="new"), stands(article(), status="withdrawn"))


@given(st.lists(st.none() | st.integers(0, 50), min_size=1))
def test_event_versions_always_grow(declared):
    standing = None
    for number in declared:
        arrived = article(number)
        version = event_version(arrived, standing)
        assert standing is None or version > standing.version
        standing = stands(arrived, version=version)


@given(st.sets(st.integers(0, 2**53 - 1), min_size=1))
def test_declared_versions_in_order_are_kept(versions):
    standing = None
    for number in sorted(versions):
        assert event_version(article(number), standing) == number
        standing = stands(article(number), version=number)


@given(st.permutations([article(1), article(2, body="b"), article(3, body="c")]))
def test_highest_declared_version_stands_in_any_order_of_arrival(arrivals):
    standing = None
    for arrived in arrivals * 2:
        if replaces(arrived, standing):
            standing = stands(arrived)

    assert standing is not None
    assert standing.declared == 3


def test_digest_tells_content_apart():
    assert content_digest(article()) == content_digest(article(5, NOON))
    assert content_digest(article()) != content_digest(article(body="old "))
