"""`docs/other-models.md` says what the code does, or these tests fail."""

import re
import tomllib
from pathlib import Path

from stancewire.plumbing.sections import ReaderSettings
from stancewire.reading.foreign.classifier import MAX_TOKENS
from stancewire.reading.foreign.judge import HYPOTHESES, Said
from stancewire.reading.foreign.labels import NAMES, meaning_of
from stancewire.reading.foreign.measured import LEAST_ACTORS
from stancewire.reading.stance import STANCES

PAGE = Path(__file__).parents[2] / "docs" / "other-models.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_name_of_a_label_and_no_other_is_described() -> None:
    for stance in STANCES:
        (names,) = re.findall(
            rf"^\| {stance} \| ([a-zäöüß]+, [^|]+; [^|]+) \|$", TEXT, re.MULTILINE
        )
        assert re.findall(r"\w+", names) == NAMES[stance].split()


def test_the_hypotheses_are_those_of_the_code() -> None:
    for stance in STANCES:
        assert f"| {stance} | {HYPOTHESES['de'][stance]} | {HYPOTHESES['en'][stance]} |" in TEXT


def test_the_example_of_settings_works() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    settings = ReaderSettings(**tomllib.loads(example)["reader"])
    assert settings.stance_labels is not None
    assert meaning_of(list(settings.stance_labels), model="m", renamed=settings.stance_labels)


def test_the_line_that_is_read_is_shown_as_it_is() -> None:
    said = Said(
        "„Wir sind nur eine verirrte Kugel von einem neuen Krieg entfernt“",
        speaker="Ingrid Solheim",
        cue="warnt",
    )
    assert f"\n{said.line}\n" in TEXT


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"({MAX_TOKENS} tokens at most)" in TEXT
    assert f"fewer than {LEAST_ACTORS} found" in TEXT
