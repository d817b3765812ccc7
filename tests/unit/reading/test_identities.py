"""What words tell about who a mention is."""

import pytest

from stancewire.reading.identities import NOTHING, identities


def apart(one: tuple[str, str], other: tuple[str, str], *others: tuple[str, str]) -> bool:
    """Whether two mentions exclude each other in an article that has `others` too."""
    mentions = (one, other, *others)
    first, second, *_ = identities([m for m, _ in mentions], [k for _, k in mentions])
    assert first.excludes(second) == second.excludes(first)
    return first.excludes(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ilse Vandenberg", "person"), ("Ahmad Darwish", "person")),
        (("Kanzlerin Ruth Amsel", "person"), ("Präsident Falk Rohde", "person")),
        (("Altbürgermeister Alois Huber", "person"), ("Josef Huber", "person")),
        (("Washington", "government"), ("Pyongyang", "government")),
        (("Warschau", "government"), ("litauische Regierung", "government")),
        (("EU-Kommission", "organization"), ("Bundesregierung", "government")),
        (("Minister Falk Rohde", "person"), ("Außenministerium", "government")),
    ],
)
def test_different_names_places_and_kinds_are_apart(one, other):
    assert apart(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Alois Huber", "person"), ("Huber", "person")),
        (("Präsident Rohdes", "person"), ("Falk Rohde", "person")),
        (("Falk J. Rohde", "person"), ("Falk Rohde", "person")),
        (("Falk Rohde", "person"), ("Portugiese", "person")),
        (("Falk Rohde", "person"), ("er", "person")),
        (("Falk Rohde", "person"), ("Sprecher", "unnamed")),
        (("Seoul", "government"), ("südkoreanische Regierung", "government")),
        (("Pjöngjang", "government"), ("Regime", "government")),
        (("NGG", "organization"), ("Gewerkschaft", "organization")),
    ],
)
def test_what_may_be_one_actor_is_not_kept_apart(one, other):
    assert not apart(one, other)


def test_a_word_alone_is_a_name_where_a_full_name_holds_it():
    assert not apart(("Falk Rohde", "person"), ("Amsel", "person"))
    assert apart(("Falk Rohde", "person"), ("Amsel", "person"), ("Ruth Amsel", "person"))


def test_a_surname_that_two_share_fits_both():
    huber, alois, josef = identities(["Huber", "Alois Huber", "Josef Huber"], ["person"] * 3)
    assert not huber.excludes(alois)
    assert not huber.excludes(josef)


def test_no_mentions_and_unknown_words_tell_nothing():
    assert identities([], []) == []
    assert identities(["Trachtenträger"], ["group"]) == [NOTHING]
