import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewire.errors import ConfigurationError
from stancewire.events import Stance
from stancewire.reading.foreign.labels import (
    NAMES,
    EntailmentColumn,
    StanceColumns,
    meaning_of,
)

GENERIC = ["LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3"]


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        (["hopeful", "skeptical", "warning", "neutral"], ((0,), (1,), (2,), (3,))),
        (["NEUTRAL", "Warnung", "skeptisch", "zuversichtlich"], ((3,), (2,), (1,), (0,))),
        (["none", "alarm", "doubt", "hope", "optimism"], ((3, 4), (2,), (1,)  , (0,))),
    ],
)  # fmt: skip
def test_labels_are_told_by_their_names(labels: list[str], columns: tuple) -> None:
    assert meaning_of(labels, model="m") == StanceColumns(columns)


@given(st.permutations(list(Stance)), st.data())
def test_any_synonym_in_any_case_and_order_is_told(
    order: list[Stance], data: st.DataObject
) -> None:
    labels = [data.draw(st.sampled_from(NAMES[stance].split())) for stance in order]
    cased = [data.draw(st.sampled_from([x, x.upper(), x.title(), f" {x}_"])) for x in labels]
    meaning = meaning_of(cased, model="m")
    assert isinstance(meaning, StanceColumns)
    assert [order[column] for (column,) in meaning.columns] == list(Stance)


def test_no_name_stands_for_two_stances() -> None:
    names = [name for names in NAMES.values() for name in names.split()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("labels", "column"),
    [
        (["contradiction", "neutral", "entailment"], 2),
        (["ENTAILMENT", "NEUTRAL", "CONTRADICTION"], 0),
        (["entailment", "not_entailment"], 0),
    ],
)
def test_a_model_of_inference_is_told_by_its_label_of_entailment(
    labels: list[str], column: int
) -> None:
    assert meaning_of(labels, model="m") == EntailmentColumn(column)


def test_labels_without_a_name_get_one_by_setting() -> None:
    renamed = dict(zip(GENERIC, ["hopeful", "Skeptical", "warning", "neutral"], strict=True))
    assert meaning_of(GENERIC, model="m", renamed=renamed) == StanceColumns(
        ((0,), (1,), (2,), (3,))
    )
    inference = meaning_of(GENERIC[:3], model="m", renamed={"LABEL_2": "entailment"})
    assert inference == EntailmentColumn(2)


@pytest.mark.parametrize(
    ("labels", "renamed", "said"),
    [
        (GENERIC, {}, ["'LABEL_0', 'LABEL_1'", "which stance", "reader.stance_labels", "of m"]),
        (["positive", "negative", "neutral"], {}, ["'positive', 'negative' means", "'warning'"]),
        (["hopeful", "skeptical", "neutral"], {}, ["no label means 'warning'"]),
        (["entailment"], {}, ["'entailment'", "no label means 'hopeful'"]),
        ([], {}, ["no label means"]),
        (GENERIC, {"LABEL_9": "hopeful"}, ["names 'LABEL_9', which m does not have", "LABEL_3"]),
        (GENERIC, {"LABEL_1": "angry"}, ["gives 'angry' as a meaning", "'entailment'"]),
    ],
)
def test_labels_that_do_not_fit_are_named_with_what_to_do(
    labels: list[str], renamed: dict[str, str], said: list[str]
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        meaning_of(labels, model="m", renamed=renamed)
    for words in said:
        assert words in str(refusal.value)
