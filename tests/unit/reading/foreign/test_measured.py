import json
from pathlib import Path

import numpy as np
import pytest

from reading_builders import reading
from stancewire.errors import ConfigurationError
from stancewire.events import Stance
from stancewire.reading.foreign.measured import LEAST_ACTORS, Case, Measured, cases, fit
from stancewire.reading.scoring.gold import GoldActor, GoldArticle
from stancewire.reading.stance import STANCES, tempered

HOPEFUL, SKEPTICAL, WARNING, NEUTRAL = range(4)


def drawn(n: int, *, language: str = "de", true_temperature: float = 2.0) -> list[Case]:
    """Actors of one statement whose stance is drawn from its tempered probabilities."""
    rng = np.random.default_rng(7)
    sure = rng.dirichlet(np.full(4, 0.3), size=n)
    honest = tempered(sure, true_temperature)
    return [
        Case(language, p[None], int(rng.choice(4, p=q))) for p, q in zip(sure, honest, strict=True)
    ]


def test_the_temperature_at_which_scores_come_true_is_found() -> None:
    """But for the smoothing, which makes every score a little more careful by itself."""
    found = [
        fit(drawn(300, true_temperature=t), version="v").calibration["de"].temperature
        for t in (1.0, 2.0, 3.0)
    ]
    assert found == pytest.approx([1.0, 2.0, 3.0], rel=0.3)
    assert found == sorted(found)


def test_a_language_with_few_actors_shares_the_temperature_of_all() -> None:
    many, few = drawn(200), drawn(20, language="en", true_temperature=0.6)
    measured = fit([*many, *few], version="v")
    together = fit([Case("de", c.statements, c.gold) for c in [*many, *few]], version="v")
    assert measured.calibration["en"].temperature == together.calibration["de"].temperature
    assert measured.actors == {"de": 200, "en": 20}


def test_sure_readings_of_stances_that_vote_are_counted() -> None:
    def case(gold: int, read: int, sure: float = 0.97) -> Case:
        p = np.full(4, (1 - sure) / 3)
        p[read] = sure
        return Case("en", p[None], gold)

    found = [
        *[case(HOPEFUL, HOPEFUL)] * 30,
        *[case(WARNING, SKEPTICAL)] * 10,
        *[case(WARNING, WARNING)] * 10,
        *[case(NEUTRAL, WARNING)] * 3,
        *[case(WARNING, NEUTRAL)] * 3,
        *[case(SKEPTICAL, SKEPTICAL, sure=0.28)] * 5,
    ]
    assert fit(found, version="v").confusion == {"en": [[30, 0, 0], [0, 0, 0], [0, 10, 10]]}


def test_too_few_actors_tell_nothing() -> None:
    with pytest.raises(ConfigurationError, match=f"49 actors .* {LEAST_ACTORS} are needed"):
        fit(drawn(49), version="v")


def test_actors_are_paired_with_their_labels() -> None:
    actors = (
        GoldActor(name="Anna Klein", kind="person", stance=Stance.WARNING),
        GoldActor(name="Bernd Roth", kind="person", stance=Stance.HOPEFUL),
    )
    article = GoldArticle(id="1", lang="en", text="x" * 40, actors=actors)
    read = [
        reading("Klein", Stance.SKEPTICAL, aliases=("Anna Klein",), spans=((0, 5), (6, 9))),
        reading("Somebody Else", spans=((10, 12),)),
    ]
    (case,) = cases([article], [read])
    assert (case.language, case.gold, case.statements.shape) == ("en", WARNING, (2, 4))
    assert STANCES[int(case.statements[0].argmax())] is Stance.SKEPTICAL


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    measured = fit(drawn(80), version="0.1.0+x-words.0123")
    file = tmp_path / "c.json"
    file.write_text(measured.to_json(), "utf-8")
    again = Measured.load(file)
    assert again.to_json() == measured.to_json()
    assert (again.version, again.digest) == (measured.version, measured.digest)
    assert fit(drawn(81), version=measured.version).digest != measured.digest


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": "1", "actors": {}}', "\u00ff", "null"]
)
def test_a_file_that_is_none_is_refused_with_the_command_that_writes_one(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "c.json"
    file.write_text(text, "latin-1")
    with pytest.raises(ConfigurationError, match="--calibrate"):
        Measured.load(file)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.json"):
        Measured.load(tmp_path / "gone.json")


def test_the_file_is_what_the_choice_of_the_detectors_threshold_reads(tmp_path: Path) -> None:
    assert {"confusion", "calibration"} <= json.loads(fit(drawn(60), version="v").to_json()).keys()
