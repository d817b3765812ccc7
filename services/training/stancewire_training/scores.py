"""Notes in a model's manifest how good it is on labelled articles that it was not trained on."""

import json
from pathlib import Path

from stancewire.reading.reader import Reader
from stancewire.reading.scoring.gold import parse_gold
from stancewire.reading.scoring.report import Group, Report, evaluate


def record_scores(directory: Path, gold: Path) -> dict[str, float | None]:
    """Write `scores` (overall and by language) into `manifest.json`; returns the overall ones."""
    report = measured(Reader.load(directory), gold)
    file = directory / "manifest.json"
    manifest = json.loads(file.read_text("utf-8"))
    manifest["scores"] = {
        "set": f"{gold.stem}: {report.all.articles} articles, {report.all.actors} actors",
        "all": _values(report.all),
        **{language: _values(group) for language, group in report.languages.items()},
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    file.write_text(text + "\n", "utf-8")
    return _values(report.all)


def measured(reader: Reader, gold: Path) -> Report:
    """How good the reader is on the labelled articles of a file."""
    articles = [parse_gold(line) for line in gold.read_bytes().splitlines() if line.strip()]
    return evaluate(articles, [reader.read(article.article).actors for article in articles])


def _values(group: Group) -> dict[str, float | None]:
    return {name: measure.value for name, measure in group.measures.items()}
