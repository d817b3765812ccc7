import json
from pathlib import Path

import pytest

from reading_builders import reading
from rule_reader import RuleReader
from stancewire.events import ModelRef, Stance
from stancewire.reading.model import SHIPPED
from stancewire.reading.scoring.gold import GoldActor, GoldArticle
from stancewire.reading.scoring.report import Report, evaluate
from stancewire_training.hard_cases import hard_cases
from stancewire_training.score_card import score_tables, write_part

MODEL = ModelRef(name="m", version="7")


def report() -> Report:
    actors = tuple(
        GoldActor(name=name, kind="person", stance=Stance.WARNING) for name in ("Ada", "Bo")
    )
    article = GoldArticle(id="1", lang="en", text="x" * 9, actors=actors)
    read = [reading("Ada", Stance.WARNING), reading("Bo", Stance.HOPEFUL, confidence=0.9)]
    return evaluate([article], [read], resamples=20)


def test_every_measure_stands_in_a_table() -> None:
    text = score_tables(MODEL, {"dev": report(), "second": report()})
    assert "Version 7;" in text
    lines = text.splitlines()
    rows = [line for line in lines if line.startswith(("| dev |", "| second |"))]
    assert [row.split(" | ")[1] for row in rows] == ["all", "en", "all", "en"]
    assert "| 1.000 (1.00-1.00) |" in rows[0]
    assert "| person | 2 | 1.000 (1.00-1.00) | 0.500 (0.50-0.50) |" in lines
    assert "| warning | 1 | 0 | 1 | 0 |" in lines
    assert "| 0.9-1.0 | 1 | 0.90 | 0.00 |" in lines


BEGIN, END = "<!-- scores: written by make model-docs -->", "<!-- end of scores -->"


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    for _ in range(2):
        write_part(card, "scores", "new\n")
    assert card.read_text("utf-8") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["", BEGIN, END])
def test_a_card_without_marks_is_not_touched(tmp_path: Path, text: str) -> None:
    card = tmp_path / "card.md"
    card.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="lacks <!-- "):
        write_part(card, "scores", "new")
    assert card.read_text("utf-8") == text


def test_the_shipped_card_has_every_mark_that_is_written(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_bytes((SHIPPED / "MODEL_CARD.md").read_bytes())
    for part in ("scores", "hard cases"):
        write_part(card, part, "new")


def test_hard_cases_show_what_is_labelled_and_what_is_read(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    actor = {"name": "Ann", "kind": "person", "stance": "warning", "alt": ["skeptical"]}
    lines = [
        {"id": "1", "about": "a|b", "lang": "en", "text": "Ann: hopeful x", "actors": [actor]},
        {"id": "2", "about": "none", "lang": "en", "text": "Nothing.", "actors": []},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert hard_cases(RuleReader(), file).splitlines()[2:] == [
        "| a/b | Ann: hopeful x | Ann: warning or skeptical | Ann: hopeful 0.94 |",
        "| none | Nothing. | nobody | nobody |",
    ]
