import re

import numpy as np
import pytest

from fake_classifier import WordClassifier, WordInference
from stancewire.errors import ConfigurationError
from stancewire.reading.foreign.judge import HYPOTHESES, ForeignJudge, Said
from stancewire.reading.stance import STANCES, softmax

WARNS = Said("„Das wird ein Krieg“", speaker="Solheim", cue="warnt")
HOPES = Said("hoffen auf Frieden")


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (WARNS, "Solheim warnt: „Das wird ein Krieg“"),
        (HOPES, "hoffen auf Frieden"),
        (Said("Ja", speaker="Klein"), "Klein: Ja"),
        (Said("Ja", cue="laut"), "laut: Ja"),
        (Said("Solheim begrüßt den Plan", speaker="Solheim", cue="begrüßt"),
         "Solheim begrüßt den Plan"),
        (Said("Ja\n nein ", speaker="Frau\tKlein"), "Frau Klein: Ja nein"),
    ],
)  # fmt: skip
def test_a_classifier_reads_speaker_cue_and_statement(said: Said, line: str) -> None:
    assert said.line == line


def test_a_classifier_of_stances_is_asked_once_a_statement() -> None:
    classifier = WordClassifier()
    logits = ForeignJudge(classifier).logits([WARNS, HOPES], "de")
    assert classifier.read == [(WARNS.line, None), (HOPES.line, None)]
    assert [STANCES[i] for i in logits.argmax(axis=1)] == ["warning", "hopeful"]
    assert softmax(logits)[0] == pytest.approx(softmax(np.array([0, 0, 4.0, 0])))


def test_columns_of_one_stance_are_added_up() -> None:
    """Four outputs mean three stances and a fifth label, in another order."""

    class FiveColumns(WordClassifier):
        def logits(self, pairs):
            return np.log(np.tile(np.float32([[0.3, 0.1, 0.25, 0.15, 0.2]]), (len(pairs), 1)))

    judge = ForeignJudge(FiveColumns(["warning", "neutral", "hope", "optimism", "doubt"]))
    assert softmax(judge.logits([HOPES], "de"))[0] == pytest.approx([0.4, 0.2, 0.3, 0.1])


@pytest.mark.parametrize("language", ["de", "en", "fr"])
def test_a_model_of_inference_is_asked_for_each_stance(language: str) -> None:
    classifier = WordInference()
    said = Said("Man warnt und warns of a danger")
    logits = ForeignJudge(classifier).logits([said, HOPES], language)
    asked = HYPOTHESES.get(language, HYPOTHESES["en"])
    assert classifier.read == [(s.line, asked[x]) for s in (said, HOPES) for x in STANCES]
    assert STANCES[int(logits[0].argmax())] == "warning"
    assert logits.shape == (2, 4)


def test_every_language_of_the_shipped_model_has_its_hypotheses() -> None:
    assert set(HYPOTHESES) == {"de", "en"}
    for asked in HYPOTHESES.values():
        assert list(asked) == list(STANCES)


def test_nothing_said_needs_no_classifier() -> None:
    classifier = WordClassifier()
    assert ForeignJudge(classifier).logits([], "de").shape == (0, 4)
    assert classifier.read == []


def test_labels_that_do_not_fit_are_refused_before_anything_is_read() -> None:
    with pytest.raises(ConfigurationError, match="x/words"):
        ForeignJudge(WordClassifier(["good", "bad"]))


def test_the_version_names_the_classifier_and_all_that_it_rests_on() -> None:
    plain = ForeignJudge(WordClassifier()).version
    assert re.fullmatch(r"x-words\.[0-9a-f]{12}", plain)
    assert ForeignJudge(WordClassifier()).version == plain
    others = [
        ForeignJudge(WordClassifier(fingerprint="2")),
        ForeignJudge(WordClassifier(name="y")),
        ForeignJudge(WordClassifier(list(reversed(WordClassifier().labels)))),
        ForeignJudge(WordClassifier(), stance_labels={"hopeful": "warning", "warning": "hopeful"}),
    ]
    versions = {plain, *(other.version for other in others)}
    assert len(versions) == len(others) + 1
    odd = ForeignJudge(WordClassifier(name="|/ü")).version
    assert re.fullmatch(r"[0-9A-Za-z.-]+", odd)
