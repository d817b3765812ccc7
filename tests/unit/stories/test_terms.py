import pytest

from stancewire.stories.terms import rarity_of, terms_of, weight_of


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", set()),
        ("no names at all", set()),
        ("Koreas Gesandter und Korea", {"korea", "gesand"}),
        (
            "Der Pegel lag bei 7,80 Metern, 12.000 flohen",
            {"der", "pegel", "metern", "7,80", "12.000"},
        ),
        ("Ökonomen in São Paulo", {"okonom", "sao", "paulo"}),
        ("EU und US", set()),
    ],
)
def test_terms_are_capitalised_words_and_figures_cut_short(text: str, terms: set[str]) -> None:
    assert terms_of(text) == terms


def test_forms_of_a_name_are_one_term_in_both_languages() -> None:
    assert terms_of("Norwegens") & terms_of("Norwegen")
    assert terms_of("Kessmers Aktie") & terms_of("Kessmer shares")


def test_what_many_articles_have_tells_less_than_what_none_has() -> None:
    (common,), unheard = terms_of("Das"), "quvxzy"
    assert 0.0 <= weight_of(common) < weight_of(unheard)
    assert 0.0 < rarity_of(common) < rarity_of(unheard) == 1.0
