import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.reading.scoring.likeness import likeness, stems


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Donald Trump", "donald TRUMP", 1),
        ("Trump’s", "Trump", 1),
        ("die Regierung", "Regierungen", 1),
        ("the EU", "EU", 1),
        ("Bundes\u00adkanzler", "Bundeskanzler", 1),
        ("AT&amp;T", "AT&T", 1),
        ("Donald Trump", "Trump", 0.8),
        ("Präsident Donald Trump", "Trumps", 0.6 + 0.4 / 3),
        ("Anna Meyer Berlin", "Anna Meyer Bonn", 0.5),
        ("Anna Meyer", "Bernd Meyer", 0),
        ("Sara Weiss", "Sara Weisser", 0.0),
        ("", "Trump", 0),
        ("the", "der", 0),
    ],
)
def test_names_are_alike_by_their_stems(a: str, b: str, expected: float) -> None:
    assert likeness(a, b) == pytest.approx(expected)
    assert likeness(b, a) == pytest.approx(expected)


def test_a_word_keeps_four_characters() -> None:
    assert stems("Esther Weber der Ritter Hans") == ("esth", "weber", "ritt", "hans")


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_and_between_0_and_1(a: str, b: str) -> None:
    assert 0 <= likeness(a, b) == likeness(b, a) <= 1
    assert likeness(a, a) == (1 if stems(a) else 0)
