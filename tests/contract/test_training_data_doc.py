"""What services/training/data/README.md says of the labelled articles is so."""

import importlib.util
import json
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DATA = Path(__file__).parents[2] / "services" / "training" / "data"
PAGE = (DATA / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def documents() -> dict[str, list[dict[str, Any]]]:
    return {
        language: [
            json.loads(line)
            for line in (DATA / f"statements_{language}.jsonl").read_text("utf-8").splitlines()
        ]
        for language in ("de", "en")
    }


@pytest.fixture
def author(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("author", DATA / "author.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "author", module)
    spec.loader.exec_module(module)
    return module


def test_the_counts_are_right(documents: dict[str, list[dict[str, Any]]]) -> None:
    german, english = documents["de"], documents["en"]
    statements = {
        language: Counter(s["stance"] for d in found for s in d["statements"])
        for language, found in documents.items()
    }
    de, en = statements["de"].total(), statements["en"].total()
    page = " ".join(PAGE.split())
    assert f"{len(german) + len(english)} news articles" in page
    assert f"{len(german)} German and {len(english)} English" in page
    assert f"{de + en:,} attributed statements ({de:,} and {en:,})" in page
    for stance in ("hopeful", "skeptical", "warning", "neutral"):
        de, en = statements["de"][stance], statements["en"][stance]
        assert f"| {stance} | {de:,} | {en:,} |" in PAGE


def test_every_field_is_described(documents: dict[str, list[dict[str, Any]]]) -> None:
    document = documents["de"][0]
    for name in {*document, *document["statements"][0]}:
        assert f"`{name}`" in PAGE.split("## Fields")[1], name


def test_the_example_is_sound(author: ModuleType, tmp_path: Path) -> None:
    block = re.search(r" +```text\n(.*?) +```", PAGE, re.DOTALL)
    assert block is not None
    file = tmp_path / "example.txt"
    file.write_text(re.sub(r"^   ", "", block[1], flags=re.MULTILINE), encoding="utf-8")
    (source,) = author.read_sources(file)
    document = author.Reader(source, "en").document("example", "Apache-2.0")
    assert author.check(document) == []
    assert document["stance_by_actor"] == {
        "Northsound Ferries": "warning",
        "Marta Quill": "hopeful",
    }
    assert [s["cue"] and document["text"][slice(*s["cue"])] for s in document["statements"]] == [
        "warned",
        "said",
    ]


def test_no_labelled_article_is_in_the_set_that_measures(
    documents: dict[str, list[dict[str, Any]]],
) -> None:
    measured = DATA.parents[2] / "tests" / "data" / "evaluation.jsonl"
    texts = {json.loads(line)["text"] for line in measured.read_text("utf-8").splitlines()}
    assert texts.isdisjoint(d["text"] for found in documents.values() for d in found)
