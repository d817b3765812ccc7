"""Small sets whose measures can be worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading_builders import reading
from stancewire.events import ActorReading, Stance
from stancewire.reading.scoring.gold import GoldActor, GoldArticle
from stancewire.reading.scoring.report import Report, evaluate

HOPEFUL, SKEPTICAL, WARNING, NEUTRAL = Stance


def labelled(name: str, stance: Stance, **more: object) -> GoldActor:
    return GoldActor(name=name, kind=more.pop("kind", "person"), stance=stance, **more)


def article(*actors: GoldActor, id: str = "a", lang: str = "en", **more: object) -> GoldArticle:
    return GoldArticle(id=id, lang=lang, text="abcd efgh ijkl", actors=actors, **more)


def values(report: Report) -> dict[str, float | None]:
    return {name: measure.value for name, measure in report.all.measures.items()}


def test_actors_and_stances_by_hand() -> None:
    gold = article(
        labelled("Anna", HOPEFUL),
        labelled("Bernd", SKEPTICAL, alt=(NEUTRAL,)),
        labelled("Clara", WARNING),
        labelled("Dora", NEUTRAL),
    )
    read = [
        reading("Anna", HOPEFUL),
        reading("Bernd", NEUTRAL),
        reading("Clara", HOPEFUL),
        reading("Emil"),
        reading("Frida"),
    ]
    found = values(evaluate([gold], [read], resamples=10))
    assert found["actor_precision"] == 0.6
    assert found["actor_recall"] == 0.75
    assert found["actor_f1"] == pytest.approx(6 / 9, abs=1e-4)
    assert found["stance_accuracy"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["stance_accuracy_alt"] == pytest.approx(2 / 3, abs=1e-4)
    # hopeful: one right, one wrongly so; all others never right
    assert found["stance_macro_f1"] == pytest.approx((2 / 3) / 4, abs=1e-4)
    assert found["stance_macro_f1_alt"] == pytest.approx((2 / 3 + 1) / 4, abs=1e-4)
    assert found["joint_f1"] == pytest.approx(4 / 9, abs=1e-4)


def test_calibration_by_hand() -> None:
    names = ("Anna", "Bernd", "Clara", "Dora")
    gold = article(*(labelled(name, HOPEFUL) for name in names))
    read = [
        reading("Anna", HOPEFUL, confidence=0.82),
        reading("Bernd", WARNING, confidence=0.88),
        reading("Clara", HOPEFUL, confidence=0.6),
        reading("Dora", HOPEFUL, confidence=1.0),
    ]
    report = evaluate([gold], [read], resamples=10)
    bins = [abs(0.82 + 0.88 - 1), abs(0.6 - 1), 0]
    assert values(report)["ece"] == pytest.approx(sum(bins) / 4, abs=1e-4)
    assert [b.actors for b in report.reliability] == [0, 0, 0, 0, 0, 0, 1, 0, 2, 1]
    assert report.reliability[8].confidence == pytest.approx(0.85)
    assert report.reliability[8].accuracy == 0.5
    squares = [
        0.18**2 + 3 * 0.06**2,
        0.96**2 + 0.88**2 + 2 * 0.04**2,
        0.4**2 + 3 * (0.4 / 3) ** 2,
        0,
    ]
    assert values(report)["brier"] == pytest.approx(sum(squares) / 4, abs=1e-4)
    assert report.confusion[HOPEFUL] == {HOPEFUL: 3, SKEPTICAL: 0, WARNING: 1, NEUTRAL: 0}


def test_characters_of_statements_leave_out_white_space() -> None:
    gold = article(labelled("Anna", HOPEFUL, spans=((0, 9),)))
    read = [reading("Bernd", spans=((3, 12),)), reading("Emil", spans=((3, 8),))]
    # labelled abcd efgh, read d efgh ij
    assert values(evaluate([gold], [read], resamples=10))[
        "statement_character_f1"
    ] == pytest.approx(2 * 5 / (8 + 7), abs=1e-4)


def test_without_labelled_statements_there_is_nothing_to_measure() -> None:
    gold = article(labelled("Anna", HOPEFUL))
    found = values(evaluate([gold], [[reading("Bernd", spans=((0, 4),))]], resamples=10))
    assert found["statement_character_f1"] is None
    assert found["ece"] is None
    assert found["brier"] is None
    assert found["stance_accuracy"] == 0


def test_an_article_of_nobody_counts_where_its_source_has_statements_labelled() -> None:
    spoken = article(labelled("Anna", HOPEFUL, spans=((0, 4),)), source="s")
    read = [reading("Anna", spans=((0, 4),))]
    false = [reading("Bernd", spans=((0, 4),))]
    for source, expected in (("s", 2 / 3), ("t", 1.0)):
        silent = article(id="b", source=source)
        found = values(evaluate([spoken, silent], [read, false], resamples=10))
        assert found["statement_character_f1"] == pytest.approx(expected, abs=1e-4)


def test_languages_and_kinds_are_told_apart() -> None:
    gold = [
        article(labelled("Anna", HOPEFUL), labelled("NATO", WARNING, kind="organization"), id="a"),
        article(labelled("Bernd", HOPEFUL), id="b", lang="de"),
    ]
    read = [[reading("NATO", WARNING)], [reading("Bernd", WARNING)]]
    report = evaluate(gold, read, resamples=10)
    assert {k: g.measures["actor_recall"].value for k, g in report.languages.items()} == {
        "de": 1.0,
        "en": 0.5,
    }
    person, organization = report.kinds["person"], report.kinds["organization"]
    assert (person.actors, person.articles) == (2, 2)
    assert person.measures["actor_recall"].value == 0.5
    assert person.measures["stance_accuracy"].value == 0
    assert organization.measures["stance_accuracy"].value == 1
    assert set(report.kinds) == {"person", "organization"}


def test_intervals_hold_the_value_and_narrow_with_more_articles() -> None:
    def spread(n: int) -> float:
        gold = [article(labelled("Anna", HOPEFUL), id=str(i)) for i in range(n)]
        read = [[reading("Anna", HOPEFUL if i % 3 else WARNING)] for i in range(n)]
        accuracy = evaluate(gold, read, resamples=300).all.measures["stance_accuracy"]
        assert accuracy.low <= accuracy.value <= accuracy.high
        return accuracy.high - accuracy.low

    # The normal interval of a share p over n articles is 2 * 1.96 * sqrt(p (1 - p) / n) wide.
    for n in (30, 270):
        assert spread(n) == pytest.approx(3.92 * (2 / 9 / n) ** 0.5, rel=0.2)


def test_the_same_readings_give_the_same_report() -> None:
    gold = [article(labelled("Anna", s), id=s) for s in Stance]
    read = [[reading("Anna", HOPEFUL)] for _ in Stance]
    assert evaluate(gold, read) == evaluate(gold, read)


names = st.sampled_from(["Anna Meyer", "Meyer", "Bernd Klein", "NATO", "unnamed", "", "Klein"])
readings = st.lists(
    st.builds(reading, names, st.sampled_from(Stance), confidence=st.sampled_from([0.3, 0.7, 1.0])),
    max_size=5,
)
golds = st.lists(
    st.builds(labelled, names, st.sampled_from(Stance), alt=st.tuples(st.sampled_from(Stance))),
    max_size=5,
)


@given(st.lists(st.tuples(golds, readings), min_size=1, max_size=4))
def test_measures_keep_their_bounds(
    cases: list[tuple[list[GoldActor], list[ActorReading]]],
) -> None:
    gold = [article(*actors, id=str(i)) for i, (actors, _) in enumerate(cases)]
    report = evaluate(gold, [read for _, read in cases], resamples=20)
    for name, measure in report.all.measures.items():
        if measure.value is not None:
            assert 0 <= measure.low <= measure.high <= (2 if name == "brier" else 1)
    found = values(report)
    assert found["stance_accuracy_alt"] >= found["stance_accuracy"]
    assert found["joint_f1"] <= found["actor_f1"]
    assert sum(sum(row.values()) for row in report.confusion.values()) <= report.all.actors
