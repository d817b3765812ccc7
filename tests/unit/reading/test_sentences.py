import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.reading.sentences import LONGEST, split_sentences


def parts(text: str, language: str = "de") -> list[str]:
    return [text[a:b] for a, b in split_sentences(text, language)]


def test_a_quotation_of_two_sentences_gives_two():
    text = "„Wir hoffen. Das ist viel“, sagte Dr. Müller am 3. Mai. „Mehr nicht.“ Er ging."
    assert parts(text) == [
        "„Wir hoffen.",
        "Das ist viel“, sagte Dr. Müller am 3. Mai.",
        "„Mehr nicht.“",
        "Er ging.",
    ]


@pytest.mark.parametrize(("opening", "closing"), ["„“", "“”", "»«", "«»", '""'])
def test_marks_stay_with_the_sentence_that_they_frame(opening, closing):
    text = f"{opening}Das hilft.{closing} {opening}Das auch.{closing}"
    assert parts(text) == [f"{opening}Das hilft.{closing}", f"{opening}Das auch.{closing}"]


def test_a_line_break_ends_a_sentence():
    assert parts("Zwischen Hoffnung und Angst\nDer Gipfel beginnt.") == [
        "Zwischen Hoffnung und Angst",
        "Der Gipfel beginnt.",
    ]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_spans_are_ordered_apart_and_lose_no_letter(text):
    spans = split_sentences(text, "en")
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
    covered = {i for a, b in spans for i in range(a, b)}
    assert all(i in covered for i, c in enumerate(text) if c.isalnum())


@pytest.mark.parametrize("text", ["Wort " * 900, "W" * 4000, "W" * 1499 + " und " + "V" * 1502])
def test_what_never_ends_is_cut_between_words_where_there_are_any(text):
    found = split_sentences(text, "de")
    assert all(b - a <= LONGEST for a, b in found)
    assert sum(b - a for a, b in found) >= len("".join(text.split()))
    if "Wort" in text:
        assert {text[a:b].split()[-1] for a, b in found} == {"Wort"}


@given(
    st.lists(
        st.sampled_from(["Wort", "W" * 800, "Ende.", "„Ja", "nein“", "Dr.", "3."]), max_size=60
    )
)
def test_wider_space_cuts_no_other_sentences(words):
    narrow, wide = " ".join(words), "\u00a0 ".join(words)
    assert [p.split() for p in parts(narrow)] == [p.split() for p in parts(wide)]
