import pytest

from stancewire.reading.names import person_name


@pytest.mark.parametrize(
    ("mentions", "name"),
    [
        (["US-Präsident Donald Trump"], "Donald Trump"),
        (["Bundesarbeitsministerin Ursula von der Leyen (CDU)"], "Ursula von der Leyen"),
        (["Patrick Georg von der IG Metall Trier"], "Patrick Georg"),
        (["Heike van Laak, Sprecherin der Stiftung Warentest"], "Heike van Laak"),
        (["UN-Generalsekretär Ban Ki-moon", "Ban"], "Ban Ki-moon"),
        (["Mohammed el-Baradei"], "Mohammed el-Baradei"),
        (["George W. Bush"], "George W. Bush"),
        (["Direktor B.N. Suresh"], "B.N. Suresh"),
        (["Prof. Dr. Lothar Wieler"], "Lothar Wieler"),
        (["Mr. Trump"], "Trump"),
        (["Trump’s"], "Trump"),
        (["Merkels", "Angela Merkel"], "Angela Merkel"),
        (["Merkels", "Merkel"], "Merkel"),
        (["Jens Spahns", "Spahn"], "Jens Spahn"),
        (["Dr. Martin Luther King Jr."], "Martin Luther King Jr."),
        (["author Stephen King"], "Stephen King"),
        (["Julia Burmeister"], "Julia Burmeister"),
        (["del Rosario"], "del Rosario"),
        (["Irish skipper Donal Keane"], "Donal Keane"),
        (["ugandische Schriftsteller Musa Okwanga"], "Musa Okwanga"),
        (["der 53-jährige Uribe"], "Uribe"),
        (["Denmark's Jesper Holmgaard"], "Jesper Holmgaard"),
        (["Ministerpräsidenten Spaniens José Luis Rodríguez Zapatero"],
         "José Luis Rodríguez Zapatero"),
        (["Vorsitzende der Linken Gesine Lötzsch", "Lötzsch"], "Gesine Lötzsch"),
        (["Kämmerer Holger Stute", "Kämmerer"], "Holger Stute"),
        (["Polizeichef Andrew Hughes", "Polizeichef Hughes", "Hughes"], "Andrew Hughes"),
        (["Özcan Mutlu und Benedikt Lux", "Özcan Mutlu"], "Özcan Mutlu und Benedikt Lux"),
        (["Donald Trump", "Trump", "Trump and Putin"], "Donald Trump"),
    ],
)  # fmt: skip
def test_the_proper_name_is_found(mentions: list[str], name: str) -> None:
    assert person_name(mentions) == name


@pytest.mark.parametrize(
    "mention",
    [
        "der Sprecher",
        "a spokesman",
        "die Ministerin",
        "South Carolina senator",
        "vice president",
        "Präsident der Universität Göttingen",
        "Bürgermeister von Orleans",
        "head of the agency",
        "Direktor des Natural Resources Defense Council",
        "Oppositionsführer",
    ],
)
def test_a_role_is_no_name(mention: str) -> None:
    assert person_name([mention]) is None
