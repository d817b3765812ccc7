import pytest

from stancewire.intake.language import detect, language_of, primary_subtag

TEXTS = {
    "de": "Die Ministerin sagte am Montag, sie sehe eine Chance auf eine Einigung.",
    "en": "The minister said on Monday that she saw a chance of an agreement.",
    "fr": "La ministre a déclaré lundi qu'elle voyait une chance d'accord.",
    "nl": "De minister zei maandag dat ze een kans op een akkoord zag.",
    "uk": "Міністерка заявила в понеділок, що бачить шанс на угоду.",
    "ja": "大臣は月曜日、合意の可能性があると述べた。交渉は来週も続く見通しだ。",
}


@pytest.mark.parametrize(
    ("tag", "subtag"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE_at", "de"),
        ("deu", "de"),
        ("ger", "de"),
        ("eng", "en"),
        ("nb-NO", "nb"),
        ("zh-Hant-TW", "zh"),
        ("gsw", "gsw"),
        ("und", None),
        ("mul", None),
        ("German", None),
        ("", None),
        ("d", None),
        ("de-", None),
        ("x" * 5_000, None),
        (None, None),
    ],
)
def test_primary_subtag(tag, subtag):
    assert primary_subtag(tag) == subtag


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_language_is_detected(language, text):
    assert detect(text) == language
    assert detect(text * 100) == language


@pytest.mark.parametrize("text", ["", "OK", "Trump warns", "12.345 67,8 % 2026-03 " * 20, "…" * 99])
def test_too_little_to_tell_is_undetermined(text):
    assert detect(text) == "und"


def test_declared_language_wins_over_the_detected_one():
    assert language_of("fr-CH", TEXTS["de"]) == "fr"
    assert language_of("Deutsch", TEXTS["de"]) == "de"
