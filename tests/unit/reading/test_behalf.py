import pytest

from stancewire.reading.behalf import institution_behind


@pytest.mark.parametrize(
    ("mentions", "name", "institution"),
    [
        (["Sprecher des Außenministeriums"], None, "Außenministerium"),
        (["Sprecher des russischen Außenministeriums"], None, "russisches Außenministerium"),
        (["Regierungssprecher in Seoul"], None, "Regierung in Seoul"),
        (["spokeswoman for the company"], None, "company"),
        (["Heike van Laak, Sprecherin der Stiftung Warentest"], "Heike van Laak",
         "Stiftung Warentest"),
        (["Patrick Georg von der IG Metall Trier"], "Patrick Georg", "IG Metall Trier"),
        (["Polizeisprecherin"], None, "Polizei"),
        (["Ryanair-Sprecherin Anja Seugling"], "Anja Seugling", "Ryanair"),
        (["foreign ministry spokesman Wu Jian"], "Wu Jian", "foreign ministry"),
        (["White House press secretary Sean Spicer"], "Sean Spicer", "White House"),
        (["Ministeriumssprecher", "Sprecher des Umweltministeriums"], None, "Umweltministerium"),
        (["Matthias Berninger (Grüne)"], "Matthias Berninger", "Grüne"),
        (["Bundesaußenminister Sigmar Gabriel"], "Sigmar Gabriel", "Bundesregierung"),
        (["Japans Botschafter"], None, "Japan"),
        (["Ursula von der Leyen"], "Ursula von der Leyen", None),
        (["Russian President Vladimir Putin"], "Vladimir Putin", None),
        (["Stellvertreter"], None, None),
        (["der Minister"], None, None),
    ],
)  # fmt: skip
def test_whom_somebody_speaks_for(
    mentions: list[str], name: str | None, institution: str | None
) -> None:
    assert institution_behind(mentions, name=name) == institution
