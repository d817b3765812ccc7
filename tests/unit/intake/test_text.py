import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.errors import InvalidInput
from stancewire.intake.text import normalise, normalise_line


@pytest.mark.parametrize(
    ("text", "uniform"),
    [
        ("Ein\u00adheit", "Einheit"),
        ("Zu\u200bcker\ufeff\u2060", "Zucker"),
        ("one\r\ntwo\rthree\u2028four\u0085five", "one\ntwo\nthree\nfour\nfive"),
        ("bell\x07 null\x00", "bell null"),
        ("u\u0308ber", "über"),
        ("a\u00adu\u00ad\u0308", "aü"),
        ("tab\tstays", "tab\tstays"),
        ("non\u00a0breaking\u202fspaces stay", "non\u00a0breaking\u202fspaces stay"),
        ("👩\u200d🚒", "👩\u200d🚒"),
    ],
)
def test_invisible_differences_vanish(text, uniform):
    assert normalise(text, at="/body") == uniform


@pytest.mark.parametrize("text", ["\ud800", "x\udfffy", "\ude00\ud83d"])
def test_lone_surrogates_are_refused(text):
    with pytest.raises(InvalidInput, match="/body has a lone surrogate") as refused:
        normalise(text, at="/body")

    assert refused.value.stage == "article"


@given(st.text(st.characters(codec="utf-8")))
def test_normalising_again_changes_nothing(text):
    once = normalise(text, at="/body")

    assert normalise(once, at="/body") == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs"))))
def test_uniform_text_is_left_as_it_is(text):
    assert normalise(text, at="/body") == text


def test_line_has_single_spaces():
    assert normalise_line(" a \n\n b\u00a0c\t", at="/headline") == "a b c"
