"""Equal ids merge mentions of different articles: how often rightly, on pairs labelled by hand."""

import json
from pathlib import Path

import pytest

from stancewire.reading.actors import describe

PAIRS = [
    json.loads(line)
    for line in Path(__file__).with_name("alias_pairs.jsonl").read_text("utf-8").splitlines()
]


def merged(pair: dict) -> bool:
    first, second = (describe(pair[side]["mentions"], kind=pair[side]["kind"]) for side in "ab")
    return first.id == second.id


def test_the_pairs_are_many_and_of_both_sorts() -> None:
    same = sum(pair["same"] for pair in PAIRS)
    assert len(PAIRS) >= 150
    assert min(same, len(PAIRS) - same) >= 60


def test_precision_and_recall_of_merging(capsys: pytest.CaptureFixture[str]) -> None:
    right = sum(merged(pair) and pair["same"] for pair in PAIRS)
    wrong = sum(merged(pair) and not pair["same"] for pair in PAIRS)
    missed = sum(pair["same"] and not merged(pair) for pair in PAIRS)
    precision, recall = right / (right + wrong), right / (right + missed)
    with capsys.disabled():
        print(f"\nmerging {len(PAIRS)} alias pairs: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.99
    assert recall >= 0.95
