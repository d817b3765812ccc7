"""Copies are told from new statements, on our own table of 103 and on made-up texts."""

import doctest
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.events import Stance
from stancewire.stories import fingerprint as module
from stancewire.stories.fingerprint import Printed, distance, fingerprint, is_copy, normalised

HERE = Path(__file__).parent


def printed(text: str, *, language: str = "de", stance: Stance | None = None) -> Printed:
    return Printed(text=text, fingerprint=fingerprint(text), language=language, stance=stance)


@pytest.fixture(scope="module")
def table() -> list[tuple[str, Printed]]:
    rows = [json.loads(line) for line in (HERE / "copies.jsonl").read_text("utf-8").splitlines()]
    embeddings = np.load(HERE / "copies_embeddings.npy")
    return [
        (
            row["of"],
            Printed(
                text=row["text"],
                fingerprint=fingerprint(row["text"]),
                language=row["language"],
                stance=Stance(row["stance"]),
                embedding=vector.tobytes(),
            ),
        )
        for row, vector in zip(rows, embeddings, strict=True)
    ]


@pytest.mark.parametrize(("across", "least_recall"), [(False, 0.85), (True, 0.65)])
def test_the_table_has_no_false_copy_and_most_true_ones(
    table: list[tuple[str, Printed]], across: bool, least_recall: float
) -> None:
    pairs = [
        (a_of == b_of, is_copy(a, b))
        for (a_of, a), (b_of, b) in itertools.combinations(table, 2)
        if (a.language != b.language) is across
    ]
    found = sum(said for same, said in pairs if same)
    assert not any(said for same, said in pairs if not same)
    assert found / sum(same for same, _ in pairs) >= least_recall


def test_the_fingerprint_is_16_hex_digits_and_never_changes() -> None:
    assert fingerprint("So nah waren wir einer Einigung noch nie") == "bea89dabdb8e999d"
    assert len(fingerprint("")) == 16


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("„Es gibt eine Chance“", "Es gibt eine Chance."),
        ("ES GIBT EINE CHANCE", "es gibt eine Chance"),
        ("4.000 Menschen sind in Gefahr", "4000 Menschen sind in Gefahr"),
        ("Wir sehen eine Chance auf Frieden", "Es ist gut: wir sehen eine Chance auf Frieden"),
    ],
)
def test_quotes_case_and_surroundings_do_not_matter(left: str, right: str) -> None:
    assert is_copy(printed(left), printed(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Wir rechnen mit einer Einigung vor Mai", "Wir rechnen nicht mit einer Einigung vor Mai"),
        ("Der Damm hält noch 48 Stunden stand", "Der Damm hält noch 12 Stunden stand"),
        ("es wird gut gehen", "niemand glaubt, es wird gut gehen"),
        ("wir sind zuversichtlich", "wir sind zuversichtlich, dass der Damm hält"),
        ("", "…"),
    ],
)
def test_one_telling_word_makes_another_statement(left: str, right: str) -> None:
    assert not is_copy(printed(left), printed(right))


def test_close_words_with_another_stance_are_no_copy_but_equal_words_are() -> None:
    early = printed("Eine Zinssenkung halte ich für verfrüht", stance=Stance.SKEPTICAL)
    right = printed("Eine Zinssenkung halte ich für verfrühte Freude", stance=Stance.HOPEFUL)
    assert not is_copy(early, right)
    assert is_copy(early, Printed(**{**_fields(early), "stance": Stance.HOPEFUL}))


@given(st.text(), st.text())
def test_being_a_copy_is_symmetric_and_reflexive_for_words(left: str, right: str) -> None:
    a, b = printed(left), printed(right)
    assert is_copy(a, b) == is_copy(b, a)
    assert is_copy(a, a) == bool(normalised(left))
    assert distance(a.fingerprint, b.fingerprint) in range(65)
    assert normalised(normalised(left)) == normalised(left)


def test_the_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(module).failed == 0


def _fields(value: Printed) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__struct_fields__}
