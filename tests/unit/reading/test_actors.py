from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.events import ActorKind
from stancewire.reading.actors import KINDS, LONGEST_NAME, describe, nobody

HARD = [
    "der Sprecher",
    "Angela Merkel",
    "CDU/CSU",
    "A|B",
    "Regierung in Seoul",
    "Mr.",
    "das",
    "–",
    "die Vorsitzenden der Linken, Bernd Riexinger und Katja Kipping (beide Die Linke)",
    "jemand von denen, die seit Jahren in dem Dorf wohnen und nun auch noch umziehen sollen",
]
TEXT = st.text(min_size=1, max_size=60).filter(str.strip)
MENTIONS = st.lists(TEXT | st.sampled_from(HARD), min_size=1, max_size=4)


def test_the_kinds_are_those_of_the_contract() -> None:
    assert set(KINDS) == set(get_args(ActorKind))


@given(mentions=MENTIONS, kind=st.sampled_from(KINDS))
def test_whatever_is_mentioned_has_a_name_and_an_id_that_fits_the_contract(
    mentions: list[str], kind: ActorKind
) -> None:
    actor = describe(mentions, kind=kind)
    head, colon, tail = actor.id.partition(":")
    assert (head, colon) == (actor.kind, ":")
    assert tail
    assert not set("|/ ") & set(actor.id)
    assert actor.name.strip()
    assert len(actor.name.split()) <= LONGEST_NAME
    assert actor.name not in actor.aliases
    assert describe(mentions, kind=kind) == actor


@pytest.mark.parametrize(
    ("mentions", "kind", "expected_id", "expected_name"),
    [
        (["US-Präsident Donald Trump", "Trump"], "person", "person:donald-trump", "Donald Trump"),
        (["Mr. Trump"], "person", "person:trump", "Trump"),
        (["the Dutch government"], "government", "government:nl", "Dutch government"),
        (["des russischen Außenministeriums"], "government", "government:ru-foreign-ministry",
         "russisches Außenministerium"),
        (["der Deutschen Bank"], "organization", "organization:deutsch-bank", "Deutsche Bank"),
        (["Moskau", "das Außenministerium"], "government", "government:ru-foreign-ministry",
         "Außenministerium"),
        (["Berliner Polizei"], "organization", "organization:police-in-capital-de",
         "Berliner Polizei"),
        (["Brüssel"], "government", "organization:eu-commission", "Brüssel"),
        (["die Analysten"], "group", "group:analysts", "Analysten"),
        (["eine Sprecherin"], "person", "unnamed:spokesperson", "Sprecherin"),
        (["Katja Kipping und Bernd Riexinger"], "person",
         "person:bernd-riexinger--katja-kipping", "Katja Kipping und Bernd Riexinger"),
    ],
)  # fmt: skip
def test_an_actor_has_a_readable_name_and_a_stable_id(
    mentions: list[str], kind: ActorKind, expected_id: str, expected_name: str
) -> None:
    actor = describe(mentions, kind=kind)
    assert (actor.id, actor.name) == (expected_id, expected_name)


def test_all_other_forms_are_aliases_in_the_order_of_the_text() -> None:
    actor = describe(["Kanzlerin", "Angela Merkel", "Merkel", "Merkel"], kind="person")
    assert (actor.name, actor.aliases) == ("Angela Merkel", ("Kanzlerin", "Merkel"))


def test_nobody_is_apart_in_every_article_and_the_same_on_every_run() -> None:
    first = nobody("de", article_uri="urn:1", mention="er")
    assert first == nobody("de", article_uri="urn:1", mention="er")
    assert first.id != nobody("de", article_uri="urn:2", mention="er").id
    assert nobody("de", article_uri="urn:1", mention="").name == "ungenannt"
